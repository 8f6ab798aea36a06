import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { SUPERVISOR } from '../support/demo.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, addToTeam, answerBox, customerBubble, setStatus, writeAnswer } from './steps.ts';
import { keepPicture } from './support.ts';

const PASSWORD = 'a long enough secret 42';
const CUSTOMER = 'Lucía Pereira';
const ADDRESS = '+15550100101';

/** What comes at the end of a conversation and in the next one; each step goes on from the one before. */
describe('finishing a conversation', () => {
  let scene: Scene;
  let phone: PhoneClient;
  let sofia: Page;
  let ana: Page;

  before(async () => {
    scene = await Scene.open();
    phone = scene.customers;
    sofia = await scene.signIn();
    await setStatus(sofia, SUPERVISOR.username, 'Appear away');
    await addToTeam(sofia, 'ana', 'Ana Ionescu', PASSWORD);
    await addToTeam(sofia, 'ben', 'Ben Okafor', PASSWORD);
    ana = await scene.signIn({}, { username: 'ana', password: PASSWORD });
  });

  after(() => scene?.close());

  const end = () => ana.getByRole('button', { name: 'End', exact: true });
  const wrapUp = () => ana.getByRole('region', { name: 'Wrap-up' });
  const close = () => wrapUp().getByRole('button', { name: 'Close conversation' });
  const box = () => answerBox(ana);

  it('End and Set aside say what each does, and so does Close', async () => {
    await phone.send(ADDRESS, { kind: 'image', text: '' });
    await acceptAlert(ana, CUSTOMER);
    await ana.getByRole('button', { name: 'Set aside' }).hover();
    await ana.getByText('Leave without ending: it waits for the customer').first().waitFor();
    await keepPicture(ana, 'set-aside-hint');
    await end().click();
    await close().hover();
    await ana.getByText('It is over: the customer’s next message begins a new conversation').first().waitFor();
    expect(await wrapUp().getByLabel('You were writing this; it was not sent').count()).to.equal(0);
    await close().click();
    await ana.getByText(`The conversation with ${CUSTOMER} is closed.`).waitFor();
  });

  it('an earlier conversation is known by its picture', async () => {
    await phone.write(ADDRESS, 'Did you get it?');
    await acceptAlert(ana, CUSTOMER);
    const form = ana.getByRole('complementary', { name: 'Active Conversation' });
    await form.getByRole('link', { name: 'Photo', exact: true }).waitFor();
    await keepPicture(ana, 'earlier-picture');
  });

  it('what was being written stays in sight in wrap-up, and goes on when the customer writes', async () => {
    const saved = ana.waitForResponse((response) => response.url().endsWith('/draft') && response.ok());
    await box().fill('Yes, thank you. I shall pass it');
    await saved;
    await end().click();
    const unsent = wrapUp().getByLabel('You were writing this; it was not sent');
    expect(await unsent.inputValue()).to.equal('Yes, thank you. I shall pass it');
    await wrapUp().getByText('After End nothing goes to the customer.').waitFor();
    await keepPicture(ana, 'wrap-up-unsent');
    await ana.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(ana, 'wrap-up-unsent-dark');
    await ana.emulateMedia({ colorScheme: 'light' });
    await ana.setViewportSize({ width: 390, height: 780 });
    await close().scrollIntoViewIfNeeded();
    await keepPicture(ana, 'wrap-up-unsent-narrow');
    await ana.setViewportSize({ width: 1440, height: 900 });
    await ana.reload();
    await unsent.waitFor();
    await phone.write(ADDRESS, 'Hello?');
    await customerBubble(ana, 'Hello?').waitFor();
    await box().waitFor();
    expect(await box().inputValue()).to.equal('Yes, thank you. I shall pass it');
    await writeAnswer(ana, 'Yes, thank you.');
    await phone.receives(ADDRESS, 'Yes, thank you.');
  });

  it('a colleague’s new name is on other pages at once', async () => {
    const ben = await scene.signIn({}, { username: 'ben', password: PASSWORD });
    await ana.getByRole('button', { name: 'Transfer', exact: true }).click();
    await ana.getByRole('radio', { name: /Ben Okafor/ }).check();
    await ana.getByRole('button', { name: 'Ask Ben Okafor to take over' }).click();
    await ana.getByText('Waiting for Ben Okafor to take over').waitFor();
    await sofia.getByRole('button', { name: 'Actions for Ben Okafor' }).click();
    await sofia.getByRole('menuitem', { name: 'Change name or role' }).click();
    const dialog = sofia.getByRole('dialog', { name: 'Change Ben Okafor' });
    await dialog.getByLabel('Name', { exact: true }).fill('Ben Adeyemi');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await ana.getByText('Waiting for Ben Adeyemi to take over').waitFor();
    await ben.getByRole('button', { name: /^Ben Adeyemi,/ }).waitFor();
    await keepPicture(ana, 'renamed-colleague');
  });

  it('no page complained', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
