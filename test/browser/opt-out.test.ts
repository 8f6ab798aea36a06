import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { OneConversation } from './one-conversation.ts';
import { answerBox, goToPage, phoneThread, writeAnswer, writeOnPhone } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = 'Lucía Pereira';

/** A customer wants no more messages, and later wants them again. */
describe('opting out in a browser', () => {
  let sides: OneConversation | undefined;
  let desk: Page;
  let phone: Page;

  before(async () => {
    sides = await OneConversation.begin(LUCIA, 'Where is my parcel?');
    ({ desk, phone } = sides);
  });

  after(() => sides?.end());

  const answer = () => answerBox(desk);
  const panel = () => desk.getByRole('main', { name: 'Communication panel' });
  const notice = () => panel().getByText(/The customer wrote STOP .* until they write START\./);

  it('STOP is said in the story, at the customer and in the composer, which sends nothing', async () => {
    await answer().fill('One more thing');
    await writeOnPhone(phone, LUCIA, 'STOP');
    await notice().waitFor();
    await panel().getByText('The customer wrote STOP: nothing can be sent', { exact: true }).waitFor();
    await panel().getByText('Opted out').waitFor();
    await desk.getByText(/^Wrote STOP .*: nothing can be sent until START$/).waitFor();
    expect(await desk.getByRole('button', { name: 'Send', exact: true }).isDisabled()).to.equal(true);
    await answer().press('Enter');
    expect(await answer().inputValue()).to.equal('One more thing');
    await keepPicture(desk, 'desk-opted-out');
  });

  it('nor does a template', async () => {
    await desk.getByRole('tab', { name: 'Template' }).click();
    await notice().waitFor();
    expect(await desk.getByRole('list', { name: 'Templates' }).count()).to.equal(0);
    await desk.getByRole('tab', { name: 'Reply' }).click();
  });

  it('and nobody begins a conversation with them', async () => {
    await goToPage(desk, 'Home');
    await keepPicture(desk, 'desk-opted-out-home');
    await desk.getByRole('link', { name: 'Start a conversation' }).click();
    await desk
      .getByRole('list', { name: 'Customers you talked to' })
      .getByRole('button', { name: /Lucía Pereira/ })
      .click();
    await desk.getByRole('alert').filter({ hasText: 'wrote STOP' }).waitFor();
    await keepPicture(desk, 'desk-start-opted-out');
  });

  it('START ends it', async () => {
    await goToPage(desk, 'Sessions');
    await desk.getByRole('link', { name: /Lucía Pereira/ }).click();
    await notice().waitFor();
    await writeOnPhone(phone, LUCIA, 'START');
    await notice().waitFor({ state: 'detached' });
    await panel().getByText('The customer wrote START: messages can be sent again').waitFor();
    expect(await answer().inputValue()).to.equal('One more thing');
    await writeAnswer(desk, 'Welcome back.');
    await phoneThread(phone).getByText('Welcome back.').waitFor();
    await keepPicture(desk, 'desk-opted-in');
  });

  it('neither page complained', () => {
    expect(sides!.complaints).to.deep.equal([]);
  });
});
