import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, alertFrom, goToPage, repeatSound } from './steps.ts';
import { keepPicture } from './support.ts';

const CUSTOMER = 'Lucía Pereira';
const ADDRESS = '+15550100101';

/** The phone's own note plays for 3.48 seconds. */
const NAMED = 'Voice message 0:03';

/** How long a customer's voice note plays stands wherever it is named; each step goes on from the one before. */
describe('a voice note says how long it plays', () => {
  let scene: Scene;
  let client: PhoneClient;
  let desk: Page;

  before(async () => {
    scene = await Scene.open();
    client = scene.customers;
    desk = await scene.signIn();
  });

  after(() => scene?.close());

  const players = (): Locator => desk.getByRole('log').getByRole('group', { name: /^Voice message audio-/ });

  /** How much of its file the browser has: 0 is nothing. */
  const loaded = (player: Locator): Promise<number> =>
    player.locator('audio').evaluate((element) => (element as unknown as { readyState: number }).readyState);

  const secondsAt = (player: Locator): Promise<number> =>
    player.locator('audio').evaluate((element) => (element as unknown as { currentTime: number }).currentTime);

  it('in the alert and on Home', async () => {
    await client.send(ADDRESS, { kind: 'voice', text: '' });
    await alertFrom(desk, CUSTOMER).getByText(NAMED, { exact: true }).waitFor();
    await desk.getByRole('article').filter({ hasText: CUSTOMER }).getByText(NAMED, { exact: true }).first().waitFor();
    await keepPicture(desk, 'desk-voice-alert');
  });

  it('in its player, before anything of it is loaded', async () => {
    await acceptAlert(desk, CUSTOMER);
    await players().getByText('0:03', { exact: true }).waitFor();
    expect(await loaded(players())).to.equal(0);
    await desk.getByRole('link', { name: new RegExp(`${CUSTOMER}.* ${NAMED}`) }).waitFor();
    await keepPicture(desk, 'desk-voice-note');
  });

  it('and plays from where the slider stands, at twice the speed, one at a time', async () => {
    const first = players().first();
    const slider = first.getByRole('slider', { name: 'Position' });
    await slider.focus();
    await slider.press('End');
    await slider.press('Home');
    for (let step = 0; step < 30; step++) await slider.press('ArrowRight');
    await first.getByText('0:01 / 0:03', { exact: true }).waitFor();
    expect(await secondsAt(first)).to.be.within(1.5, 1.95);
    await first.getByRole('button', { name: 'Speed: 1 times' }).click();
    await first.getByRole('button', { name: 'Speed: 1.5 times' }).click();
    await first.getByRole('button', { name: 'Speed: 2 times' }).waitFor();
    await client.send(ADDRESS, { kind: 'voice', text: '' });
    const second = players().nth(1);
    await second.waitFor();
    await repeatSound(first, true);
    await repeatSound(second, true);
    await first.getByRole('button', { name: 'Play' }).click();
    await first.getByRole('button', { name: 'Pause' }).waitFor();
    await second.getByRole('button', { name: 'Play' }).click();
    await second.getByRole('button', { name: 'Pause' }).waitFor();
    await first.getByRole('button', { name: 'Play' }).waitFor();
    await keepPicture(desk, 'desk-voice-playing');
    await repeatSound(second, false);
    // At its end it stands at its beginning again.
    await second.getByRole('button', { name: 'Play' }).waitFor();
    await second.getByText('0:03', { exact: true }).waitFor();
  });

  it('on a small screen and in the dark, too', async () => {
    await desk.emulateMedia({ colorScheme: 'dark' });
    await desk.setViewportSize({ width: 390, height: 780 });
    const box = (await players().first().boundingBox())!;
    expect(box.x + box.width).to.be.at.most(390);
    await keepPicture(desk, 'desk-voice-small');
    await desk.emulateMedia({ colorScheme: 'light' });
    await desk.setViewportSize({ width: 1440, height: 900 });
  });

  it('among earlier conversations', async () => {
    await desk.getByRole('button', { name: 'End', exact: true }).click();
    await desk.getByRole('button', { name: 'Close conversation' }).click();
    await goToPage(desk, 'Home');
    await client.write(ADDRESS, 'Did you hear it?');
    await acceptAlert(desk, CUSTOMER);
    await desk.getByRole('link', { name: NAMED, exact: true }).waitFor();
    await keepPicture(desk, 'desk-voice-earlier');
  });

  it('and the page did not complain', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
