import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { until } from '../../scripts/node-red-process.ts';
import { SUPERVISOR } from '../support/demo.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, addToTeam, alertFrom, answerBox, goToPage, setStatus } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = '+15550100101';
const NOAH = '+15550100102';
const AMAL = '+15550100103';
const SAM = '+15550100177';
const PASSWORD = 'a long enough secret 42';
const SMALL_SCREEN = { width: 390, height: 780 };

/** Whether a person could press the middle of it: nothing lies over it. */
async function isFree(element: Locator): Promise<boolean> {
  return element.evaluate((node) => {
    const page = globalThis as unknown as { document: { elementFromPoint(x: number, y: number): unknown } };
    const target = node as unknown as {
      getBoundingClientRect(): { x: number; y: number; width: number; height: number };
      contains(other: unknown): boolean;
    };
    const { x, y, width, height } = target.getBoundingClientRect();
    return target.contains(page.document.elementFromPoint(x + width / 2, y + height / 2));
  });
}

/** Notifications while the agent works; each step goes on from the one before. */
describe('an incoming notification makes room', () => {
  let scene: Scene;
  let phone: PhoneClient;
  let desk: Page;

  before(async () => {
    scene = await Scene.open();
    phone = scene.customers;
    desk = await scene.signIn();
    await phone.write(LUCIA, 'Where is my parcel?');
    await acceptAlert(desk, 'Lucía Pereira');
  });

  after(() => scene?.close());

  const small = () => desk.getByRole('region', { name: 'Incoming conversations, made small' });
  const cards = () => desk.getByRole('region', { name: 'Incoming conversations', exact: true });
  /** In the conversation's header, where the card stands. */
  const lastButton = () => desk.getByRole('button', { name: 'More', exact: true });
  const focused = () => desk.evaluate<string>(`document.activeElement.textContent.trim() || document.activeElement.ariaLabel`);

  it('made small it frees what it lay over, and keeps time, name and Accept', async () => {
    await phone.write(NOAH, 'My invoice is wrong.');
    await alertFrom(desk, 'Noah Lindqvist').waitFor();
    await keepPicture(desk, 'notification-card');
    await until('the card lies over the last of the buttons', async () => !(await isFree(lastButton())));
    await desk.getByRole('button', { name: 'Make small' }).click();
    const pill = small().getByRole('article', { name: 'Incoming conversation from Noah Lindqvist' });
    await pill.waitFor();
    expect(await cards().count()).to.equal(0);
    expect(await pill.getByRole('timer').textContent()).to.match(/^[012]:\d\d$/);
    expect(await pill.getByRole('button', { name: 'Accept' }).isEnabled()).to.equal(true);
    expect(await isFree(lastButton())).to.equal(true);
    expect(await desk.title()).to.match(/1/);
    await keepPicture(desk, 'notification-small');
    await desk.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(desk, 'notification-small-dark');
  });

  it('the next one comes in full, and both can be made small', async () => {
    await phone.write(AMAL, 'Do you ship abroad?');
    const card = cards().getByRole('article');
    await card.waitFor();
    expect(await card.getByText('Do you ship abroad?').count()).to.equal(1);
    expect(await card.getByRole('button', { name: 'Reject' }).count()).to.equal(1);
    expect(await small().getByRole('article').count()).to.equal(1);
    await keepPicture(desk, 'notification-small-and-card-dark');
    await desk.getByRole('button', { name: 'Make small' }).click();
    await cards().waitFor({ state: 'detached' });
    expect(await small().getByRole('article').count()).to.equal(2);
    await keepPicture(desk, 'notification-two-small-dark');
    await desk.emulateMedia({ colorScheme: 'light' });
  });

  it('by the keyboard: F8 goes to it, it is shown again and made small, and Esc goes back to the answer', async () => {
    const box = answerBox(desk);
    await box.focus();
    await desk.keyboard.press('F8');
    expect(await focused()).to.equal('Accept');
    await desk.keyboard.press('Shift+Tab');
    expect(await focused()).to.equal('Show again');
    await desk.keyboard.press('Enter');
    await cards().getByText('My invoice is wrong.').waitFor();
    expect(await focused()).to.equal('Make small');
    await desk.keyboard.press('Enter');
    await cards().waitFor({ state: 'detached' });
    expect(await focused()).to.equal('Show again');
    await desk.keyboard.press('Escape');
    expect(await desk.evaluate<string>('document.activeElement.tagName')).to.equal('TEXTAREA');
  });

  it('on a small screen it takes one line each', async () => {
    await desk.setViewportSize(SMALL_SCREEN);
    await small().getByRole('article').first().waitFor();
    await keepPicture(desk, 'notification-small-narrow');
    await small().getByRole('button', { name: 'Show again: Noah Lindqvist' }).click();
    await cards().getByRole('button', { name: 'Make small' }).waitFor();
    await keepPicture(desk, 'notification-card-narrow');
    await cards().getByRole('button', { name: 'Make small' }).click();
    await cards().waitFor({ state: 'detached' });
    const [wanted, there] = await desk.evaluate<[number, number]>('[document.documentElement.scrollWidth, window.innerWidth]');
    expect(wanted).to.be.at.most(there);
    await desk.setViewportSize({ width: 1440, height: 900 });
  });

  it('it is accepted from the line', async () => {
    await small().getByRole('article', { name: /Noah/ }).getByRole('button', { name: 'Accept' }).click();
    await desk.getByRole('heading', { name: 'Noah Lindqvist', level: 1 }).waitFor();
    await desk.waitForFunction(`document.querySelectorAll('.alerts-small article').length === 1`);
  });

  it('what is said on return and what comes in do not hide each other on a small screen', async () => {
    await addToTeam(desk, 'ana', 'Ana Ionescu', PASSWORD);
    await setStatus(desk, SUPERVISOR.username, 'Appear away');
    let ana = await scene.signIn({ viewport: SMALL_SCREEN }, { username: 'ana', password: PASSWORD });
    const pocket = ana.context();
    await phone.write(SAM, 'Is anybody there?');
    await acceptAlert(ana, 'Sam');
    await ana.close();
    await goToPage(desk, 'Supervise');
    await desk.getByRole('link', { name: 'Agents' }).click();
    await desk.getByRole('listitem').filter({ hasText: 'Ana Ionescu' }).getByText('Offline').waitFor();
    await phone.skipHours(1);
    await goToPage(desk, 'Home');
    await desk.getByRole('region', { name: 'Open conversations' }).getByText('Sam').waitFor();
    ana = await pocket.newPage();
    await ana.goto(scene.demo.desk);
    const accept = alertFrom(ana, 'Sam').getByRole('button', { name: 'Accept' });
    await ana.getByText('While you were disconnected, a conversation went back to its queue: Support').waitFor();
    await accept.waitFor();
    await until('the card can be pressed', () => isFree(accept));
    expect(await isFree(ana.getByRole('button', { name: 'OK', exact: true }))).to.equal(true);
    await keepPicture(ana, 'returned-and-card-narrow');
    await ana.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(ana, 'returned-and-card-narrow-dark');
  });

  it('the pages had nothing to complain about', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
