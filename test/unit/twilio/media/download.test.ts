import { expect } from 'chai';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { isCenterError } from '../../../../lib/domain/errors.ts';
import { checkedLookup, download, type DownloadOptions } from '../../../../lib/twilio/media/download.ts';
import { isPublicAddress } from '../../../../lib/twilio/media/public-address.ts';
import { png } from '../../../support/files.ts';
import { readText, serve, testAccount, type TestServer } from '../fixture.ts';

const MESSAGE = `MM${'1'.repeat(32)}`;
const PATH = `/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/${MESSAGE}/Media/ME${'2'.repeat(32)}`;

describe('fetching a customer’s file', () => {
  let server: TestServer;
  let requests: { url: string; authorization: string | undefined }[];
  let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;

  beforeEach(async () => {
    requests = [];
    server = await serve((request, response) => {
      requests.push({ url: request.url!, authorization: request.headers.authorization });
      answer(request, response, requests.length);
    });
  });
  afterEach(() => server.close());

  const image = (response: ServerResponse, bytes = png()): void => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': bytes.length }).end(bytes);
  };
  const get = (options: DownloadOptions = {}) =>
    download(testAccount({ apiBaseUrl: server.url }), MESSAGE, `https://api.twilio.com${PATH}`, {
      notThereYetMs: [0, 0],
      ...options,
    });

  async function bytesOf(options: DownloadOptions = {}): Promise<Buffer> {
    const { chunks } = await get(options);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts);
  }

  async function refusal(promise: Promise<unknown>): Promise<{ code: string; text: string; passing: unknown }> {
    const error = await promise.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!isCenterError(error)) throw new Error(`It did not fail as expected: ${String(error)}`);
    return { code: error.code, text: error.message, passing: error.details?.['passing'] };
  }

  it('signs in once and brings the bytes', async () => {
    answer = (_, response) => image(response);
    expect(await bytesOf()).to.deep.equal(png());
    expect(requests).to.have.length(1);
    expect(requests[0]!.authorization).to.match(/^Basic /);
  });

  it('follows the redirect to the stand-in’s storage without the credentials', async () => {
    answer = (request, response) => {
      if (request.url === PATH) response.writeHead(307, { location: '/cdn/file?signature=abc' }).end();
      else image(response);
    };
    expect(await bytesOf()).to.deep.equal(png());
    expect(requests.map(({ url, authorization }) => [url, authorization !== undefined])).to.deep.equal([
      [PATH, true],
      ['/cdn/file?signature=abc', false],
    ]);
  });

  for (const location of [
    'http://127.0.0.1:9/',
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'https://[::ffff:10.0.0.1]/x',
    'https://attacker.example/x',
    'http://mms.twiliocdn.com/x',
  ]) {
    it(`does not follow a redirect to ${location}`, async () => {
      answer = (_, response) => void response.writeHead(302, { location }).end();
      const resolve = (): never => {
        throw new Error('Nothing may be looked up.');
      };
      expect(await refusal(get({ resolve }))).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 0 });
      expect(requests).to.have.length(1);
    });
  }

  for (const address of ['127.0.0.1', '169.254.169.254', '10.0.0.1', '::ffff:10.0.0.1', '::1', 'fd00::1']) {
    it(`does not connect to Twilio’s storage when its name leads to ${address}`, async () => {
      answer = (_, response) => void response.writeHead(302, { location: 'https://mms.twiliocdn.com/file' }).end();
      const asked: string[] = [];
      const resolve = async (host: string) => {
        asked.push(host);
        return [{ address, family: address.includes(':') ? 6 : 4 }];
      };
      expect(await refusal(get({ resolve }))).to.include({ code: 'MEDIA_UNAVAILABLE' });
      expect(asked).to.deep.equal(['mms.twiliocdn.com']);
    });
  }

  it('does not connect when one address of several is not public', async () => {
    answer = (_, response) => void response.writeHead(302, { location: 'https://mms.twiliocdn.com/file' }).end();
    const resolve = async () => [
      { address: '1.1.1.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    expect(await refusal(get({ resolve }))).to.include({ code: 'MEDIA_UNAVAILABLE' });
  });

  it('ends a chain of redirects', async () => {
    answer = (_, response, count) => void response.writeHead(302, { location: `/cdn/${count}` }).end();
    expect(await refusal(get())).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 1 });
    expect(requests).to.have.length(4);
  });

  it('asks again when Twilio does not have it yet, after 1 and after 3 seconds', async () => {
    answer = (_, response, count) => (count < 3 ? void response.writeHead(404).end() : image(response));
    expect(await bytesOf()).to.deep.equal(png());
    expect(requests).to.have.length(3);
    answer = (_, response) => void response.writeHead(404).end();
    expect(await refusal(get())).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 1 });
    expect(requests).to.have.length(6);
  });

  it('does not try without credentials after they were refused', async () => {
    answer = (_, response) => void response.writeHead(401).end();
    expect(await refusal(get())).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 1 });
    expect(requests).to.have.length(1);
  });

  it('stops at the limit, whether the size was announced or not', async () => {
    answer = (_, response) => image(response, Buffer.alloc(1001));
    expect(await refusal(get({ limit: 1000 }))).to.include({ code: 'MEDIA_TOO_LARGE' });
    let sent = 0;
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const more = (): void => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    expect(await refusal(bytesOf({ limit: 100_000 }))).to.include({ code: 'MEDIA_TOO_LARGE' });
    expect(sent).to.be.below(50_000_000);
  });

  it('gives up on a sender that stands still or breaks off', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
      response.write('half');
    };
    expect(await refusal(bytesOf({ timeoutMs: 50 }))).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 1 });
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect(await refusal(bytesOf())).to.include({ code: 'MEDIA_UNAVAILABLE', passing: 1 });
  });

  it('asks nobody for an address that is not this message’s', async () => {
    answer = (_, response) => image(response);
    const account = testAccount({ apiBaseUrl: server.url });
    expect(await refusal(download(account, 'MMother', `https://api.twilio.com${PATH}`))).to.include({
      code: 'MEDIA_UNAVAILABLE',
      passing: 0,
    });
    expect(requests).to.deep.equal([]);
  });
});

