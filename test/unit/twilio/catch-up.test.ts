import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { HandedMessage } from '../../../lib/center/contract.ts';
import { createCatchUp, type CatchUp, type CatchUpOptions } from '../../../lib/twilio/catch-up.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { HOUR_MS } from '../../../lib/domain/session-window.ts';
import type { TestClock } from './fixture.ts';
import {
  CUSTOMER,
  inboundForm,
  json,
  SENDER,
  serveApi,
  sidOf,
  temporaryCenter,
  testAccount,
  type RecordedCall,
} from './fixture.ts';

const ACCOUNT = 'AC00000000000000000000000000000001';
const MINUTE = 60_000;

interface Kept {
  sid: string;
  at: number;
  from?: string;
  to?: string;
  direction?: string;
  body?: string;
  media?: string[];
}

describe('messages whose webhooks were lost', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let api: Awaited<ReturnType<typeof serveApi>>;
  let kept: Kept[];
  let down: boolean;
  let catchUp: CatchUp;
  const said: string[] = [];

  beforeEach(async () => {
    ({ center, clock, dispose } = await temporaryCenter());
    kept = [];
    down = false;
    said.length = 0;
    api = await serveApi((response, call) => {
      if (down) json(response, 503, { code: 20503, message: 'x', status: 503 });
      else json(response, 200, call.path.includes('/Media') ? mediaList(call) : messageList(call));
    });
    catchUp = open();
  });
  afterEach(async () => {
    await catchUp.close();
    await api.close();
    await dispose();
  });

  function open(change: Partial<CatchUpOptions> = {}): CatchUp {
    const note = (text: string): void => void said.push(text);
    return createCatchUp({ center, account: testAccount({ apiBaseUrl: api.url }), log: { info: note, warn: note }, ...change });
  }

  /** As Twilio lists them: newest first, filtered, in pages. */
  function messageList({ query }: RecordedCall): unknown {
    const since = Date.parse(query.get('DateSent>') ?? '1970-01-01');
    const until = Date.parse(query.get('DateSent<') ?? '2970-01-01');
    const size = Number(query.get('PageSize') ?? 50);
    const page = Number(query.get('Page') ?? 0);
    const found = kept
      .map((message) => ({ ...message, at: Math.floor(message.at / 1000) * 1000 }))
      .filter(({ at, to = SENDER }) => at >= since - 1000 && at <= until && (query.get('To') ?? to) === to)
      .reverse();
    const next = new URLSearchParams(query);
    next.set('Page', String(page + 1));
    return {
      messages: found.slice(page * size, (page + 1) * size).map(resource),
      next_page_uri: found.length > (page + 1) * size ? `/2010-04-01/Accounts/${ACCOUNT}/Messages.json?${next}` : null,
      page,
      page_size: size,
    };
  }

  function resource({ sid, at, from = CUSTOMER, to = SENDER, direction = 'inbound', body = 'Hello', media = [] }: Kept): unknown {
    const date = new Date(at).toUTCString().replace('GMT', '+0000');
    const dates = { date_created: date, date_sent: date, date_updated: date };
    return {
      sid,
      account_sid: ACCOUNT,
      from,
      to,
      body,
      direction,
      ...dates,
      num_media: String(media.length),
      status: 'received',
    };
  }

  function mediaList({ path }: RecordedCall): unknown {
    const message = kept.find(({ sid }) => path.includes(sid))!;
    return {
      media_list: (message.media ?? []).map((contentType, index) => ({ sid: `ME${index}`, content_type: contentType })),
      page: 0,
    };
  }

  const webhook = (sid: string, at = clock.ms) =>
    center.run('receive', { accountId: 'account-1', message: parseInbound(inboundForm(sid), at), routed: true });
  const take = (): Promise<HandedMessage[]> =>
    center.run('takeInbound', { accountIds: ['account-1'], instance: center.instance, limit: 200 });

  /** The process was there, then it was not for a while. */
  async function gap(ms: number): Promise<void> {
    await catchUp.run();
    clock.ms += ms;
  }

  it('are exactly those that Twilio has and the store has not, with Twilio’s date and in its order', async () => {
    await gap(2 * HOUR_MS);
    const start = clock.ms - HOUR_MS;
    // Twilio's list is by second and newest first; several came within one.
    for (let index = 0; index < 50; index++) kept.push({ sid: sidOf(index), at: start + index * 400, body: `Message ${index}` });
    const before = await webhook(sidOf(900));
    kept.push({ sid: sidOf(900), at: clock.ms - MINUTE * 30 });
    kept.push({ sid: sidOf(901), at: start, direction: 'outbound-api', from: SENDER, to: CUSTOMER });
    expect(before.duplicate).to.equal(false);

    expect(await catchUp.run()).to.deep.equal({ received: 50 });
    const handed = (await take()).filter(({ message }) => message.id !== sidOf(900));
    expect(handed.map(({ message }) => message.text)).to.deep.equal(kept.slice(0, 50).map(({ body }) => body));
    for (const [index, { message }] of handed.entries()) {
      expect(Date.parse(message.timestamp)).to.equal(Math.floor(kept[index]!.at / 1000) * 1000);
    }
    expect(said).to.deep.equal(['50 messages that no webhook had brought were fetched from Twilio.']);

    // Their webhooks come after all, and the list is compared again.
    for (let index = 0; index < 50; index++) expect((await webhook(sidOf(index))).duplicate).to.equal(true);
    expect(await catchUp.run()).to.deep.equal({ received: 0 });
    expect(await take()).to.deep.equal([]);
  });

  it('open the window from when they were written, and do not shorten it', async () => {
    await gap(3 * HOUR_MS);
    const at = clock.ms - 2 * HOUR_MS;
    kept.push({ sid: sidOf(1), at });
    await catchUp.run();
    const session = () => center.query('sessionOf', { address: CUSTOMER, sender: SENDER });
    expect((await session()).lastCustomerAt).to.equal(at);
    await webhook(sidOf(2));
    const now = clock.ms;
    kept.push({ sid: sidOf(3), at: at + 1000 });
    await catchUp.run();
    expect((await session()).lastCustomerAt).to.equal(now);
  });

  it('that are older than the session are kept and reported, and no flow answers them', async () => {
    await gap(40 * HOUR_MS);
    kept.push({ sid: sidOf(1), at: clock.ms - 30 * HOUR_MS }, { sid: sidOf(2), at: clock.ms - HOUR_MS });
    const events: string[] = [];
    center.subscribe((told) => void events.push(...told.map(({ type }) => type)));
    expect(await catchUp.run()).to.deep.equal({ received: 2 });
    const handed: HandedMessage[] = [];
    for (let batch = await take(); batch.length > 0; batch = await take()) handed.push(...batch);
    expect(handed.map(({ message }) => message.id)).to.deep.equal([sidOf(2)]);
    expect(events.filter((type) => type === 'message.expired')).to.have.length(1);
  });

  it('come with their files', async () => {
    await gap(HOUR_MS);
    kept.push({ sid: sidOf(1), at: clock.ms - 30 * MINUTE, body: '', media: ['image/jpeg'] });
    await catchUp.run();
    const [handed] = await take();
    expect(handed!.message.type).to.equal('image');
    expect(handed!.message.media![0]).to.include({
      contentType: 'image/jpeg',
      url: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages/${sidOf(1)}/Media/ME0`,
    });
    expect(await center.run('takeMedia', { accountId: 'account-1', limit: 5 })).to.have.length(1);
  });

  it('are left to their webhooks as long as these may still come', async () => {
    await gap(HOUR_MS);
    kept.push({ sid: sidOf(1), at: clock.ms - 10_000 });
    expect(await catchUp.run()).to.deep.equal({ received: 0 });
    clock.ms += 2 * MINUTE;
    expect(await catchUp.run()).to.deep.equal({ received: 1 });
  });

  it('that were written before the account was first used are not fetched', async () => {
    kept.push({ sid: sidOf(1), at: clock.ms - HOUR_MS });
    expect(await catchUp.run()).to.deep.equal({ received: 0 });
    expect(api.calls).to.deep.equal([]);
  });

  it('are looked for from the last one that came, in a store that was never compared', async () => {
    await webhook(sidOf(1));
    clock.ms += HOUR_MS;
    kept.push({ sid: sidOf(2), at: clock.ms - 30 * MINUTE });
    expect(await catchUp.run()).to.deep.equal({ received: 1 });
  });

  it('are fetched later when Twilio cannot be asked, and that is said once', async () => {
    await gap(HOUR_MS);
    kept.push({ sid: sidOf(1), at: clock.ms - 30 * MINUTE });
    down = true;
    const error = await catchUp.run().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    clock.ms += HOUR_MS;
    down = false;
    expect(await catchUp.run()).to.deep.equal({ received: 1 });
  });

  it('are fetched in bounded helpings, however many there are', async () => {
    await gap(2 * HOUR_MS);
    const start = clock.ms - HOUR_MS;
    for (let index = 0; index < 6000; index++) kept.push({ sid: sidOf(index), at: start + index * 500 });
    const progress: number[] = [];
    await catchUp.close();
    catchUp = open({ onProgress: (received) => void progress.push(received) });
    expect(await catchUp.run()).to.deep.equal({ received: 6000 });
    expect(progress.at(-1)).to.equal(6000);
    expect(Math.max(...progress.slice(1).map((one, index) => one - progress[index]!))).to.be.at.most(100);
    for (const { query } of api.calls) expect(Number(query.get('PageSize'))).to.be.at.most(1000);
    const spans = new Set(api.calls.map(({ query }) => query.get('DateSent<')));
    expect(spans.size).to.be.greaterThan(2);
  }).timeout(60_000);

  it('of other senders, and over other channels, start no conversation', async () => {
    await gap(HOUR_MS);
    kept.push({ sid: sidOf(1), at: clock.ms - 30 * MINUTE, from: '+15551234567', to: SENDER });
    kept.push({ sid: sidOf(2), at: clock.ms - 30 * MINUTE, to: 'whatsapp:+15550000009' });
    expect(await catchUp.run()).to.deep.equal({ received: 0 });
  });
});
