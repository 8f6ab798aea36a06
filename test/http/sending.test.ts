import { expect } from 'chai';
import type { RecipientView } from '../../lib/center/sending-contract.ts';
import type { ConversationView, HomeView, MessageView } from '../../lib/center/views.ts';
import type { TemplateCatalogue } from '../../lib/domain/template.ts';
import { ContentApi, PENDING, REJECTED, UNKNOWN, WELCOME } from '../support/content-api.ts';
import { DeskServer, inbound, type Answer, type Browser } from '../support/desk.ts';

const CUSTOMER = '+15550123456';
const DAY_MS = 25 * 3_600_000;

describe('desk API: templates, held answers and conversations that we begin', () => {
  let twilio: ContentApi;
  let server: DeskServer;
  let ana: Browser;
  let bea: Browser;
  let id: string;

  beforeEach(async () => {
    twilio = await new ContentApi().open();
    await begin(['account']);
  });
  afterEach(async () => {
    await server.stop();
    await twilio.close();
  });

  /** A desk with these accounts, two agents and a conversation of the first one's. */
  async function begin(accounts: string[]): Promise<void> {
    server = await DeskServer.start({}, (center) => twilio.channel(center, accounts));
    await server.addAgent('ana');
    await server.addAgent('bea');
    ana = await server.signedIn('ana');
    bea = await server.signedIn('bea');
    id = await server.queued(CUSTOMER, 'Where is my parcel?');
    await ana.post(`/api/conversations/${id}/accept`);
  }

  const closeWindow = () => server.center.run('skipClock', { byMs: DAY_MS, allSimulators: true });
  const customerWrites = (text: string, from = CUSTOMER) =>
    server.center.run('receive', { accountId: 'account', routed: true, message: inbound(from, text, server.center.now()) });
  const refusal = ({ status, json }: Answer) => [status, json.error?.code];
  const send = (body: object, browser = ana, conversation = id) =>
    browser.post(`/api/conversations/${conversation}/templates`, {
      id: 'template-1',
      contentSid: WELCOME,
      variables: { 1: 'Lucía' },
      ...body,
    });
  const start = (body: object, browser = ana) =>
    browser.post('/api/conversations', {
      id: 'start-0001',
      address: '+15550177001',
      contentSid: WELCOME,
      variables: { 1: 'Tomás' },
      ...body,
    });
  const started = ({ json }: Answer) => json as unknown as { conversation: ConversationView; message: MessageView };
  async function messages(conversation = id): Promise<MessageView[]> {
    return (await ana.get(`/api/conversations/${conversation}/messages`)).json['messages'] as unknown as MessageView[];
  }

  describe('templates', () => {
    const list = async (query = ''): Promise<TemplateCatalogue> =>
      (await ana.get(`/api/accounts/account/templates${query}`)).json as unknown as TemplateCatalogue;

    it('are listed in every state, with the reason', async () => {
      expect((await ana.get('/api/accounts')).json).to.deep.equal([
        { id: 'account', name: 'Account account', sender: 'whatsapp:+15550109999' },
      ]);
      const { templates, problem } = await list();
      expect(problem).to.equal(null);
      expect(templates.map(({ name, approval, reason, category }) => [name, approval, reason, category])).to.deep.equal([
        ['welcome', 'approved', null, 'utility'],
        ['shouting', 'rejected', 'Too loud.', 'utility'],
        ['waiting', 'pending', null, 'utility'],
      ]);
      expect(templates[0]!.lines).to.deep.equal([{ part: 'text', text: 'Hello {{1}}' }]);
    });

    it('stay while Twilio cannot be asked, with their age and the reason', async () => {
      await list();
      twilio.later(90_000);
      twilio.status = 503;
      const { templates, ageMs, problem } = await list();
      expect([templates.length, ageMs, problem?.code]).to.deep.equal([3, 90_000, 'TWILIO_UNREACHABLE']);
    });

    it('are asked for anew when somebody wants that', async () => {
      await list();
      await list();
      expect(twilio.calls).to.have.length(1);
      await list('?fresh=1');
      expect(twilio.calls).to.have.length(2);
      expect(refusal(await ana.get('/api/accounts/account/templates?fresh=yes'))).to.deep.equal([400, 'INVALID_REQUEST']);
    });

    it('say when Twilio cannot be asked or refuses, and that an account is not there', async () => {
      twilio.status = 503;
      expect(refusal(await ana.get('/api/accounts/account/templates'))).to.deep.equal([502, 'TWILIO_UNREACHABLE']);
      twilio.status = 401;
      expect(refusal(await ana.get('/api/accounts/account/templates'))).to.deep.equal([502, 'TWILIO_REFUSED']);
      expect(refusal(await ana.get('/api/accounts/another/templates'))).to.deep.equal([409, 'ACCOUNT_MISSING']);
    });

    it('go out past the window, once however often they are asked for', async () => {
      await closeWindow();
      const first = await send({});
      expect(first.status).to.equal(201);
      expect((first.json as unknown as MessageView).message).to.deep.include({
        type: 'template',
        text: 'Hello Lucía',
        status: 'pending',
      });
      expect((await send({})).json['id']).to.equal('template-1');
      expect((await messages()).filter(({ message }) => message.type === 'template')).to.have.length(1);
    });

    it('are refused with the reason before Twilio sees them', async () => {
      await closeWindow();
      expect(refusal(await send({ contentSid: UNKNOWN }))).to.deep.equal([422, 'INVALID_TEMPLATE']);
      expect(refusal(await send({ contentSid: REJECTED }))).to.deep.equal([422, 'TEMPLATE_NOT_APPROVED']);
      expect(refusal(await send({ contentSid: PENDING }))).to.deep.equal([422, 'TEMPLATE_NOT_APPROVED']);
      expect(refusal(await send({ variables: {} }))).to.deep.equal([422, 'TEMPLATE_VARIABLES']);
      expect(refusal(await send({ variables: { 1: ' \n ' } }))).to.deep.equal([422, 'TEMPLATE_VARIABLES']);
      expect(refusal(await send({ variables: { 1: 'x'.repeat(1601) } }))).to.deep.equal([422, 'TEMPLATE_VARIABLES']);
      expect(refusal(await send({ variables: { 1: 7 } }))).to.deep.equal([400, 'INVALID_REQUEST']);
      expect((await messages()).filter(({ message }) => message.direction === 'outbound')).to.deep.equal([]);
      expect((await send({ id: 'template-2', variables: { 1: 'two\nlines' } })).json['message']).to.include({
        text: 'Hello two lines',
      });
    });

    it('are their conversation’s agent’s to send', async () => {
      // Somebody else's is not to be seen; one that waits is, and still not to be written in.
      expect(refusal(await send({}, bea))).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
      const waiting = await server.queued('+15550123999');
      expect(refusal(await send({}, bea, waiting))).to.deep.equal([403, 'NOT_YOUR_CONVERSATION']);
      expect(refusal(await send({}, ana, 'no-such-thing'))).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    });

    it('wait for Twilio where it was never asked', async () => {
      twilio.status = 503;
      expect(refusal(await send({}))).to.deep.equal([502, 'TWILIO_UNREACHABLE']);
    });
  });

  it('without any account there are no templates, and everything else works', async () => {
    await server.stop();
    await begin([]);
    expect((await ana.get('/api/accounts')).json).to.deep.equal([]);
    expect(refusal(await send({}))).to.deep.equal([409, 'ACCOUNT_MISSING']);
    expect(refusal(await start({}))).to.deep.equal([409, 'ACCOUNT_MISSING']);
    expect((await ana.post(`/api/conversations/${id}/typing`)).status).to.equal(204);
  });

  describe('held answers', () => {
    const hold = (text: string, messageId = 'message-held') =>
      ana.post(`/api/conversations/${id}/messages`, { id: messageId, text, hold: true });
    const cancel = (browser = ana, messageId = 'message-held') => browser.post(`/api/messages/${messageId}/cancel`);
    const story = async () =>
      (
        (await ana.get(`/api/conversations/${id}/messages`)).json['events'] as unknown as {
          type: string;
          reason: string | null;
        }[]
      )
        .filter(({ type }) => type === 'message.status')
        .map(({ reason }) => reason);

    it('wait past the window and go out by themselves when the customer writes', async () => {
      await closeWindow();
      expect((await hold('It was delivered.')).json['message']).to.include({ status: 'held' });
      await customerWrites('And?');
      expect((await messages()).find((one) => one.id === 'message-held')!.message.status).to.equal('pending');
      expect(await story()).to.deep.equal(['customer-wrote']);
      expect(refusal(await cancel())).to.deep.equal([409, 'ILLEGAL_TRANSITION']);
    });

    it('go out at once while the window is open', async () => {
      expect((await hold('At once.')).json['message']).to.include({ status: 'pending' });
    });

    it('can be taken back by their conversation’s agent, and then never go out', async () => {
      await closeWindow();
      await hold('It was delivered.');
      expect(refusal(await cancel(bea))).to.deep.equal([403, 'NOT_YOUR_CONVERSATION']);
      expect(refusal(await cancel(ana, 'no-such-thing'))).to.deep.equal([404, 'UNKNOWN_MESSAGE']);
      expect((await cancel()).json['message']).to.include({ status: 'canceled' });
      await customerWrites('And?');
      expect((await messages()).find((one) => one.id === 'message-held')!.message.status).to.equal('canceled');
      expect(await story()).to.deep.equal(['agent-canceled']);
    });
  });

  describe('typing', () => {
    const typing = (browser = ana, conversation = id) => browser.post(`/api/conversations/${conversation}/typing`);
    const indicators = () => twilio.calls.filter((call) => call === 'POST /v2/Indicators/Typing.json').length;

    it('is shown to the customer, however fast the agent types, while the window is open', async () => {
      for (let key = 0; key < 5; key += 1) expect((await typing()).status).to.equal(204);
      expect(indicators()).to.equal(1);
      twilio.later(30_000);
      await closeWindow();
      expect((await typing()).status).to.equal(204);
      expect(indicators()).to.equal(1);
    });

    it('is no agent’s business when Twilio does not take it', async () => {
      twilio.status = 400;
      expect((await typing()).status).to.equal(204);
    });

    it('is for the conversation’s agent', async () => {
      expect(refusal(await typing(bea))).to.deep.equal([403, 'NOT_YOUR_CONVERSATION']);
      expect(refusal(await typing(ana, 'no-such-thing'))).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
      expect(indicators()).to.equal(0);
    });
  });

  describe('a conversation that we begin', () => {
    it('is active with the agent at once', async () => {
      const answer = await start({});
      const { conversation, message } = started(answer);
      expect(answer.status).to.equal(201);
      expect(conversation).to.deep.include({ state: 'active', handledBy: 'agent' });
      expect(message.message).to.include({ to: 'whatsapp:+15550177001', text: 'Hello Tomás' });
      const { mine } = (await ana.get('/api/home')).json as unknown as HomeView;
      expect(mine.map((one) => one.customer.address)).to.include('+15550177001');
      // The same request again is the same conversation and message.
      expect(started(await start({})).conversation.id).to.equal(conversation.id);
      expect(await messages(conversation.id)).to.have.length(1);
    });

    it('needs a recipient, an approved template, a queue of the agent’s and, where there are several, an account', async () => {
      expect(refusal(await start({ address: '0555 123' }))).to.deep.equal([422, 'INVALID_RECIPIENT']);
      expect(refusal(await start({ contentSid: PENDING }))).to.deep.equal([422, 'TEMPLATE_NOT_APPROVED']);
      expect(refusal(await start({ contentSid: UNKNOWN }))).to.deep.equal([422, 'INVALID_TEMPLATE']);
      expect(refusal(await start({ queueId: 'no-such-thing' }))).to.deep.equal([404, 'UNKNOWN_QUEUE']);
      expect(refusal(await start({ accountId: 'another' }))).to.deep.equal([409, 'ACCOUNT_MISSING']);
      await server.stop();
      await begin(['account', 'second']);
      expect(refusal(await start({}))).to.deep.equal([409, 'SENDER_AMBIGUOUS']);
      expect(started(await start({ accountId: 'second' })).message.message).to.include({ from: 'whatsapp:+15550109998' });
    });

    it('is sent by a queue of the agent’s that is running; a supervisor’s may be any', async () => {
      const team = await server.center.query('team', {});
      const actorId = team.find(({ role }) => role === 'supervisor')!.id;
      const memberId = team.find(({ username }) => username === 'bea')!.id;
      const queueId = await server.queue('Sales');
      await server.center.run('changeQueue', { actorId, queueId, change: { everyone: false, members: [memberId] } });
      expect(refusal(await start({ queueId }))).to.deep.equal([403, 'FORBIDDEN']);
      expect(started(await start({ queueId }, bea)).conversation.queue).to.include({ name: 'Sales' });
      const supervisor = await server.signedIn('sam');
      const other = { id: 'start-0002', address: '+15550177002', queueId };
      expect((await start(other, supervisor)).status).to.equal(201);
      for (const name of ['Sales', 'Support']) await server.center.run('stopServingQueue', { nodeId: `notify-${name}` });
      expect(refusal(await start({ id: 'start-0003', address: '+15550177003' }))).to.deep.equal([404, 'UNKNOWN_QUEUE']);
    });

    it('needs Twilio only where the template was never read', async () => {
      twilio.status = 503;
      expect(refusal(await start({}))).to.deep.equal([502, 'TWILIO_UNREACHABLE']);
      twilio.status = 200;
      await ana.get('/api/accounts/account/templates');
      twilio.status = 503;
      twilio.later(90_000);
      expect((await start({})).status).to.equal(201);
    });

    it('is not begun beside one that a colleague has', async () => {
      const answer = await start({ address: CUSTOMER }, bea);
      expect([...refusal(answer), answer.json.error?.details]).to.deep.equal([409, 'ALREADY_ACCEPTED', { agent: 'Agent ana' }]);
    });

    it('is not begun with somebody who wrote STOP', async () => {
      await customerWrites('STOP');
      const answer = await start({ address: CUSTOMER });
      expect(refusal(answer)).to.deep.equal([409, 'OPTED_OUT']);
      expect(answer.json.error!.details).to.include({ reason: 'stop' });
      expect(refusal(await send({}))).to.deep.equal([409, 'OPTED_OUT']);
      expect(refusal(await ana.post(`/api/conversations/${id}/messages`, { id: 'message-1', text: 'Hi' }))).to.deep.equal([
        409,
        'OPTED_OUT',
      ]);
      await customerWrites('START');
      expect((await start({ address: CUSTOMER })).status).to.equal(201);
    });
  });

  describe('who may be written to', () => {
    const recipient = (address: string, browser = ana, more = '') =>
      browser.get(`/api/recipients?address=${encodeURIComponent(address)}${more}`);

    it('is said with the live conversation and whose it is', async () => {
      const view = (await recipient(CUSTOMER, bea)).json as unknown as RecipientView;
      expect(view).to.deep.include({ address: CUSTOMER, optedOut: null });
      expect(view.live).to.deep.include({ conversationId: id, state: 'active', visible: false });
      expect(view.live!.agent).to.include({ name: 'Agent ana' });
      expect((await recipient(CUSTOMER)).json['live']).to.deep.include({ visible: true });
      expect((await recipient(CUSTOMER, ana, '&account=second')).json['live']).to.equal(null);
      await customerWrites('STOP');
      expect((await recipient(CUSTOMER)).json['optedOut']).to.include({ reason: 'stop' });
    });

    it('is not said with whose it is to an agent of other queues', async () => {
      const team = await server.center.query('team', {});
      const actorId = team.find(({ role }) => role === 'supervisor')!.id;
      const anaId = team.find(({ username }) => username === 'ana')!.id;
      const queueId = await server.queue('Sales');
      await server.center.run('changeQueue', { actorId, queueId, change: { everyone: false, members: [anaId] } });
      await server.center.run('transferToQueue', { conversationId: id, by: { agentId: actorId }, queueId });
      const waits = (await recipient(CUSTOMER, bea)).json as unknown as RecipientView;
      expect(waits.live).to.deep.include({ state: 'open', agent: null, queue: null, visible: false });
      await ana.post(`/api/conversations/${id}/accept`);
      const answer = await recipient(CUSTOMER, bea);
      expect(answer.json['live']).to.deep.include({ handledBy: 'agent', agent: null, queue: null, visible: false });
      expect(answer.text).to.not.include('ana').and.not.include('Sales');
      const refused = await start({ address: CUSTOMER }, bea);
      expect(refusal(refused)).to.deep.equal([409, 'ALREADY_ACCEPTED']);
      expect(refused.text).to.not.include('ana').and.not.include('Sales');
      expect((await recipient(CUSTOMER, await server.signedIn('sam'))).json['live']).to.deep.include({ queue: 'Sales' });
    });

    it('is said of somebody nobody knows, and of what is no address', async () => {
      expect((await recipient('+15550177009')).json).to.deep.equal({
        address: '+15550177009',
        name: null,
        optedOut: null,
        live: null,
      });
      for (const address of ['15550177009', '+1 555 017 7009', 'Tomás', ' ']) {
        expect(refusal(await recipient(address)), address).to.deep.equal([422, 'INVALID_RECIPIENT']);
      }
    });

    it('is found among the customers of one’s own conversations alone', async () => {
      const find = async (text: string, browser = ana) =>
        ((await browser.get(`/api/customers?text=${encodeURIComponent(text)}`)).json as unknown as { address: string }[]).map(
          ({ address }) => address,
        );
      expect(await find('')).to.deep.equal([CUSTOMER]);
      expect(await find('0123456')).to.deep.equal([CUSTOMER]);
      expect(await find('nobody')).to.deep.equal([]);
      expect(await find('', bea)).to.deep.equal([]);
    });
  });
});
