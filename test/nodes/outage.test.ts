import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WhatsAppMessage } from '../../lib/domain/message.ts';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import { until } from '../support/turns.ts';
import { readText } from '../unit/twilio/fixture.ts';
import { config, CUSTOMER, onTab, TestRuntime } from './support/test-runtime.ts';

/** Twilio behind a port where nobody listens at first. */
class AbsentTwilio {
  readonly creates: URLSearchParams[] = [];
  /** What it says instead of taking messages. */
  refusal: { status: number; code: number } | null = null;
  readonly port: number;
  #server: Server | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async at(): Promise<AbsentTwilio> {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    return new AbsentTwilio(port);
  }

  async begin(): Promise<void> {
    this.#server = createServer((request, response) => {
      void readText(request).then((text) => {
        if (this.refusal !== null) {
          const { status, code } = this.refusal;
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ code, message: 'No.', status }));
          return;
        }
        if (request.method === 'POST') this.creates.push(new URLSearchParams(text));
        const sid = `SM${String(this.creates.length).padStart(32, 'a')}`;
        response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(request.method === 'POST' ? { sid, status: 'queued' } : { messages: [] }));
      });
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, '127.0.0.1', resolve));
  }

  async end(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server === null ? resolve(null) : this.#server.close(resolve)));
    this.#server = null;
  }

  get bodies(): (string | null)[] {
    return this.creates.map((form) => form.get('Body'));
  }
}

describe('whatsapp-out while Twilio cannot be reached', () => {
  let twilio: AbsentTwilio;
  let runtime: TestRuntime;

  const flow = (out: object = {}): object[] => [
    ...config({ apiBaseUrl: `http://127.0.0.1:${twilio.port}` }),
    ...onTab(
      { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
      { id: 'got', type: 'probe', wires: [] },
      { id: 'out', type: 'whatsapp-out', name: '', account: '', wires: [['sent'], ['refused']], ...out },
      { id: 'sent', type: 'probe', wires: [] },
      { id: 'refused', type: 'probe', wires: [] },
    ),
  ];

  beforeEach(async () => {
    twilio = await AbsentTwilio.at();
    runtime = await TestRuntime.start(flow());
    expect(await runtime.receive('Hello')).to.equal(200);
  });

  afterEach(async () => {
    await runtime.stop();
    await twilio.end();
  });

  const idsOf = (messages: readonly FlowMessage[]): string[] => messages.map(({ whatsapp }) => (whatsapp as WhatsAppMessage).id);

  it('says so, and sends by itself, in order, when Twilio is back', async () => {
    const message = await runtime.inbox('got').next();
    for (const payload of ['One', 'Two']) runtime.send('out', { ...message, payload, extra: payload });
    await runtime.shows('out', 'waitingForTwilio');
    await runtime.shows('account', 'waitingForTwilio');
    await twilio.begin();
    const sent = await runtime.inbox('sent').take(2);
    expect(sent.map(({ payload, extra }) => [payload, extra])).to.deep.equal([
      ['One', 'One'],
      ['Two', 'Two'],
    ]);
    expect(twilio.bodies).to.deep.equal(['One', 'Two']);
    expect((await runtime.statuses('out').next(({ text }) => String(text).includes('sent'))).fill).to.equal('green');
    expect(runtime.inbox('refused').all).to.be.empty;
  });

  it('shows on the account that Twilio does not take its credentials, until it does again', async () => {
    twilio.refusal = { status: 401, code: 20003 };
    await twilio.begin();
    const message = await runtime.inbox('got').next();
    for (const payload of ['One', 'Two']) {
      runtime.send('out', { ...message, payload });
      expect((await runtime.inbox('refused').next()).error).to.include({ code: 'TWILIO_REFUSED', twilioCode: 20003 });
    }
    expect(await runtime.shows('account', 'refusedByTwilio')).to.include({ fill: 'red' });
    const errors = runtime.errorsOf('whatsapp-account');
    expect(errors).to.have.length(1);
    expect(errors[0]).to.contain('(20003)');
    twilio.refusal = null;
    runtime.send('out', { ...message, payload: 'Three' });
    await runtime.inbox('sent').next();
    expect(await runtime.statuses('account').next()).to.include({ text: 'whatsapp-account.status.ready' });
  });

  it('goes on after a restart, from the same node, and once', async () => {
    const message = await runtime.inbox('got').next();
    for (const payload of ['One', 'Two']) runtime.send('out', { ...message, payload });
    await runtime.shows('out', 'waitingForTwilio');
    const center = await runtime.center();
    const waiting = async (): Promise<number> => (await center.query('postponed', { accountId: 'account' })).length;
    await until(async () => (await waiting()) >= 2);
    await runtime.unload();
    await twilio.begin();
    await runtime.load(flow());
    const sent = await runtime.inbox('sent').take(2);
    expect(sent.map(({ payload, topic, redelivered }) => ({ payload, topic, redelivered }))).to.deep.equal([
      { payload: 'One', topic: CUSTOMER.slice('whatsapp:'.length), redelivered: true },
      { payload: 'Two', topic: CUSTOMER.slice('whatsapp:'.length), redelivered: true },
    ]);
    expect(sent[0]!.whatsapp).to.include({ direction: 'outbound', status: 'queued', text: 'One' });
    expect(new Set(idsOf(sent)).size).to.equal(2);
    expect(twilio.bodies).to.deep.equal(['One', 'Two']);
  });

  it('gives what waited to the outputs as they are wired after a deploy', async () => {
    const message = await runtime.inbox('got').next();
    runtime.send('out', { ...message, payload: 'One', extra: 'kept' });
    await runtime.shows('out', 'waitingForTwilio');
    await runtime.deploy(flow({ name: 'Another name' }));
    await twilio.begin();
    expect(await runtime.inbox('sent').next()).to.deep.include({ payload: 'One', extra: 'kept' });
    expect(twilio.bodies).to.deep.equal(['One']);
  });
});
