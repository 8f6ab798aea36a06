import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, alertFrom, answerBox, answerBubble, customerBubble, writeAnswer } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = '+15550100101';
const NOAH = '+15550100102';
const AMAL = '+15550100103';
const SAM = '+15550100177';
const AGENT = { username: 'bea', name: 'Bea Novak', password: 'seven quiet rivers run' };
const MARKUP = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script>`;

describe('agents at the desk', () => {
  let scene: Scene;
  let phone: PhoneClient;
  let sofia: Page;
  let bea: Page;

  before(async () => {
    scene = await Scene.open();
    phone = scene.customers;
    sofia = await scene.signIn();
  });

  after(() => scene?.close());

  it('a supervisor adds an agent, who signs in', async () => {
    await sofia.getByRole('link', { name: 'Team' }).click();
    await sofia.getByRole('button', { name: 'Add an agent' }).click();
    const form = sofia.getByRole('dialog', { name: 'Add an agent' });
    await form.getByLabel('Username').fill(AGENT.username);
    await form.getByLabel('Name', { exact: true }).fill(AGENT.name);
    await form.getByLabel('Password', { exact: true }).fill(AGENT.password);
    await keepPicture(sofia, 'desk-team-add');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await sofia.getByRole('article').filter({ hasText: AGENT.name }).waitFor();
    await keepPicture(sofia, 'desk-team');
    bea = await scene.signIn({ colorScheme: 'dark' }, AGENT);
    expect(await bea.getByRole('link', { name: 'Team' }).count()).to.equal(0);
    await sofia.getByRole('link', { name: 'Home' }).click();
  });

  it('two accept at the same moment: one has it, the other is told by whom', async () => {
    await phone.write(LUCIA, 'Who is faster?');
    const [one, other] = [sofia, bea].map((page) => alertFrom(page, 'Lucía Pereira').getByRole('button', { name: 'Accept' }));
    await Promise.all([one!.waitFor(), other!.waitFor()]);
    // Both in the same moment: neither request goes out before both have pressed.
    let pressed = 0;
    let goOn = (): void => {};
    const bothPressed = new Promise<void>((resolve) => (goOn = resolve));
    for (const page of [sofia, bea]) {
      await page.route('**/accept', async (route) => {
        if (++pressed === 2) goOn();
        await bothPressed;
        await route.continue();
      });
    }
    await Promise.all([one!.click(), other!.click()]);
    const told = (page: Page) => page.getByText(/accepted the conversation with Lucía Pereira before you/);
    const results = await Promise.all(
      [sofia, bea].map((page) =>
        Promise.race([
          answerBox(page)
            .waitFor()
            .then(() => 'has it'),
          told(page)
            .waitFor()
            .then(() => 'was told'),
        ]),
      ),
    );
    expect(results).to.have.members(['has it', 'was told']);
    for (const page of [sofia, bea]) await page.unroute('**/accept');
    const [winner, loser] = results[0] === 'has it' ? [sofia, bea] : [bea, sofia];
    // Once: by the answer, and not by the card that goes away as well.
    await alertFrom(loser, 'Lucía Pereira').waitFor({ state: 'detached' });
    expect(await loser.getByText(/accepted .*Lucía Pereira/).count()).to.equal(1);
    await keepPicture(loser, 'desk-other-was-faster');
    await writeAnswer(winner, 'I was.');
    expect((await phone.receives(LUCIA, 'I was.')).text).to.equal('I was.');
  });

  it('a reload in the middle of a sentence loses nothing', async () => {
    await phone.write(NOAH, 'My invoice is wrong.');
    await acceptAlert(bea, 'Noah Lindqvist');
    await alertFrom(sofia, 'Noah Lindqvist').waitFor({ state: 'detached' });
    const box = answerBox(bea);
    await box.fill('Let me look at');
    const saved = bea.waitForResponse((response) => response.url().endsWith('/draft') && response.ok());
    await box.press('End');
    await saved;
    await bea.reload();
    await customerBubble(bea, 'My invoice is wrong.').waitFor();
    expect(await answerBox(bea).inputValue()).to.equal('Let me look at');
  });

  it('a second tab shows the same, and what is accepted in one leaves the other', async () => {
    const second = await bea.context().newPage();
    await second.goto(scene.demo.desk);
    await second
      .getByRole('link', { name: /Noah Lindqvist/ })
      .first()
      .waitFor();
    await phone.write(SAM, 'Is anybody there?');
    await alertFrom(second, 'Sam').waitFor();
    await acceptAlert(bea, 'Sam');
    await alertFrom(second, 'Sam').waitFor({ state: 'detached' });
    await writeAnswer(bea, 'Yes.');
    await second.getByRole('link', { name: /Sam/ }).first().click();
    await answerBubble(second, 'Yes.').waitFor();
    await second.close();
  });

  it('a lost connection is said, keeps what is typed, and loses no message', async () => {
    await bea.context().setOffline(true);
    await bea.getByText('Reconnecting…').first().waitFor();
    await phone.write(SAM, 'Written while you were away');
    await answerBox(bea).fill('Typed while away');
    await keepPicture(bea, 'desk-offline-dark');
    await bea.context().setOffline(false);
    await customerBubble(bea, 'Written while you were away').waitFor();
    expect(await customerBubble(bea, 'Written while you were away').count()).to.equal(1);
    expect(await answerBox(bea).inputValue()).to.equal('Typed while away');
    await bea.getByRole('button', { name: 'Send' }).click();
    await phone.receives(SAM, 'Typed while away');
  });

  it('what a customer writes is text, whatever it looks like', async () => {
    await phone.write(AMAL, MARKUP);
    const alert = bea.getByRole('article', { name: /^Incoming conversation from/ });
    await alert.getByText('<img src=x').waitFor();
    await alert.getByRole('button', { name: 'Accept' }).click();
    await customerBubble(bea, MARKUP).waitFor();
    expect(await bea.title()).to.not.include('broken in');
    await keepPicture(bea, 'desk-markup-dark');
  });

  it('a narrow window shows list and conversation one at a time, and nothing is cut off', async () => {
    const page = await scene.signIn({ viewport: { width: 390, height: 780 } }, AGENT);
    await keepPicture(page, 'desk-narrow-home');
    await page.getByRole('link', { name: /Sam/ }).first().click();
    await answerBubble(page, 'Typed while away').waitFor();
    await keepPicture(page, 'desk-narrow-conversation');
    const [wanted, there] = (await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]')) as [
      number,
      number,
    ];
    expect(wanted).to.be.at.most(there);
    await page.getByRole('link', { name: 'Back to the sessions' }).click();
    await page.getByRole('link', { name: /Noah Lindqvist/ }).waitFor();
    await keepPicture(page, 'desk-narrow-sessions');
    await page.context().close();
  });

  it('somebody who is disabled is signed out at once', async () => {
    await sofia.getByRole('link', { name: 'Team' }).click();
    await sofia.getByRole('button', { name: `Actions for ${AGENT.name}` }).click();
    await sofia.getByRole('menuitem', { name: 'Disable' }).click();
    await sofia.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await bea.getByRole('heading', { name: 'Sign in' }).waitFor();
    await bea.getByLabel('Username').fill(AGENT.username);
    await bea.getByLabel('Password').fill(AGENT.password);
    await bea.getByRole('button', { name: 'Sign in' }).click();
    await bea.getByRole('alert').waitFor();
    await keepPicture(bea, 'desk-signed-out-dark');
  });

  it('the pages had nothing to complain about', () => {
    const complaints = scene.complaints.filter((text) => !/net::ERR|Failed to fetch/.test(text));
    expect(complaints).to.deep.equal([]);
  });
});
