import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { OneConversation } from './one-conversation.ts';
import { answerBox, answerBubble, customerBubble, phoneThread, writeOnPhone } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = 'Lucía Pereira';

/** What an agent writes after the 24 hours waits for the customer. */
describe('a held answer in a browser', () => {
  let sides: OneConversation | undefined;
  let desk: Page;
  let phone: Page;

  before(async () => {
    sides = await OneConversation.begin(LUCIA, 'Where is my parcel?', { colorScheme: 'dark' });
    ({ desk, phone } = sides);
    await phone.getByRole('button', { name: 'Skip 24 hours' }).click();
    await phone.getByRole('button', { name: 'Skip 1 hour' }).click();
  });

  after(() => sides?.end());

  const answer = () => answerBox(desk);
  const held = () => desk.getByRole('article', { name: /^Held answer/ });

  it('is held instead of being refused, and says by whom', async () => {
    await desk.getByRole('button', { name: 'Hold my answer until the customer writes' }).click();
    await answer().fill('Your neighbour has it.');
    await desk.getByRole('button', { name: 'Hold', exact: true }).click();
    await held().getByText('Your neighbour has it.').waitFor();
    expect(await held().textContent()).to.include('by you');
    expect(await answer().inputValue()).to.equal('');
    await keepPicture(desk, 'desk-held-dark');
  });

  it('comes back to the composer when it is cancelled', async () => {
    await held().getByRole('button', { name: 'Cancel' }).click();
    await held().waitFor({ state: 'detached' });
    expect(await answer().inputValue()).to.equal('Your neighbour has it.');
    await desk.getByText('You cancelled the held answer').waitFor();
  });

  it('goes out by itself when the customer writes', async () => {
    await answer().fill('Your neighbour at number 7 has it.');
    await desk.getByRole('button', { name: 'Hold my answer until the customer writes' }).click();
    await held().getByText('number 7').waitFor();
    expect(await phoneThread(phone).getByText('neighbour').count()).to.equal(0);
    await writeOnPhone(phone, LUCIA, 'And?');
    await phoneThread(phone).getByText('Your neighbour at number 7 has it.').waitFor();
    await held().waitFor({ state: 'detached' });
    await answerBubble(desk, 'number 7')
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    await customerBubble(desk, 'And?').waitFor();
    await desk.getByText('The customer wrote: the held answer went out').waitFor();
    expect(await phoneThread(phone).getByText('neighbour').count()).to.equal(1);
    await keepPicture(desk, 'desk-held-gone-out-dark');
  });

  it('neither page complained', () => {
    expect(sides!.complaints).to.deep.equal([]);
  });
});
