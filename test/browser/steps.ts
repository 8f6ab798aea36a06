import type { Locator, Page } from 'playwright-core';

/** What people do on the two pages, found by role and label as they would find it. */

export async function signInAtDesk(desk: Page, username: string, password: string): Promise<void> {
  await desk.getByLabel('Username').fill(username);
  await desk.getByLabel('Password').fill(password);
  await desk.getByRole('button', { name: 'Sign in' }).click();
  await desk.getByRole('heading', { name: 'Open conversations' }).waitFor();
}

/** The incoming notification from a customer. */
export function alertFrom(desk: Page, name: string): Locator {
  return desk.getByRole('article', { name: `Incoming conversation from ${name}` });
}

/** Accepts and waits for the communication panel. */
export async function acceptAlert(desk: Page, name: string): Promise<void> {
  const alert = alertFrom(desk, name);
  await alert.getByRole('button', { name: 'Accept' }).click();
  await answerBox(desk).waitFor();
  await alert.waitFor({ state: 'detached' });
}

/** Where an answer to the customer is typed. */
export function answerBox(desk: Page): Locator {
  return desk.getByRole('textbox', { name: 'Message to the customer' });
}

export async function writeAnswer(desk: Page, text: string): Promise<void> {
  await answerBox(desk).fill(text);
  await desk.getByRole('button', { name: 'Send' }).click();
}

/** Our message with that text, in the thread. */
export function answerBubble(desk: Page, text: string): Locator {
  return desk.getByRole('article', { name: /^(To the customer|Being sent)/ }).filter({ hasText: text });
}

/** The customer's message with that text, in the thread. */
export function customerBubble(desk: Page, text: string): Locator {
  return desk.getByRole('article', { name: /^From the customer/ }).filter({ hasText: text });
}

/** Picks up a customer's phone and writes. */
export async function writeOnPhone(phone: Page, customer: string, text: string): Promise<void> {
  await pickCustomer(phone, customer);
  await phone.getByRole('textbox', { name: `Message as ${customer}` }).fill(text);
  await phone.getByRole('button', { name: 'Send', exact: true }).click();
}

export async function pickCustomer(phone: Page, customer: string): Promise<void> {
  await phone.getByRole('region', { name: 'Customers' }).getByRole('button', { name: customer }).click();
}

/** The thread on the phone. */
export function phoneThread(phone: Page): Locator {
  return phone.getByRole('log', { name: 'Messages' });
}

/** A supervisor adds somebody on the Team page. */
export async function addToTeam(desk: Page, username: string, name: string, password: string): Promise<void> {
  await goToPage(desk, 'Team');
  await desk.getByRole('button', { name: 'Add an agent' }).click();
  const dialog = desk.getByRole('dialog', { name: 'Add an agent' });
  await dialog.getByLabel('Username').fill(username);
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await desk.getByRole('button', { name: `Actions for ${name}` }).waitFor();
}

/** A page by its entry in the rail. */
export async function goToPage(desk: Page, name: string): Promise<void> {
  await desk.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
}

/** Chooses a status in the menu at the foot of the rail. */
export async function setStatus(desk: Page, person: string, status: string): Promise<void> {
  await desk.getByRole('button', { name: new RegExp(`^${person},`) }).click();
  await desk.getByRole('menuitemradio', { name: status, exact: true }).click();
  await desk.getByRole('button', { name: `${person}, ${status}`, exact: true }).waitFor();
}

/** What colleagues wrote to each other, in the thread. */
export function internalMessage(desk: Page, text: string): Locator {
  return desk.getByRole('article', { name: /^Internal message from/ }).filter({ hasText: text });
}

/** The player of a voice note. Its few seconds begin anew while `loop` is on: they would be over before a busy machine has looked. */
export async function repeatSound(player: Locator, loop: boolean): Promise<void> {
  await player.locator('audio').evaluate((element, value) => {
    (element as unknown as { loop: boolean }).loop = value;
  }, loop);
}
