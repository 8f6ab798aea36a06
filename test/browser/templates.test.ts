import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { LIMIT_TEXT } from '../../lib/domain/session-window.ts';
import { OneConversation } from './one-conversation.ts';
import { answerBox, answerBubble, customerBubble, goToPage, phoneThread } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = 'Lucía Pereira';

/** The 24 hours end in the middle of a conversation; what still reaches the customer is a template. */
describe('a template after the window in a browser', () => {
  let sides: OneConversation | undefined;
  let desk: Page;
  let phone: Page;

  before(async () => {
    sides = await OneConversation.begin(LUCIA, 'Where is my parcel?');
    ({ desk, phone } = sides);
  });

  after(() => sides?.end());

  const answer = () => answerBox(desk);
  const list = () => desk.getByRole('list', { name: 'Templates' });

  it('while the agent types, the customer sees it', async () => {
    await answer().pressSequentially('I am looking');
    await phone.getByText('typing…').first().waitFor();
  });

  it('at the end of the 24 hours the composer says so, and what was being typed stays', async () => {
    await phone.getByRole('button', { name: 'Skip 24 hours' }).click();
    await phone.getByRole('button', { name: 'Skip 1 hour' }).click();
    await desk.getByRole('alert').filter({ hasText: LIMIT_TEXT }).waitFor();
    expect(await answer().inputValue()).to.equal('I am looking');
    // Enter by habit sends nothing.
    await answer().press('Enter');
    await desk.getByText('Not sent, the text is kept').waitFor();
    expect(await answer().inputValue()).to.equal('I am looking');
    expect(await answerBubble(desk, 'I am looking').count()).to.equal(0);
    await keepPicture(desk, 'desk-window-closed-draft');
  });

  it('the templates take over, with WhatsApp’s word for each', async () => {
    await desk.getByRole('button', { name: 'Choose a template' }).click();
    await list()
      .getByRole('button', { name: /^Order on its way Approved/ })
      .waitFor();
    const rejected = list().getByRole('button', { name: /^Everything must go Rejected/ });
    expect(await rejected.isDisabled()).to.equal(true);
    expect(await rejected.textContent()).to.include('The content looks like spam.');
    await keepPicture(desk, 'desk-templates');
    await desk.getByRole('searchbox', { name: 'Find a template' }).fill('appointment');
    await desk.getByText('1 of 9').waitFor();
    await desk.getByRole('searchbox', { name: 'Find a template' }).fill('its way');
  });

  it('a template is filled in beside what the customer will read', async () => {
    await list()
      .getByRole('button', { name: /^Order on its way/ })
      .click();
    const form = desk.getByRole('form', { name: 'Template Order on its way' });
    const preview = form.getByRole('figure', { name: 'What the customer will read' });
    expect(await preview.textContent()).to.include('Good news, there: order 48213');
    await form.getByRole('button', { name: 'Lucía', exact: true }).click();
    await preview.getByText('Lucía', { exact: true }).waitFor();
    // A look at something else loses nothing, and shows one box at a time.
    await desk.getByRole('tab', { name: 'Internal' }).click();
    await form.waitFor({ state: 'hidden' });
    await desk.getByRole('tab', { name: 'Template' }).click();
    await preview.getByText('Lucía', { exact: true }).waitFor();
    // Nor does a look at another page.
    await goToPage(desk, 'Home');
    await desk
      .getByRole('region', { name: 'My sessions' })
      .getByRole('link', { name: new RegExp(LUCIA) })
      .click();
    await preview.getByText('Lucía', { exact: true }).waitFor();
    await form.getByRole('button', { name: 'Send template' }).click();
    expect(await form.getByText('This needs a value.').count()).to.equal(2);
    await keepPicture(desk, 'desk-template-missing');
    await form.getByLabel('Value 2').fill('x'.repeat(1601));
    await form.getByText('Too long: 1,601 characters').waitFor();
    await form.getByLabel('Value 2').fill('48213');
    await form.getByLabel('Value 3').fill('"today"');
    await keepPicture(desk, 'desk-template-filled');
    await form.getByRole('button', { name: 'Send template' }).click();
  });

  it('it arrives, with ticks like any other message, and the draft is still there', async () => {
    const text = 'Good news, Lucía: order 48213 is on its way and should be with you "today".';
    await phoneThread(phone).getByText(text).waitFor();
    await answerBubble(desk, text)
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    expect(await answer().inputValue()).to.equal('I am looking');
    expect(await list().count()).to.equal(0);
    await keepPicture(desk, 'desk-template-sent');
    await keepPicture(phone, 'phone-template');
  });

  it('the end of the thread stays in sight while the boxes below it change their height', async () => {
    // The answer to an earlier scrolling comes when the box is smaller by now.
    const left = await desk.evaluate<number>(`(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const thread = document.querySelector('[role="log"]');
      thread.style.height = '120px';
      thread.dispatchEvent(new Event('scroll'));
      await frame();
      await frame();
      const rest = thread.scrollHeight - thread.scrollTop - thread.clientHeight;
      thread.style.height = '';
      return rest;
    })()`);
    expect(left).to.be.below(2);
    expect(await desk.getByRole('button', { name: 'To the latest' }).count()).to.equal(0);
  });

  it('the draft survives a reload, too', async () => {
    await desk.reload();
    await customerBubble(desk, 'Where is my parcel?').waitFor();
    expect(await answer().inputValue()).to.equal('I am looking');
  });

  it('neither page complained', () => {
    expect(sides!.complaints).to.deep.equal([]);
  });
});
