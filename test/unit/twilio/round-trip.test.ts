import { expect } from 'chai';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import type { Fault, PhoneThread } from '../../../lib/simulator/phone-contract.ts';
import { createSimulator, type Simulator } from '../../../lib/simulator/simulator.ts';
import type { Account } from '../../../lib/twilio/account.ts';
import { createOutbox, type Outbox } from '../../../lib/twilio/outbox.ts';
import { resolveUnknown } from '../../../lib/twilio/resolve-unknown.ts';
import { createSender, type Sender } from '../../../lib/twilio/sender.ts';
import { createWebhooks } from '../../../lib/twilio/webhooks.ts';
import { call, readText, serve, temporaryCenter, testAccount, type TestServer } from './fixture.ts';

const ADDRESS = '+15550100101';

/** Webhooks, store, outbox and a Twilio that can misbehave, all over real HTTP. */
describe('from the customer to us and back', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let server: TestServer;
  let account: Account;
  let simulator: Simulator;
  let sender: Sender;
  let outbox: Outbox;
  let callbacksLost: boolean;
  const lost: string[] = [];
  const events: CenterEvent[] = [];
  const watchers = new Set<() => void>();

  before(async () => {
    ({ center, dispose } = await temporaryCenter());
    center.subscribe((batch) => {
      events.push(...batch);
      for (const watcher of [...watchers]) watcher();
    });
    const webhooks = createWebhooks({
      account: () => account,
      center: () => Promise.resolve(center),
      log: { warn: () => undefined },
    });
    server = await serve((request, response) => {
      const subPath = decodeURIComponent(request.url!.split('?')[0]!.slice('/whatsapp'.length));
      if (subPath.startsWith('/simulator')) simulator.handler(request, response, subPath.slice('/simulator'.length));
      else if (callbacksLost && subPath === '/status') void lose(request, response);
      else webhooks(request, response, subPath);
    });
    const apiBaseUrl = `${server.url}/whatsapp/simulator`;
    account = testAccount({ mode: 'simulator', publicUrl: server.url, apiBaseUrl, sender: 'whatsapp:+15550100100' });
    simulator = createSimulator({
      account,
      webhookBase: () => `${server.url}/whatsapp`,
      now: () => center.now(),
      skipClock: () => Promise.resolve(0),
      clockOffset: () => 0,
      mayUse: () => true,
      pageRoot: 'no-such-folder',
      log: { warn: () => undefined },
      pace: { stepMs: 0, webhookDelayMs: 0, apiTimeoutMs: 0, resumeMs: 0 },
    });
    sender = createSender(account);
    outbox = createOutbox({ center, account, sender });
  });

  beforeEach(async () => {
    callbacksLost = false;
    const before = events.length;
    await phone('send', { address: ADDRESS, kind: 'text', text: 'Is anybody there?' });
    await until(() => events.slice(before).some(({ type }) => type === 'message.received'));
  });

  after(async () => {
    await outbox.idle();
    sender.close();
    await simulator.close();
    await server.close();
    await dispose();
  });

  /** A callback that does not get through; what it said tells how far the message has come. */
  async function lose(request: IncomingMessage, response: ServerResponse): Promise<void> {
    lost.push(new URLSearchParams(await readText(request)).get('MessageStatus') ?? '');
    response.writeHead(503).end();
    for (const watcher of [...watchers]) watcher();
  }

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!condition()) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
    });
  }

  async function phone(name: string, fields: object): Promise<void> {
    const answer = await call(`${account.apiBaseUrl}/api/${name}`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    expect(answer.status, answer.text).to.be.below(300);
  }

  const fault = (name: Fault): Promise<void> => phone('faults', { fault: name, times: 1 });

  /** How often a text arrived on the customer's phone. */
  async function arrivals(text: string): Promise<number> {
    const answer = await call(`${account.apiBaseUrl}/api/state`, { method: 'GET' });
    const { customers } = JSON.parse(answer.text) as { customers: PhoneThread[] };
    return customers.find(({ address }) => address === ADDRESS)!.messages.filter((message) => message.text === text).length;
  }

  const claim = (messageId: string): ClaimArgs => ({
    messageId,
    answer: null,
    accountId: account.id,
    from: account.sender,
    to: ADDRESS,
    text: `text of ${messageId}`,
    template: null,
    author: { kind: 'flow' },
    conversationId: null,
  });

  const delivered = (messageId: string): Promise<void> =>
    until(() => events.some((event) => event.messageId === messageId && event.data.status === 'delivered'));

  it('an answer arrives, and its status comes back', async () => {
    expect((await outbox.submit(claim('plain'))).kind).to.equal('sent');
    await delivered('plain');
    expect(await arrivals('text of plain')).to.equal(1);
  });

  it('Twilio has too much to do: the answer is repeated and arrives once', async () => {
    await fault('api-429');
    expect((await outbox.submit(claim('busy'))).kind).to.equal('sent');
    await delivered('busy');
    expect(await arrivals('text of busy')).to.equal(1);
  });

  for (const name of ['api-dropped', 'api-500-accepted', 'api-unreadable'] as const) {
    it(`${name}: nothing is sent twice, and the callback with our id tells what became of it`, async () => {
      await fault(name);
      const outcome = await outbox.submit(claim(name));
      expect(outcome).to.have.nested.property('error.code', 'SEND_UNKNOWN');
      await delivered(name);
      expect(await arrivals(`text of ${name}`)).to.equal(1);
    });
  }

  it('the answer and every callback are lost: a look-up finds the message', async () => {
    callbacksLost = true;
    await fault('api-dropped');
    expect(await outbox.submit(claim('lost'))).to.have.nested.property('error.code', 'SEND_UNKNOWN');
    expect(await resolveUnknown(center, account, sender)).to.deep.equal({ found: 1, unknown: 0, left: 0 });
    expect(await center.query('unresolved', { before: center.now(), limit: 10 })).to.deep.equal([]);
    await until(() => lost.includes('delivered'));
    expect(await arrivals('text of lost')).to.equal(1);
  });

  it('500 before Twilio took it: it stays unknown, because nobody can tell', async () => {
    await fault('api-500');
    expect(await outbox.submit(claim('gone'))).to.have.nested.property('error.code', 'SEND_UNKNOWN');
    expect(await resolveUnknown(center, account, sender)).to.deep.equal({ found: 0, unknown: 1, left: 0 });
    expect(await arrivals('text of gone')).to.equal(0);
  });

  it('webhooks that come twice, and callbacks out of order, change nothing', async () => {
    for (const name of ['webhook-twice', 'callback-twice', 'callback-disorder'] as const) await fault(name);
    const before = events.length;
    await phone('send', { address: ADDRESS, kind: 'text', text: 'Twice' });
    await until(() => events.slice(before).some(({ type }) => type === 'message.received'));
    expect((await outbox.submit(claim('disorder'))).kind).to.equal('sent');
    await delivered('disorder');
    expect(events.slice(before).filter(({ type }) => type === 'message.received')).to.have.length(1);
    const statuses = events
      .filter((event) => event.messageId === 'disorder' && event.type === 'message.status')
      .map(({ data }) => data.status);
    expect(new Set(statuses).size).to.equal(statuses.length);
  });
});
