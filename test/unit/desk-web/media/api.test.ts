import { expect } from 'chai';
import { createDeskApi } from '../../../../desk/web/api/client.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { mediaUrl, type FileSender } from '../../../../desk/web/api/media-api.ts';

const progress = { signal: new AbortController().signal, onProgress: () => undefined };

function setUp(answer: { status: number; body: string }) {
  const sent: { url: string; headers: Record<string, string> }[] = [];
  const asked: { url: string; method: string; body: unknown }[] = [];
  const sender: FileSender = (url, _file, headers) => {
    sent.push({ url, headers });
    return Promise.resolve(answer);
  };
  const fetcher = ((url: string, { method, body }: { method: string; body?: string }) => {
    asked.push({ url, method, body: body === undefined ? undefined : JSON.parse(body) });
    return Promise.resolve(new Response(answer.body, { status: answer.status }));
  }) as unknown as typeof fetch;
  return { api: createDeskApi(fetcher, sender), sent, asked };
}

async function refusalOf(work: Promise<unknown>): Promise<DeskError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(DeskError);
  return error as DeskError;
}

describe('the page’s way to files', () => {
  it('sends a file with its name and type, and with the header that no other site can set', async () => {
    const { api, sent } = setUp({ status: 201, body: '{"id":"m1"}' });
    const file = new Blob(['x'], { type: 'image/png' });
    expect(await api.upload('c 1', file, 'Größe & co?.png', progress)).to.deep.equal({ id: 'm1' });
    await api.upload('c 1', new Blob(['x']), 'a', progress);
    expect(sent[0]!.url).to.equal('api/conversations/c%201/files?name=Gr%C3%B6%C3%9Fe%20%26%20co%3F.png');
    expect(sent[0]!.headers).to.deep.equal({ 'X-Twentyfour-Desk': '1', 'Content-Type': 'image/png' });
    expect(sent[1]!.headers['Content-Type']).to.equal('application/octet-stream');
  });

  it('tells a refusal of the server from a line that is down', async () => {
    const body = JSON.stringify({ error: { code: 'MEDIA_TOO_LARGE', message: 'Too large.', details: { limit: 5 } } });
    const upload = (answer: { status: number; body: string }) => setUp(answer).api.upload('c1', new Blob(['x']), 'a', progress);
    const large = await refusalOf(upload({ status: 413, body }));
    expect([large.status, large.code, large.details['limit'], large.passing]).to.deep.equal([413, 'MEDIA_TOO_LARGE', 5, false]);
    const proxy = await refusalOf(upload({ status: 502, body: '<h1>Bad gateway</h1>' }));
    expect([proxy.status, proxy.code, proxy.passing]).to.deep.equal([502, 'BAD_ANSWER', true]);
    const odd = await refusalOf(upload({ status: 0, body: '' }));
    expect(odd.passing).to.equal(true);
    const garbled = await refusalOf(upload({ status: 201, body: 'no JSON' }));
    expect(garbled.code).to.equal('BAD_ANSWER');
  });

  it('sends again only what somebody is sure of, under an id of the page', async () => {
    const { api, asked } = setUp({ status: 201, body: '{}' });
    await api.retryMessage('m/1', 'new-id-1', false);
    await api.retryMessage('m1', 'new-id-2', true);
    await api.confirmArrival('m1');
    await api.reply('c1', 'new-id-3', 'Look', { mediaId: 'f1' });
    expect(asked).to.deep.equal([
      { url: 'api/messages/m%2F1/retry', method: 'POST', body: { id: 'new-id-1' } },
      { url: 'api/messages/m1/retry', method: 'POST', body: { id: 'new-id-2', sureItIsLost: true } },
      { url: 'api/messages/m1/arrived', method: 'POST', body: {} },
      { url: 'api/conversations/c1/messages', method: 'POST', body: { id: 'new-id-3', text: 'Look', mediaId: 'f1' } },
    ]);
    expect(mediaUrl('a/b')).to.equal('api/media/a%2Fb');
  });
});
