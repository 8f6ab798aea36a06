import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { SUPERVISOR } from '../support/demo.ts';
import { Scene } from './scene.ts';
import {
  acceptAlert,
  addToTeam,
  alertFrom,
  answerBox,
  answerBubble,
  goToPage,
  internalMessage,
  phoneThread,
  pickCustomer,
  setStatus,
  writeAnswer,
  writeOnPhone,
} from './steps.ts';
import { keepPicture } from './support.ts';

const PASSWORD = 'a long enough secret 42';
const CUSTOMER = 'Lucía Pereira';

/** A supervisor ends the customer's conversation, whoever has it. */
async function forceClose(desk: Page): Promise<void> {
  await goToPage(desk, 'Supervise');
  await desk.getByRole('link', { name: 'Live' }).click();
  await desk.getByRole('checkbox', { name: `Select ${CUSTOMER}` }).check();
  const bar = desk.getByRole('region', { name: 'What is selected' });
  await bar.getByRole('button', { name: 'Force close' }).click();
  await keepPicture(desk, 'supervise-force-close');
  await bar.getByText('Close 1 conversation now, for good?').waitFor();
  await bar.getByRole('button', { name: 'Force close' }).click();
  await desk.getByText('1 conversation is closed.').waitFor();
}

/** Two agents, a supervisor and a customer; each step goes on from the one before. */
describe('working together in a browser', () => {
  let scene: Scene;
  let sofia: Page;
  let ana: Page;
  let ben: Page;
  let phone: Page;

  before(async () => {
    scene = await Scene.open();
    phone = await scene.arrive(scene.demo.phone);
  });

  after(() => scene?.close());

  it('a supervisor adds two agents, and makes a code mandatory in the queue', async () => {
    sofia = await scene.signIn();
    await setStatus(sofia, SUPERVISOR.username, 'Appear away');
    await addToTeam(sofia, 'ana', 'Ana Ionescu', PASSWORD);
    await addToTeam(sofia, 'ben', 'Ben Okafor', PASSWORD);
    await keepPicture(sofia, 'team-people');
    await sofia.getByRole('link', { name: 'Queues' }).click();
    const queue = sofia.getByRole('form', { name: 'Support' });
    await queue.getByRole('button', { name: 'Add a code' }).click();
    await queue.getByRole('textbox', { name: 'Label' }).fill('Solved');
    expect(await queue.getByRole('textbox', { name: 'Code' }).inputValue()).to.equal('solved');
    await queue.getByRole('checkbox', { name: 'A code must be chosen before closing' }).check();
    await queue.getByRole('button', { name: 'Save' }).click();
    await sofia.getByText('Support is saved.').waitFor();
    await keepPicture(sofia, 'team-queue');
  });

  it('only who is there is asked', async () => {
    ana = await scene.signIn({}, { username: 'ana', password: PASSWORD });
    ben = await scene.signIn({}, { username: 'ben', password: PASSWORD });
    await setStatus(ben, 'Ben Okafor', 'Appear away');
    await ben.getByText('Nothing is offered to you in this status.').waitFor();
    await keepPicture(ben, 'home-away');
    await writeOnPhone(phone, CUSTOMER, 'Where is my parcel?');
    await alertFrom(ana, CUSTOMER).waitFor();
    expect(await alertFrom(ben, CUSTOMER).count()).to.equal(0);
    await acceptAlert(ana, CUSTOMER);
    await setStatus(ben, 'Ben Okafor', 'Available');
  });

  it('a colleague advises, and what they write does not reach the phone', async () => {
    await ana.getByRole('button', { name: 'More' }).click();
    await ana.getByRole('menuitem', { name: 'Consult a colleague' }).click();
    await ana.getByRole('radio', { name: /Ben Okafor/ }).check();
    await ana.getByLabel('Note to colleagues').fill('Can the depot still redirect?');
    await ana.getByRole('button', { name: 'Ask Ben Okafor for advice' }).click();
    await ana.getByText('Waiting for Ben Okafor to come in').waitFor();
    const asked = ben.getByRole('article', { name: `Consult about ${CUSTOMER} from Ana Ionescu` });
    await asked.getByText('Can the depot still redirect?').waitFor();
    await keepPicture(ben, 'alert-consult');
    await asked.getByRole('button', { name: 'Accept' }).click();
    const box = ben.getByRole('textbox', { name: 'Internal message to colleagues' });
    await box.fill('Yes, until two o’clock.');
    expect(await answerBox(ben).count()).to.equal(0);
    await box.press('Enter');
    await internalMessage(ana, 'Yes, until two o’clock.').waitFor();
    await keepPicture(ana, 'consult-internal');
    await ana.getByRole('tab', { name: 'Internal' }).click();
    await ana.getByRole('textbox', { name: 'Internal message to colleagues' }).fill('Then I shall ask for the postcode.');
    await ana.getByRole('button', { name: 'Add internally' }).click();
    await internalMessage(ben, 'Then I shall ask for the postcode.').waitFor();
    await ana.getByRole('tab', { name: 'Reply' }).click();
    expect(await answerBox(ana).inputValue()).to.equal('');
    await writeAnswer(ana, 'Could you send me the new postcode?');
    // What was written after the internal messages is there, and they are not.
    await phoneThread(phone).getByText('Could you send me the new postcode?').waitFor();
    const seen = (await phoneThread(phone).textContent()) ?? '';
    for (const internal of ['depot', 'two o’clock', 'Then I shall ask']) expect(seen).to.not.include(internal);
    await ben.getByRole('button', { name: 'Leave' }).click();
    await ana.getByText('Ben Okafor left').first().waitFor();
  });

  it('a transfer stays with the first agent until the second one accepts', async () => {
    await ana.getByRole('button', { name: 'Transfer', exact: true }).click();
    await ana.getByRole('radio', { name: /Ben Okafor/ }).check();
    await ana.getByLabel('Note to colleagues').fill('She only needs the new address.');
    await ana.getByRole('button', { name: 'Ask Ben Okafor to take over' }).click();
    const strip = ana.getByText('Waiting for Ben Okafor to take over');
    await strip.waitFor();
    await keepPicture(ana, 'transfer-asked');
    const asked = ben.getByRole('article', { name: `Transfer of ${CUSTOMER} from Ana Ionescu` });
    await asked.getByRole('button', { name: 'Decline' }).click();
    await strip.waitFor({ state: 'detached' });
    await ana.getByText('Ben Okafor declined to take over').first().waitFor();
    await writeAnswer(ana, 'One moment, please.');
    await phoneThread(phone).getByText('One moment, please.').waitFor();

    await ana.getByRole('button', { name: 'Transfer', exact: true }).click();
    await ana.getByRole('radio', { name: /Ben Okafor/ }).check();
    await ana.getByRole('button', { name: 'Ask Ben Okafor to take over' }).click();
    await asked.waitFor();
    await answerBox(ana).fill('I am still typing this');
    await asked.getByRole('button', { name: 'Accept' }).click();
    await ana.getByRole('heading', { name: `The conversation with ${CUSTOMER} is not yours any more` }).waitFor();
    expect(await ana.getByLabel('You were writing this; it was not sent').inputValue()).to.equal('I am still typing this');
    await keepPicture(ana, 'transfer-gone');
    await ben.getByText('You took over from Ana Ionescu').waitFor();
    await writeAnswer(ben, 'Ben here, I have the address.');
    await phoneThread(phone).getByText('Ben here, I have the address.').waitFor();
  });

  it('a conversation is closed only with a code where the queue wants one', async () => {
    await ben.getByRole('button', { name: 'End', exact: true }).click();
    const wrapUp = ben.getByRole('region', { name: 'Wrap-up' });
    await wrapUp.getByRole('button', { name: 'Close conversation' }).click();
    await wrapUp.getByRole('alert').getByText('Choose how this conversation ended').waitFor();
    await keepPicture(ben, 'wrap-up-required');
    await wrapUp.getByRole('button', { name: 'Solved' }).click();
    await wrapUp.getByRole('alert').waitFor({ state: 'detached' });
    await wrapUp.getByRole('button', { name: 'Close conversation' }).click();
    await ben.getByText(`The conversation with ${CUSTOMER} is closed.`).waitFor();
    await goToPage(ben, 'Home');
    await ben.getByRole('region', { name: 'Closed today' }).getByText(CUSTOMER).waitFor();
    await keepPicture(ben, 'home-closed-today');
  });

  it('a supervisor reads along, takes part and closes', async () => {
    await writeOnPhone(phone, CUSTOMER, 'One more thing');
    await acceptAlert(ben, CUSTOMER);
    await goToPage(sofia, 'Supervise');
    await sofia.getByRole('button', { name: `Monitor the conversation with ${CUSTOMER}` }).click();
    await sofia.getByText('You read along; Ben Okafor handles this conversation.').waitFor();
    expect(await answerBox(sofia).count()).to.equal(0);
    await ben.getByText('reads along').waitFor();
    await keepPicture(sofia, 'monitor');
    await sofia.getByRole('button', { name: 'Join' }).click();
    await writeAnswer(sofia, 'I am the supervisor; how can I help?');
    await pickCustomer(phone, CUSTOMER);
    await phoneThread(phone).getByText('I am the supervisor; how can I help?').waitFor();
    await answerBubble(ben, 'I am the supervisor; how can I help?').waitFor();

    await answerBox(ben).fill('Half a sentence');
    await ben.getByRole('tab', { name: 'Internal' }).click();
    await ben.getByRole('textbox', { name: 'Internal message to colleagues' }).fill('She sounded worried');
    await forceClose(sofia);
    expect(await ben.getByLabel('You were writing this; it was not sent').inputValue()).to.equal('Half a sentence');
    const internal = ben.getByLabel('You were writing this to your colleagues; it was not added');
    expect(await internal.inputValue()).to.equal('She sounded worried');
    await keepPicture(ben, 'closed-while-typing');
    await sofia.getByRole('link', { name: 'Audit' }).click();
    await sofia.getByText('force close').first().waitFor();
    await keepPicture(sofia, 'supervise-audit');
  });

  it('who stays disconnected gives up what is active, and reads so on return', async () => {
    await goToPage(ana, 'Home');
    await setStatus(ana, 'Ana Ionescu', 'Appear away');
    await writeOnPhone(phone, CUSTOMER, 'Is anybody there?');
    await acceptAlert(ben, CUSTOMER);
    const context = ben.context();
    await ben.close();
    await goToPage(sofia, 'Supervise');
    await sofia.getByRole('link', { name: 'Agents' }).click();
    await sofia.getByRole('listitem').filter({ hasText: 'Ben Okafor' }).getByText('Offline').waitFor();
    await phone.getByRole('button', { name: 'Skip 1 hour' }).click();
    await ana.getByRole('region', { name: 'Open conversations' }).getByText(CUSTOMER).waitFor();
    ben = await context.newPage();
    await ben.goto(scene.demo.desk);
    const told = ben.getByText('While you were disconnected, a conversation went back to its queue: Support');
    await told.waitFor();
    await keepPicture(ben, 'returned');
    await ben.getByRole('button', { name: 'OK', exact: true }).click();
    await told.waitFor({ state: 'detached' });
    await ben.reload();
    await ben.getByRole('region', { name: 'Open conversations' }).getByText(CUSTOMER).waitFor();
    expect(await told.count()).to.equal(0);
  });

  it('a queue whose node is gone is removed, once nobody is in it', async () => {
    await scene.demo.deployWithout('notify-agent');
    await goToPage(sofia, 'Team');
    await sofia.getByRole('link', { name: 'Queues' }).click();
    const remove = sofia.getByRole('form', { name: 'Support' }).getByRole('button', { name: 'Remove queue' });
    const dialog = sofia.getByRole('dialog', { name: 'Remove Support?' });
    await remove.click();
    await dialog.getByRole('button', { name: 'Remove queue' }).click();
    await dialog.getByRole('alert').getByText('One conversation is still in this queue').waitFor();
    await keepPicture(sofia, 'team-queue-in-use');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await forceClose(sofia);
    await goToPage(sofia, 'Team');
    await sofia.getByRole('link', { name: 'Queues' }).click();
    await remove.waitFor();
    await keepPicture(sofia, 'team-queue-not-served');
    await remove.click();
    await dialog.getByRole('button', { name: 'Remove queue' }).click();
    await sofia.getByText('Support is removed.').waitFor();
    await sofia.getByText('No queue yet').waitFor();
    await keepPicture(sofia, 'team-queue-removed');
  });

  it('no page complained', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
