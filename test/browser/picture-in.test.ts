import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, alertFrom, customerBubble, pickCustomer, repeatSound } from './steps.ts';
import { keepPicture } from './support.ts';

const CUSTOMER = 'Lucía Pereira';
const ADDRESS = '+15550100101';

/** Width and height of a picture in its own points, once it is there; 0 for one that could not be loaded. */
function sizeOf(picture: Locator): Promise<[number, number]> {
  return picture.evaluate(async (element) => {
    const image = element as unknown as { decode(): Promise<void>; naturalWidth: number; naturalHeight: number };
    await image.decode().catch(() => undefined);
    return [image.naturalWidth, image.naturalHeight];
  });
}

/** What a customer sends besides texts, from the phone to the agent's eyes; each step goes on from the one before. */
describe('a picture comes in, and everything else that is no text', () => {
  let scene: Scene;
  let desk: Page;
  let phone: Page;
  let client: PhoneClient;

  before(async () => {
    scene = await Scene.open();
    client = scene.customers;
    desk = await scene.signIn();
    phone = await scene.arrive(scene.demo.phone);
    await pickCustomer(phone, CUSTOMER);
  });

  after(() => scene?.close());

  it('the alert and the list say what came', async () => {
    await phone.getByRole('button', { name: 'Attach' }).click();
    await phone.getByRole('button', { name: 'Picture' }).click();
    await alertFrom(desk, CUSTOMER).getByText('Photo', { exact: true }).waitFor();
    await desk.getByRole('article').filter({ hasText: CUSTOMER }).getByText('Photo', { exact: true }).first().waitFor();
    await keepPicture(desk, 'desk-picture-alert');
  });

  it('the thread shows the picture, and a click opens it large', async () => {
    await acceptAlert(desk, CUSTOMER);
    const picture = desk.getByRole('log').getByRole('img', { name: 'Photo', exact: true });
    await picture.waitFor();
    const [width, height] = await sizeOf(picture);
    expect(Math.min(width, height)).to.be.above(100);
    await keepPicture(desk, 'desk-picture-in');
    await desk.getByRole('button', { name: /^Show image-\w+\.jpg large$/ }).click();
    const large = desk.getByRole('dialog').getByRole('img', { name: /^Picture image-/ });
    await large.waitFor();
    expect(await sizeOf(large)).to.deep.equal([width, height]);
    expect((await large.boundingBox())!.width).to.be.above((await picture.boundingBox())!.width);
    await keepPicture(desk, 'desk-picture-large');
    await desk.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
  });

  it('sounds and films can be played and wound, files saved, contacts and places read', async () => {
    for (const kind of ['voice', 'video', 'document', 'sticker', 'contacts'] as const) {
      await client.send(ADDRESS, { kind, text: '' });
    }
    await client.send(ADDRESS, { kind: 'location', location: { latitude: 52.52, longitude: 13.405, label: 'Depot 7' } });
    const thread = desk.getByRole('log');
    await thread.getByText('Depot 7').waitFor();
    const sound = thread.getByRole('group', { name: /^Voice message audio-\w+\.ogg$/ });
    await repeatSound(sound, true);
    await sound.getByRole('slider', { name: 'Position' }).press('ArrowRight');
    await sound.getByRole('button', { name: 'Play' }).click();
    await sound.getByRole('button', { name: 'Pause' }).click();
    await repeatSound(sound, false);
    await sound.getByText(/^0:0\d \/ 0:03$/).waitFor();
    await thread.getByRole('link', { name: /^Save document-\w+\.pdf, PDF · / }).waitFor();
    const [saved] = await Promise.all([
      desk.waitForEvent('download'),
      thread.getByRole('link', { name: /^Save document-\w+\.pdf, PDF · / }).click(),
    ]);
    expect(saved.suggestedFilename()).to.match(/^document-\w+\.pdf$/);
    expect((await sizeOf(thread.getByRole('img', { name: 'Sticker', exact: true })))[0]).to.be.above(0);
    await thread
      .getByText(/^\+1 ?555/)
      .first()
      .waitFor();
    await keepPicture(desk, 'desk-media-kinds');
  });

  it('a file that cannot be fetched says why, and is fetched when the agent asks again', async () => {
    await client.fault('media-broken', null);
    await client.send(ADDRESS, { kind: 'image', text: 'The label' });
    const bubble = customerBubble(desk, 'The label');
    await bubble.getByText('Photo is not here yet and will be fetched again').waitFor();
    await bubble.getByText('Twilio answered 500 instead of the file.').waitFor();
    await keepPicture(desk, 'desk-picture-missing');
    await client.fault('media-broken', 0);
    await bubble.getByRole('button', { name: 'Fetch again' }).click();
    expect((await sizeOf(bubble.getByRole('img', { name: 'Photo', exact: true })))[0]).to.be.above(0);
    await desk
      .getByRole('link', { name: /Lucía Pereira/ })
      .getByText('Photo: The label')
      .waitFor();
  });

  it('an answer to a message shows what it answers', async () => {
    const [last] = (await client.thread(ADDRESS)).filter(({ kind }) => kind === 'document');
    await client.send(ADDRESS, { kind: 'text', text: 'This one I mean', quotedId: last!.id });
    const quote = customerBubble(desk, 'This one I mean').getByRole('button', { name: /Document/ });
    await quote.click();
    await keepPicture(desk, 'desk-quoted');
  });

  it('a picture that the browser cannot show says so', async () => {
    await desk.route('**/api/media/*', (route) => route.abort());
    await client.send(ADDRESS, { kind: 'image', text: 'Broken on its way' });
    const bubble = customerBubble(desk, 'Broken on its way');
    await bubble.getByText('This picture cannot be shown.').waitFor();
    await desk.unroute('**/api/media/*');
    await bubble.getByRole('button', { name: 'Try again' }).click();
    expect((await sizeOf(bubble.getByRole('img', { name: 'Photo', exact: true })))[0]).to.be.above(0);
  });

  it('neither page complained', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
