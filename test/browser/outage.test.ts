import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { Demo, exampleFlow, SUPERVISOR } from '../support/demo.ts';
import { acceptAlert, answerBubble, phoneThread, signInAtDesk, writeAnswer, writeOnPhone } from './steps.ts';
import { keepPicture, launchBrowser, Person } from './support.ts';

/** Twilio is away while an agent answers, as both would see it. */
describe('an outage of Twilio in a browser', () => {
  let browser: Browser;
  let demo: Demo;
  let agent: Person;
  let customer: Person;
  let desk: Page;
  let phone: Page;

  before(async () => {
    browser = await launchBrowser();
    demo = await Demo.start(exampleFlow('01 Answer by an agent'));
    agent = await Person.arrive(browser);
    customer = await Person.arrive(browser);
    desk = await agent.open(demo.desk);
    await signInAtDesk(desk, SUPERVISOR.username, SUPERVISOR.password);
    phone = await customer.open(demo.phone);
    await writeOnPhone(phone, 'Lucía Pereira', 'Where is my parcel?');
    await acceptAlert(desk, 'Lucía Pereira');
  });

  after(async () => {
    await browser?.close();
    await demo?.dispose();
  });

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
    expect(agent.complaints).to.deep.equal([]);
    expect(customer.complaints).to.deep.equal([]);
  });
});