describe('a name server that changes its mind', () => {
  it('is asked once: the connection goes to the address that was checked', async () => {
    const inner = createServer();
    let innerConnections = 0;
    inner.on('connection', (socket) => {
      innerConnections++;
      socket.destroy();
    });
    const outer = await serve((_, response) => response.end('outside'));
    await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
    try {
      const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '127.0.0.2', family: 4 }]];
      let asked = 0;
      const resolve = async () => answers[asked++]!;
      // The test's public internet is the address of the outer server; a second look would have been refused.
      const mayConnect = (address: string): boolean => address === '127.0.0.1' && asked === 1;
      const text = await new Promise<string>((done, fail) => {
        const lookup = checkedLookup({ resolve, mayConnect });
        httpRequest({ host: 'rebind.example', port: outer.port, lookup, agent: false }, (response) => {
          readText(response).then(done, fail);
        })
          .on('error', fail)
          .end();
      });
      expect([text, asked, innerConnections]).to.deep.equal(['outside', 1, 0]);

      const { port } = inner.address() as AddressInfo;
      const failure = await new Promise<string>((done) => {
        const lookup = checkedLookup({ resolve: async () => [{ address: '127.0.0.1', family: 4 }], mayConnect: isPublicAddress });
        httpRequest({ host: 'rebind.example', port, lookup, agent: false })
          .on('error', (error) => done(String(error)))
          .end();
      });
      expect(failure).to.match(/not on the public internet/);
      expect(innerConnections).to.equal(0);
    } finally {
      await outer.close();
      inner.close();
    }
  });
});
