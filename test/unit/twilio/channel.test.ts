import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import { HOUR_MS } from '../../../lib/domain/session-window.ts';
import { createChannel, type Channel, type ChannelAccount } from '../../../lib/twilio/channel.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { createTemplates } from '../../../lib/twilio/templates.ts';
import { createTyping } from '../../../lib/twilio/typing.ts';
import { codeOf } from '../../support/center.ts';
import { addAgent, bringTo } from '../../support/work.ts';
import { inboundForm, json, SENDER, serveApi, sidOf, temporaryCenter, testAccount, type TestClock } from './fixture.ts';

const WELCOME = `HX${'0a'.repeat(16)}`;
const PENDING = `HX${'0b'.repeat(16)}`;
const contents = [
  [WELCOME, 'approved'],
  [PENDING, 'pending'],
].map(([sid, status]) => ({
  sid,
  friendly_name: status,
  language: 'en',
  variables: {},
  types: { 'twilio/text': { body: 'Hello {{1}}' } },
  approval_requests: { status },
}));

describe('the channel', () => {
  let api: Awaited<ReturnType<typeof serveApi>>;
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let usable: ChannelAccount[];
  let channel: Channel;
  let agentId: string;

  beforeEach(async () => {
    ({ center, clock, dispose } = await temporaryCenter());
    api = await serveApi((response, call) =>
      json(
        response,
        200,
        call.method === 'GET' ? { contents, meta: { key: 'contents', next_page_url: null } } : { success: true },
      ),
    );
    const account = testAccount({ apiBaseUrl: api.url });
    usable = [{ account, templates: createTemplates(account), typing: createTyping(account) }];
    channel = createChannel({ center, accounts: () => Promise.resolve(usable) });
    await center.run('serveQueue', { name: 'Support', nodeId: 'node', offerSeconds: 60 });
    agentId = await addAgent(center, 'sam');
  });
  afterEach(async () => {
    for (const { templates, typing } of usable) for (const part of [templates, typing]) part.close();
    await api.close();
    await dispose();
  });

  async function activeConversation(): Promise<string> {
    const message = parseInbound(inboundForm(sidOf(1)), center.now());
    const { conversationId } = await center.run('receive', { accountId: 'account-1', message, routed: true });
    await bringTo(center, conversationId!, agentId);
    return conversationId!;
  }

  it('names the accounts and their templates in every state', async () => {
    expect(await channel.accounts()).to.deep.equal([{ id: 'account-1', name: 'Test', sender: SENDER }]);
    const templates = await channel.templates('account-1');
    expect(templates.map(({ approval }) => approval)).to.deep.equal(['approved', 'pending']);
    expect(await codeOf(channel.templates('another'))).to.equal('ACCOUNT_MISSING');
  });

  it('sends an agent’s template with its text filled in; what is not approved within the window only', async () => {
    const conversationId = await activeConversation();
    const send = (messageId: string, contentSid: string, variables: Record<string, string> = { 1: 'Ada\n' }) =>
      channel.sendTemplate({ conversationId, agentId, messageId, template: { contentSid, variables } });
    expect((await send('m1', WELCOME)).message).to.deep.include({
      text: 'Hello Ada',
      template: { contentSid: WELCOME, variables: { 1: 'Ada' } },
    });
    expect((await send('m2', PENDING)).message.status).to.equal('pending');
    clock.ms += 25 * HOUR_MS;
    expect((await send('m3', WELCOME)).message.status).to.equal('pending');
    expect(await codeOf(send('m4', PENDING))).to.equal('TEMPLATE_NOT_APPROVED');
    expect(await codeOf(send('m5', WELCOME, {}))).to.equal('TEMPLATE_VARIABLES');
    expect(await codeOf(send('m6', `HX${'0'.repeat(32)}`))).to.equal('INVALID_TEMPLATE');
    const notMine = channel.sendTemplate({
      conversationId: 'nowhere',
      agentId,
      messageId: 'm7',
      template: { contentSid: WELCOME, variables: {} },
    });
    expect(await codeOf(notMine)).to.equal('UNKNOWN_CONVERSATION');
  });

  it('starts a conversation from the only account, or from the one that is named', async () => {
    const args = { agentId, address: '+15557654321', messageId: 's1', template: { contentSid: WELCOME, variables: { 1: 'Bo' } } };
    const { conversation, message } = await channel.start(args);
    expect(conversation).to.include({ state: 'active', accountId: 'account-1' });
    expect(message.message).to.include({ text: 'Hello Bo', from: SENDER, to: 'whatsapp:+15557654321' });
    usable.push({
      ...usable[0]!,
      account: testAccount({ id: 'account-2', sender: 'whatsapp:+15550000002', apiBaseUrl: api.url }),
    });
    expect(await codeOf(channel.start({ ...args, messageId: 's2' }))).to.equal('SENDER_AMBIGUOUS');
    const second = await channel.start({ ...args, accountId: 'account-2', address: '+15557654322', messageId: 's3' });
    expect(second.message.message.from).to.equal('whatsapp:+15550000002');
    usable = [];
    expect(await codeOf(channel.start({ ...args, messageId: 's4' }))).to.equal('ACCOUNT_MISSING');
  });

  it('shows the customer that their agent types, and nobody else’s, nor where it is switched off', async () => {
    const conversationId = await activeConversation();
    const shown = (): number => api.calls.filter(({ path }) => path.endsWith('/Typing.json')).length;
    await channel.typing({ conversationId, agentId });
    expect(shown()).to.equal(1);
    expect(api.calls.at(-1)!.form).to.deep.equal({ channel: 'whatsapp', messageId: sidOf(1) });
    const kim = await addAgent(center, 'kim', { live: false });
    expect(await codeOf(channel.typing({ conversationId, agentId: kim }))).to.equal('NOT_YOUR_CONVERSATION');
    usable = [{ ...usable[0]!, account: { ...usable[0]!.account, typing: false }, typing: createTyping(usable[0]!.account) }];
    await channel.typing({ conversationId, agentId });
    clock.ms += 25 * HOUR_MS;
    await channel.typing({ conversationId, agentId });
    expect(shown()).to.equal(1);
  });
});
