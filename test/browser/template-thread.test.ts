import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { TemplateCatalogue } from '../../lib/domain/template.ts';
import { OneConversation } from './one-conversation.ts';
import { answerBubble, phoneThread } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = 'Lucía Pereira';
const TRACK = 'Order 48213 is on its way.';
const CONTINUE = 'Hello Lucía, we have an answer to your question. May we continue here?';

/** What a template has besides its text, in the conversation it was sent in. */
describe('a sent template in the thread', () => {
  let sides: OneConversation | undefined;
  let desk: Page;

  before(async () => {
    sides = await OneConversation.begin(LUCIA, 'Where is my parcel?');
    ({ desk } = sides);
  });

  after(() => sides?.end());

  async function send(name: RegExp, values: Record<string, string>): Promise<void> {
    await desk.getByRole('tab', { name: 'Template' }).click();
    await desk.getByRole('list', { name: 'Templates' }).getByRole('button', { name }).click();
    for (const [label, value] of Object.entries(values)) await desk.getByLabel(label).fill(value);
    await desk.getByRole('button', { name: 'Send template' }).click();
  }

  it('shows the answers a customer can choose from', async () => {
    await send(/^Continue conversation/, { 'Value 1': 'Lucía' });
    await phoneThread(sides!.phone).getByText(CONTINUE).waitFor();
    const buttons = answerBubble(desk, CONTINUE).getByRole('list', { name: 'Buttons' });
    expect(await buttons.getByRole('listitem').allTextContents()).to.deep.equal(['Yes, please', 'Not now']);
    expect(await buttons.getByRole('link').count()).to.equal(0);
  });

  it('shows a button that leads to a page as a link, also after a reload', async () => {
    await send(/^Track your order/, { 'Value 1': '48213' });
    await phoneThread(sides!.phone).getByText(TRACK).waitFor();
    await desk.reload();
    const link = answerBubble(desk, TRACK).getByRole('link', { name: 'Track it' });
    await link.waitFor();
    expect(await link.getAttribute('href')).to.equal('https://example.com/track/48213');
    expect(await link.getAttribute('rel')).to.equal('noopener noreferrer');
    expect(await link.getAttribute('target')).to.equal('_blank');
    await keepPicture(desk, 'desk-template-buttons');
    await desk.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(desk, 'desk-template-buttons-dark');
    await desk.emulateMedia({ colorScheme: 'light' });
  });

  it('names its files, leads to those on the web, and is shown without them while Twilio has no answer', async () => {
    await desk.route('**/templates', (route) => route.abort());
    await desk.reload();
    await answerBubble(desk, TRACK).waitFor();
    expect(await answerBubble(desk, TRACK).getByRole('link').count()).to.equal(0);
    await desk.unroute('**/templates');
    // The account's template has a picture by now, and something that is nobody's address.
    await desk.route('**/templates', async (route) => {
      const response = await route.fetch();
      const catalogue = (await response.json()) as TemplateCatalogue;
      const template = catalogue.templates.find(({ name }) => name === 'track_your_order')!;
      template.media = ['https://example.com/vans/{{1}}.jpg', 'javascript:alert(1)'];
      await route.fulfill({ response, json: catalogue });
    });
    await desk.reload();
    const bubble = answerBubble(desk, TRACK);
    const file = bubble.getByRole('link', { name: 'Open 48213.jpg, at example.com' });
    await file.waitFor();
    expect(await file.getAttribute('href')).to.equal('https://example.com/vans/48213.jpg');
    expect(await bubble.getByRole('link').count()).to.equal(2);
    await bubble.getByText('alert(1)').waitFor();
    await keepPicture(desk, 'desk-template-file');
    await desk.setViewportSize({ width: 390, height: 780 });
    await keepPicture(desk, 'desk-template-file-narrow');
  });

  it('neither page complained', () => {
    expect(sides!.complaints).to.deep.equal([]);
  });
});
