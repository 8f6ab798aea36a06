import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { OneConversation } from './one-conversation.ts';
import { answerBubble, phoneThread, writeAnswer } from './steps.ts';
import { keepPicture } from './support.ts';

/** Twilio is away while an agent answers, as both would see it. */
describe('an outage of Twilio in a browser', () => {
  let sides: OneConversation | undefined;
  let desk: Page;
  let phone: Page;

  before(async () => {
    sides = await OneConversation.begin('Lucía Pereira', 'Where is my parcel?');
    ({ desk, phone } = sides);
  });

  after(() => sides?.end());

  async function away(choice: 'Always' | 'Off'): Promise<void> {
    await phone.getByLabel('Not there, come back later (503)').selectOption(choice);
  }

  it('the desk says that answers wait for Twilio, also when it is loaded again', async () => {
    await phone.getByText('Twilio behaves badly').click();
    await away('Always');
    await writeAnswer(desk, 'It arrives tomorrow.');
    await answerBubble(desk, 'It arrives tomorrow.').getByText('waits for Twilio, goes out by itself').waitFor();
    await writeAnswer(desk, 'In the morning.');
    await answerBubble(desk, 'In the morning.').getByText('waits for Twilio, goes out by itself').waitFor();
    await keepPicture(desk, 'desk-waits-for-twilio');
    await keepPicture(phone, 'phone-twilio-away');
    await desk.reload();
    await answerBubble(desk, 'In the morning.').getByText('waits for Twilio, goes out by itself').waitFor();
  });

  it('they leave by themselves, in order, when it is back', async () => {
    await away('Off');
    await phoneThread(phone).getByText('In the morning.').waitFor();
    const texts = await phoneThread(phone).getByRole('article').filter({ hasText: 'Business' }).allInnerTexts();
    expect(texts.map((text) => /It arrives|In the morning/.exec(text)?.[0])).to.deep.equal(['It arrives', 'In the morning']);
    await answerBubble(desk, 'In the morning.')
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    await answerBubble(desk, 'It arrives tomorrow.').getByText('waits for Twilio').waitFor({ state: 'detached' });
    await keepPicture(desk, 'desk-twilio-is-back');
    expect(sides!.complaints).to.deep.equal([]);
  });
});
