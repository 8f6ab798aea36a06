import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, answerBox, answerBubble, customerBubble, goToPage } from './steps.ts';
import { keepPicture } from './support.ts';

const NEW = '+15550177042';
const LUCIA = '+15550100101';

/** An agent writes first. */
describe('a conversation that an agent begins, in a browser', () => {
  let scene: Scene;
  let desk: Page;
  let phone: PhoneClient;

  before(async () => {
    scene = await Scene.open();
    desk = await scene.signIn();
    phone = scene.customers;
  });

  after(() => scene?.close());

  const recipient = () => desk.getByRole('textbox', { name: 'To' });
  const templateForm = () => desk.getByRole('form', { name: 'Template Continue conversation' });

  async function begin(): Promise<void> {
    await goToPage(desk, 'Home');
    await desk.getByRole('link', { name: 'Start a conversation' }).click();
    await recipient().waitFor();
  }

  async function chooseTemplate(): Promise<void> {
    await desk
      .getByRole('list', { name: 'Templates' })
      .getByRole('button', { name: /^Continue conversation/ })
      .click();
    await templateForm().waitFor();
  }

  it('says what a number looks like, and offers what WhatsApp has approved', async () => {
    await begin();
    await recipient().fill('0555 0177042');
    await recipient().blur();
    await desk.getByText('A number begins with + and the country code').waitFor();
    await keepPicture(desk, 'desk-start-wrong-number');
    await recipient().fill('+1 (555) 017-7042');
    await desk.getByText('Nobody we know yet').waitFor();
    await chooseTemplate();
    await templateForm().getByLabel('Value 1').fill('Tomás');
    await keepPicture(desk, 'desk-start');
  });

  it('opens it in the agent’s sessions, and the phone has the template', async () => {
    await templateForm().getByRole('button', { name: 'Send and open' }).click();
    await answerBubble(desk, 'Hello Tomás, we have an answer').waitFor();
    await desk.getByText('You began the conversation').waitFor();
    await desk.getByRole('alert').filter({ hasText: 'The customer has not written yet' }).waitFor();
    const message = await phone.receives(NEW, 'Hello Tomás, we have an answer');
    expect(message.buttons?.map(({ title }) => title)).to.deep.equal(['Yes, please', 'Not now']);
    await keepPicture(desk, 'desk-started');
  });

  it('the customer answers, and the agent writes freely', async () => {
    const { id, buttons } = await phone.receives(NEW, 'Hello Tomás');
    await phone.send(NEW, { kind: 'button', messageId: id, buttonId: buttons![0]!.id });
    await customerBubble(desk, 'Yes, please').waitFor();
    await answerBox(desk).fill('Your parcel is here.');
    await desk.getByRole('button', { name: 'Send', exact: true }).click();
    await phone.receives(NEW, 'Your parcel is here.');
  });

  it('says that somebody is talking to the customer already, and opens it', async () => {
    await phone.write(LUCIA, 'Hello?');
    await acceptAlert(desk, 'Lucía Pereira');
    await begin();
    await desk
      .getByRole('list', { name: 'Customers you talked to' })
      .getByRole('button', { name: /Lucía Pereira/ })
      .click();
    await desk.getByText('You have a live conversation with this customer').waitFor();
    await keepPicture(desk, 'desk-start-live');
    await desk.getByRole('link', { name: 'Open it' }).click();
    await customerBubble(desk, 'Hello?').waitFor();
  });

  it('begins again with the customer of a closed one', async () => {
    await desk.getByRole('button', { name: 'End', exact: true }).click();
    await desk.getByRole('button', { name: 'Close conversation' }).click();
    await goToPage(desk, 'Home');
    await desk
      .getByRole('region', { name: 'Closed today' })
      .getByRole('link', { name: /Lucía Pereira/ })
      .click();
    await desk.getByRole('link', { name: 'Write to this customer' }).click();
    expect(await recipient().inputValue()).to.equal(LUCIA);
    await chooseTemplate();
    await templateForm().getByRole('button', { name: 'Lucía', exact: true }).click();
    await templateForm().getByRole('button', { name: 'Send and open' }).click();
    await phone.receives(LUCIA, 'Hello Lucía, we have an answer');
    await answerBubble(desk, 'Hello Lucía, we have an answer').waitFor();
  });

  it('the page did not complain', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
