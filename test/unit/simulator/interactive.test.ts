import { expect } from 'chai';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { createTemplates } from '../../../lib/twilio/templates.ts';
import { Fixture, SENDER } from './fixture.ts';

const LUCIA = '+15550100101';
const LIST = 'HX24000000000000000000000000000008';
const LINKS = 'HX24000000000000000000000000000009';

describe('simulator: choices and answers to a message', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await new Fixture().start();
    await fixture.customerWrites(LUCIA);
  });
  afterEach(() => fixture.stop());

  /** A template that has reached the phone. */
  async function onPhone(contentSid: string) {
    const { sid } = await fixture.client().messages.create({ to: `whatsapp:${LUCIA}`, from: SENDER, contentSid });
    return fixture.untilOnPhone(LUCIA, ({ id }) => id === sid);
  }

  async function answered(input: object): Promise<Record<string, string>> {
    const before = fixture.inbound().length;
    expect((await fixture.phone('send', { address: LUCIA, ...input })).status).to.equal(200);
    await fixture.until(() => fixture.inbound().length > before);
    return fixture.inbound().at(-1)!.form;
  }

  it('brings the chosen row of a list, which is then answered', async () => {
    const { id, list } = await onPhone(LIST);
    expect(list!.items.map((item) => item.id)).to.deep.equal(['morning', 'afternoon', 'evening']);
    const form = await answered({ kind: 'list', messageId: id, itemId: 'evening' });
    expect(form).to.include({ ListId: 'evening', ListTitle: 'Evening', ListDescription: 'Between 17 and 20', Body: 'Evening' });
    const message = parseInbound(form, fixture.clock);
    expect(message).to.deep.include({
      type: 'list',
      list: { id: 'evening', title: 'Evening', description: 'Between 17 and 20' },
      context: { sid: id, from: SENDER },
    });
    expect((await fixture.thread(LUCIA)).messages.find((one) => one.id === id)!.answered).to.equal(true);
    for (const input of [
      { messageId: id, itemId: 'midnight' },
      { messageId: 'SM0', itemId: 'evening' },
    ])
      expect((await fixture.phone('send', { address: LUCIA, kind: 'list', ...input })).status).to.equal(400);
  });

  it('names the message that a text or a file answers, the customer’s own or the business’s', async () => {
    const { id } = await onPhone(LINKS);
    const text = await answered({ kind: 'text', text: 'Thank you', quotedId: id });
    expect(text).to.include({ OriginalRepliedMessageSid: id, OriginalRepliedMessageSender: SENDER });
    const own = (await fixture.thread(LUCIA)).messages[0]!.id;
    const file = await answered({ kind: 'image', text: '', quotedId: own });
    expect(file).to.include({ OriginalRepliedMessageSid: own, OriginalRepliedMessageSender: `whatsapp:${LUCIA}` });
    expect((await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'x', quotedId: 'SM0' })).status).to.equal(400);
  });

  it('shows the addresses of a call to action, and the Content API describes both kinds', async () => {
    expect((await onPhone(LINKS)).links).to.deep.equal([{ title: 'Track it', url: 'https://example.com/track/48213' }]);
    const templates = createTemplates({ ...fixture.account, apiBaseUrl: fixture.apiBase });
    try {
      const views = await templates.list();
      const kinds = views.filter(({ contentSid }) => contentSid === LIST || contentSid === LINKS);
      expect(kinds.map(({ kind, buttons }) => [kind, buttons.length])).to.have.deep.members([
        ['list-picker', 3],
        ['call-to-action', 1],
      ]);
    } finally {
      templates.close();
    }
  });
});
