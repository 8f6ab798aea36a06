import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { SUPERVISOR } from '../support/demo.ts';
import { Scene } from './scene.ts';
import { answerBox, answerBubble, phoneThread, pickCustomer, writeOnPhone } from './steps.ts';
import { keepPicture } from './support.ts';

const PASSWORD = 'a long enough secret 42';
const CUSTOMER = 'Lucía Pereira';
/** More steps than any page has; a trap for the keyboard is found here. */
const MOST_STEPS = 80;

/** What the keyboard is on, as a screen reader would name it. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return '';
    const said = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '';
    return said.replace(/\\s+/g, ' ').trim();
  })()`);
}

/** Goes on with Tab until the keyboard is where it should be. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press(key);
    seen.push(await focused(page));
    if (name.test(seen.at(-1)!)) return;
  }
  throw new Error(`The keyboard does not come to ${name}; it came past ${[...new Set(seen)].join(' | ')}`);
}

async function press(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** Menus are walked with the arrows. */
async function tabToItem(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press('ArrowDown');
    if ((await focused(page)).startsWith(name)) break;
  }
  await page.keyboard.press('Enter');
}

async function typeInto(page: Page, name: RegExp, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** Nobody touches a mouse at the desk; each step goes on from the one before. */
describe('the desk by keyboard alone', () => {
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

  it('a supervisor signs in, goes away for customers and adds two people to the team', async () => {
    sofia = await scene.arrive(scene.demo.desk);
    await sofia.getByLabel('Username').waitFor();
    if ((await focused(sofia)) !== 'Username') await tabTo(sofia, /^Username$/);
    await sofia.keyboard.type(SUPERVISOR.username);
    await typeInto(sofia, /^Password$/, SUPERVISOR.password);
    await sofia.keyboard.press('Enter');
    await sofia.getByRole('heading', { name: 'Open conversations' }).waitFor();
    await press(sofia, new RegExp(`^${SUPERVISOR.username}, `));
    await sofia.getByRole('menuitemradio', { name: 'Appear away' }).waitFor();
    await tabToItem(sofia, 'Appear away');
    await sofia.getByRole('button', { name: `${SUPERVISOR.username}, Appear away`, exact: true }).waitFor();
    await press(sofia, /^Team$/);
    for (const [username, name] of [
      ['ana', 'Ana Ionescu'],
      ['ben', 'Ben Okafor'],
    ] as const) {
      await press(sofia, /^Add an agent$/);
      const dialog = sofia.getByRole('dialog', { name: 'Add an agent' });
      await dialog.waitFor();
      if ((await focused(sofia)) !== 'Username') await tabTo(sofia, /^Username$/);
      await sofia.keyboard.type(username);
      await typeInto(sofia, /^Name$/, name);
      await typeInto(sofia, /^Password$/, PASSWORD);
      await press(sofia, /^Add$/);
      await dialog.waitFor({ state: 'detached' });
      await sofia.getByRole('button', { name: `Actions for ${name}` }).waitFor();
    }
  });

  it('an agent accepts with F8 and Enter, and answers', async () => {
    ana = await scene.signIn({}, { username: 'ana', password: PASSWORD });
    await writeOnPhone(phone, CUSTOMER, 'Where is my parcel?');
    await ana.getByRole('article', { name: `Incoming conversation from ${CUSTOMER}` }).waitFor();
    await ana.keyboard.press('F8');
    expect(await focused(ana)).to.equal('Accept');
    await ana.keyboard.press('Enter');
    const box = answerBox(ana);
    await box.and(ana.locator(':focus')).waitFor();
    await ana.keyboard.type('One moment, please.');
    await ana.keyboard.press('Enter');
    await answerBubble(ana, 'One moment, please.').waitFor();
  });

  it('passes it on to a colleague, who takes over, ends it and closes the session', async () => {
    ben = await scene.signIn({}, { username: 'ben', password: PASSWORD });
    await tabTo(ana, /^Transfer$/, 'Shift+Tab');
    await ana.keyboard.press('Enter');
    await ana.getByRole('radio', { name: /Ben Okafor/ }).waitFor();
    await tabTo(ana, /Ben Okafor/);
    await ana.keyboard.press('Space');
    await typeInto(ana, /^Note to colleagues$/, 'Only the address is missing.');
    await press(ana, /^Ask Ben Okafor to take over$/);
    await ana.getByText('Waiting for Ben Okafor to take over').waitFor();
    await ben.getByRole('article', { name: `Transfer of ${CUSTOMER} from Ana Ionescu` }).waitFor();
    await ben.keyboard.press('F8');
    await ben.keyboard.press('Enter');
    await answerBox(ben).and(ben.locator(':focus')).waitFor();
    await ben.keyboard.type('Ben here, I have the address.');
    await ben.keyboard.press('Enter');
    await pickCustomer(phone, CUSTOMER);
    await phoneThread(phone).getByText('Ben here, I have the address.').waitFor();
    await tabTo(ben, /^End$/, 'Shift+Tab');
    await ben.keyboard.press('Enter');
    await ben.getByRole('region', { name: 'Wrap-up' }).waitFor();
    await tabTo(ben, /^Close conversation$/);
    await keepPicture(ben, 'keyboard-wrap-up');
    await ben.keyboard.press('Enter');
    await ben.getByText(`The conversation with ${CUSTOMER} is closed.`).waitFor();
  });

  it('a supervisor closes what nobody has, from the live table', async () => {
    await press(sofia, /^Supervise$/);
    await writeOnPhone(phone, CUSTOMER, 'One more thing');
    await sofia.getByRole('checkbox', { name: `Select ${CUSTOMER}` }).waitFor();
    await tabTo(sofia, new RegExp(`^Select ${CUSTOMER}`));
    await sofia.keyboard.press('Space');
    await press(sofia, /^Force close$/);
    await sofia.getByText('Close 1 conversation now, for good?').waitFor();
    if ((await focused(sofia)) !== 'Force close') await tabTo(sofia, /^Force close$/);
    await keepPicture(sofia, 'keyboard-force-close');
    await sofia.keyboard.press('Enter');
    await sofia.getByText('1 conversation is closed.').waitFor();
  });

  it('no page complained', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
