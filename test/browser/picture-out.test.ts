import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { until } from '../../scripts/node-red-process.ts';
import { pdf } from '../support/files.ts';
import { readSample } from '../../lib/simulator/media/samples.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, answerBox, phoneThread, pickCustomer, repeatSound } from './steps.ts';
import { keepPicture } from './support.ts';

const CUSTOMER = 'Lucía Pereira';
const ADDRESS = '+15550100101';

/** A file's name is text, whatever it looks like. */
const MARKUP = `<img src=x onerror="document.title='broken in'">.jpg`;

/** Files from the agent to the phone; each step goes on from the one before. */
describe('a picture goes out, and every other file', () => {
  let scene: Scene;
  let desk: Page;
  let phone: Page;
  let client: PhoneClient;
  let jpeg: Buffer;

  before(async () => {
    jpeg = await readSample('image');
    scene = await Scene.open();
    client = scene.customers;
    desk = await scene.signIn();
    phone = await scene.arrive(scene.demo.phone);
    await pickCustomer(phone, CUSTOMER);
    await client.write(ADDRESS, 'What does it look like?');
    await acceptAlert(desk, CUSTOMER);
  });

  after(() => scene?.close());

  const box = () => answerBox(desk);
  const send = () => desk.getByRole('button', { name: 'Send', exact: true });
  const tray = () => desk.getByRole('list', { name: 'Files to send' });

  async function choose(...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    const [chooser] = await Promise.all([
      desk.waitForEvent('filechooser'),
      desk.getByRole('button', { name: 'Attach files' }).click(),
    ]);
    await chooser.setFiles(files);
  }

  /** Brings a picture as the clipboard or a dragging hand would: the page sees the same event. */
  async function bring(how: 'paste' | 'drop', name: string): Promise<void> {
    const target = how === 'paste' ? box() : desk.getByRole('log');
    await target.evaluate(
      (element, { how, name, base64 }) => {
        const page = globalThis as unknown as {
          DataTransfer: new () => { items: { add(file: unknown): void } };
          File: new (parts: unknown[], name: string, options: object) => unknown;
          ClipboardEvent: new (name: string, options: object) => object;
          DragEvent: new (name: string, options: object) => object;
        };
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const brought = new page.DataTransfer();
        brought.items.add(new page.File([bytes], name, { type: 'image/jpeg' }));
        const common = { bubbles: true, cancelable: true };
        const to = element as unknown as { dispatchEvent(event: object): void };
        if (how === 'paste') to.dispatchEvent(new page.ClipboardEvent('paste', { ...common, clipboardData: brought }));
        else
          for (const step of ['dragover', 'drop'])
            to.dispatchEvent(new page.DragEvent(step, { ...common, dataTransfer: brought }));
      },
      { how, name, base64: jpeg.toString('base64') },
    );
  }

  /** What the phone has got, from the first file on. */
  const onPhone = async () => (await client.received(ADDRESS)).map(({ kind, text, file }) => [kind, text, file?.name ?? '']);

  it('a chosen picture is shown before it is sent, and arrives with its caption', async () => {
    await choose({ name: 'van.jpg', mimeType: 'image/jpeg', buffer: jpeg });
    await tray().getByText('van.jpg').waitFor();
    await box().fill('Like this.');
    await desk.getByText('The text goes under van.jpg.').waitFor();
    await keepPicture(desk, 'desk-tray-picture');
    await send().click();
    await phoneThread(phone).getByText('Like this.').waitFor();
    await phoneThread(phone).getByRole('img').first().waitFor();
    const bubble = desk.getByRole('article', { name: /^To the customer/ }).filter({ hasText: 'Like this.' });
    await bubble.getByRole('img', { name: /^(Delivered|Read)$/ }).waitFor();
    await bubble.getByRole('img', { name: 'Photo', exact: true }).waitFor();
    expect(await tray().count()).to.equal(0);
    expect(await box().inputValue()).to.equal('');
    expect(await onPhone()).to.deep.equal([['image', 'Like this.', 'van.jpg']]);
    await keepPicture(desk, 'desk-picture-out');
    await keepPicture(phone, 'phone-picture-out');
  });

  it('pasted, dropped and chosen together they become messages in that order, and the text follows', async () => {
    await bring('paste', 'pasted.jpg');
    await tray().getByText('pasted.jpg').waitFor();
    await bring('drop', 'dropped.jpg');
    await tray().getByText('dropped.jpg').waitFor();
    await choose({ name: 'offer.pdf', mimeType: 'application/pdf', buffer: pdf() });
    await tray().getByText('offer.pdf').waitFor();
    await tray().getByRole('button', { name: 'Remove pasted.jpg' }).click();
    await send().click();
    await until('both have arrived', async () => (await onPhone()).length === 3);
    expect((await onPhone()).slice(1)).to.deep.equal([
      ['image', '', 'dropped.jpg'],
      ['document', '', 'offer.pdf'],
    ]);
    await choose({ name: 'terms.pdf', mimeType: 'application/pdf', buffer: pdf() });
    await box().fill('Our terms');
    await desk.getByText('The text follows as a message of its own').waitFor();
    await send().click();
    // Twilio fetches a file before it passes it on, and the text need not wait for that.
    await until('both have arrived', async () => (await onPhone()).length === 5);
    expect((await onPhone()).slice(3)).to.deep.equal([
      ['document', '', 'terms.pdf'],
      ['text', 'Our terms', ''],
    ]);
  });

  it('what WhatsApp would refuse is said before anything is sent, by name, and the text stays', async () => {
    await box().fill('And these');
    await choose(
      { name: 'huge.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([jpeg, Buffer.alloc(5 * 1024 * 1024)]) },
      { name: 'setup.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ and more') },
      { name: 'fine.jpg', mimeType: 'image/jpeg', buffer: jpeg },
    );
    const huge = tray().getByRole('listitem').filter({ hasText: 'huge.jpg' });
    await huge.getByRole('alert').filter({ hasText: 'WhatsApp takes pictures up to 5 MB' }).waitFor();
    const exe = tray().getByRole('listitem').filter({ hasText: 'setup.exe' });
    await exe.getByRole('alert').filter({ hasText: 'WhatsApp does not take files of this kind' }).waitFor();
    await desk.getByText('Remove the files that cannot be sent, or try them again').waitFor();
    expect(await send().isDisabled()).to.equal(true);
    await keepPicture(desk, 'desk-tray-refused');
    await tray().getByRole('button', { name: 'Remove huge.jpg' }).click();
    await tray().getByRole('button', { name: 'Remove setup.exe' }).click();
    expect(await box().inputValue()).to.equal('And these');
    await send().click();
    await client.receives(ADDRESS, 'And these');
    expect((await onPhone()).at(-1)).to.deep.equal(['image', 'And these', 'fine.jpg']);
  });

  it('an upload that breaks off is tried again, and nothing is lost', async () => {
    await desk.route('**/files?name=*', (route) => route.abort());
    await box().fill('Once more');
    await choose({ name: MARKUP, mimeType: 'image/jpeg', buffer: jpeg });
    const card = tray().getByRole('listitem').filter({ hasText: MARKUP });
    await card.getByRole('alert').filter({ hasText: 'Not uploaded.' }).waitFor();
    await keepPicture(desk, 'desk-upload-failed');
    await desk.unroute('**/files?name=*');
    await card.getByRole('button', { name: 'Try again' }).click();
    await card.getByRole('alert').waitFor({ state: 'detached' });
    await send().click();
    await client.receives(ADDRESS, 'Once more');
    expect(await desk.title()).to.not.include('broken in');
  });

  it('a voice note is recorded, listened to and sent as what WhatsApp plays', async () => {
    await desk.getByRole('button', { name: 'Record a voice note' }).click();
    const recording = desk.getByRole('group', { name: 'Recording' });
    await recording.getByText('0:02').waitFor();
    await keepPicture(desk, 'desk-recording');
    await recording.getByRole('button', { name: 'Stop' }).click();
    const card = tray().getByRole('listitem').filter({ hasText: 'voice-note.ogg' });
    const player = card.getByRole('group', { name: 'Voice message voice-note.ogg' });
    await player.getByText(/^0:0[1-9]$/).waitFor();
    await repeatSound(player, true);
    await player.getByRole('button', { name: 'Play' }).click();
    await player.getByText(/^0:0\d \/ 0:0[1-9]$/).waitFor();
    await keepPicture(desk, 'desk-recorded');
    await send().click();
    const note = await until('the voice note arrives', async () =>
      (await client.received(ADDRESS)).find(({ kind }) => kind === 'voice'),
    );
    expect(note.file!.contentType).to.equal('audio/ogg');
    // Another one is thrown away.
    await desk.getByRole('button', { name: 'Record a voice note' }).click();
    await recording.getByRole('button', { name: 'Discard' }).click();
    await recording.waitFor({ state: 'detached' });
    expect(await tray().count()).to.equal(0);
  });

  it('neither page complained', () => {
    const complaints = scene.complaints.filter((text) => !/net::ERR/.test(text));
    expect(complaints).to.deep.equal([]);
  });
});
