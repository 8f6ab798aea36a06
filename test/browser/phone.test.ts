import { expect } from 'chai';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { WhatsAppMessage } from '../../lib/domain/message.ts';
import { packageRoot } from '../../scripts/paths.ts';
import { until } from '../../scripts/node-red-process.ts';
import { exampleFlow, recordOutput, type FlowNode } from '../support/demo.ts';
import { Scene } from './scene.ts';
import { phoneThread, pickCustomer, writeOnPhone } from './steps.ts';
import { keepPicture } from './support.ts';

const LUCIA = 'Lucía Pereira';
const ADDRESS = '+15550100101';
const sample = (name: string): string => path.join(packageRoot, 'dist', 'lib', 'simulator', 'samples', name);

interface Got {
  topic: string;
  whatsapp: WhatsAppMessage;
}

/** Lets the test send whatever it wants by the flow. */
function sayable(flows: FlowNode[]): FlowNode[] {
  const z = flows.find((node) => node.type === 'tab')!.id;
  const place = { z, x: 0, y: 0 };
  return [
    ...flows,
    { ...place, id: 'say', type: 'http in', name: '', url: '/say', method: 'post', wires: [['said', 'do']] },
    { ...place, id: 'said', type: 'http response', name: '', statusCode: '200', headers: {}, wires: [] },
    {
      ...place,
      id: 'do',
      type: 'function',
      name: '',
      outputs: 1,
      libs: [],
      func: 'return { topic: msg.payload.to, payload: msg.payload.text || "", whatsapp: msg.payload.whatsapp };',
      wires: [['sayout']],
    },
    { ...place, id: 'sayout', type: 'whatsapp-out', name: '', account: '', wires: [[], []] },
  ];
}

describe('the simulated phone in a browser', () => {
  let scene: Scene;
  let phone: Page;

  before(async () => {
    scene = await Scene.open(sayable(recordOutput(exampleFlow('01 Answer by an agent'), 'whatsapp-in', 0, '/got')));
    phone = await scene.arrive(scene.demo.phone);
    await pickCustomer(phone, LUCIA);
  });

  after(() => scene?.close());

  /** What the flow has got, once the newest fits. */
  async function got(fits: (message: WhatsAppMessage) => boolean): Promise<WhatsAppMessage> {
    return until('the flow gets it', async () => {
      const newest = (await scene.demo.get<Got[]>('/got')).at(-1)?.whatsapp;
      return newest !== undefined && fits(newest) ? newest : undefined;
    });
  }

  async function say(whatsapp: object | undefined, text = ''): Promise<void> {
    const response = await fetch(`${scene.demo.url}/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: ADDRESS, text, whatsapp }),
    });
    expect(response.status).to.equal(200);
  }

  const box = (): Locator => phone.getByRole('textbox', { name: `Message as ${LUCIA}` });
  const bubble = (text: string): Locator => phoneThread(phone).getByRole('article').filter({ hasText: text });

  async function attach(name: string): Promise<void> {
    await phone.getByRole('button', { name: 'Attach' }).click();
    await phone.getByRole('button', { name, exact: true }).click();
  }

  it('sends a message that was forwarded many times, and one that comes from an ad', async () => {
    await phone.getByRole('button', { name: 'Attach' }).click();
    await phone.getByLabel('Forwarded').selectOption('Forwarded many times');
    await phone.getByLabel('Comes from an ad').check();
    await keepPicture(phone, 'phone-attach');
    await writeOnPhone(phone, LUCIA, 'Is this true?');
    const message = await got(({ text }) => text === 'Is this true?');
    expect(message).to.deep.include({ type: 'text', forwarded: true });
    expect(message.params).to.include({ Forwarded: 'true', FrequentlyForwarded: 'true' });
    expect(message.referral).to.include({ headline: 'Spring sale: write to us', sourceType: 'ad' });
    await bubble('Is this true?').getByText('Forwarded many times').waitFor();
    await bubble('Is this true?').getByText('From the ad “Spring sale: write to us”').waitFor();
    // The next one is a message like any other.
    await writeOnPhone(phone, LUCIA, 'Hello?');
    const next = await got(({ text }) => text === 'Hello?');
    expect(next.forwarded).to.equal(false);
    expect(next).to.not.have.property('referral');
  });

  it('sends a document and a picture with their captions, a sticker, a voice note, a contact and a place', async () => {
    for (const [name, type] of [
      ['Document', 'document'],
      ['Picture', 'image'],
    ] as const) {
      await box().fill(`My ${name}`);
      await attach(name);
      expect(await got(({ text }) => text === `My ${name}`)).to.include({ type });
    }
    for (const [name, type] of [
      ['Sticker', 'sticker'],
      ['Voice note', 'audio'],
      ['Contact', 'contacts'],
      ['Location', 'location'],
    ] as const) {
      await attach(name);
      await got((message) => message.type === type);
    }
    await keepPicture(phone, 'phone-sent-kinds');
  });

  it('shows what the business sends: text, picture, voice note, document, place, contact', async () => {
    await say(undefined, 'Here is everything');
    await say({ media: [{ path: sample('parcel-label.jpg') }] }, 'Your label');
    await say({ media: [{ path: sample('voice-note.ogg') }] });
    await say({ media: [{ path: sample('invoice-2024-117.pdf') }] });
    await say({ location: { latitude: 44.4268, longitude: 26.1025, label: 'Depot', address: '1 Dock Road' } });
    await say({ contacts: [{ name: 'Support', phones: [{ number: '+15550100199' }] }] });
    await bubble('Your label').getByRole('img', { name: 'Photo' }).waitFor();
    await bubble('Depot').getByText('1 Dock Road').waitFor();
    await phoneThread(phone)
      .getByRole('link', { name: /\.pdf$/ })
      .last()
      .waitFor();
    await phoneThread(phone)
      .getByRole('link', { name: /\.vcf$/ })
      .last()
      .waitFor();
    await keepPicture(phone, 'phone-received-kinds');
  });

  it('answers a quick reply and a list, shows a link to press, quotes any message, and reacts', async () => {
    await say({ template: { contentSid: 'HX24000000000000000000000000000003', variables: { 1: 'Lucía', 2: 'Monday' } } });
    const replies = phoneThread(phone).getByRole('article').last().getByRole('button');
    await until('buttons', async () => (await replies.count()) > 2);
    await keepPicture(phone, 'phone-buttons');
    const title = (await replies.last().innerText()).trim();
    await replies.last().click();
    expect((await got(({ type }) => type === 'button')).button).to.deep.include({ text: title });
    await say({ template: { contentSid: 'HX24000000000000000000000000000008', variables: {} } });
    await phoneThread(phone).getByRole('button', { name: 'Choose a time' }).click();
    await keepPicture(phone, 'phone-list');
    await phoneThread(phone)
      .getByRole('button', { name: /^Afternoon/ })
      .click();
    expect((await got(({ type }) => type === 'list')).list).to.include({ id: 'afternoon', title: 'Afternoon' });
    await say({ template: { contentSid: 'HX24000000000000000000000000000009', variables: { 1: '48213' } } });
    await phoneThread(phone).getByRole('link', { name: 'Track it' }).waitFor();

    await bubble('Here is everything').hover();
    await bubble('Here is everything').getByRole('button', { name: 'Answer this message' }).click();
    await writeOnPhone(phone, LUCIA, 'All of it?');
    const quoting = await got(({ text }) => text === 'All of it?');
    expect(quoting.context?.sid).to.match(/^(SM|MM)[0-9a-f]{32}$/);
    // One's own message can be quoted, too.
    await bubble('Hello?').getByRole('button', { name: 'Answer this message' }).click();
    await writeOnPhone(phone, LUCIA, 'As I said');
    expect((await got(({ text }) => text === 'As I said')).context?.from).to.equal(`whatsapp:${ADDRESS}`);

    const first = bubble('Here is everything').first();
    await first.hover();
    await first.getByRole('button', { name: 'React to this message' }).click();
    await keepPicture(phone, 'phone-reacting');
    await first.getByRole('button', { name: '👍' }).click();
    const reaction = await got(({ text }) => text === '👍');
    expect(reaction).to.deep.include({ type: 'unsupported' });
    expect(reaction.params).to.include({ MessageType: 'reaction' });
    await first.getByText('Your reaction:👍').waitFor();
    await first.scrollIntoViewIfNeeded();
    await keepPicture(phone, 'phone-reaction');
  });

  it('hides the number: the business sees an id, knows the customer all the same, and answers there', async () => {
    await phone.getByRole('checkbox', { name: /hides the number/ }).check();
    await writeOnPhone(phone, LUCIA, 'Who am I?');
    const message = await got(({ text }) => text === 'Who am I?');
    expect(message.from).to.match(/^whatsapp:US\.\d+$/);
    expect(message).to.not.have.property('waId');
    const all = await scene.demo.get<(Got & { conversation: { id: string } })[]>('/got');
    expect(new Set(all.map(({ conversation }) => conversation.id)).size).to.equal(1);
    const response = await fetch(`${scene.demo.url}/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: message.from.slice('whatsapp:'.length), text: 'You are Lucía' }),
    });
    expect(response.status).to.equal(200);
    await bubble('You are Lucía').waitFor();
    await keepPicture(phone, 'phone-hidden-number');
    await phone.getByRole('checkbox', { name: /hides the number/ }).uncheck();
    await writeOnPhone(phone, LUCIA, 'STOP');
    expect((await got(({ text }) => text === 'STOP')).from).to.equal(`whatsapp:${ADDRESS}`);
  });

  it('is usable on a narrow page and in the dark', async () => {
    const narrow = await scene.arrive(scene.demo.phone, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await narrow.getByRole('button', { name: 'Attach' }).click();
    await narrow.getByLabel('Comes from an ad').waitFor();
    await keepPicture(narrow, 'phone-narrow-dark');
    await narrow.keyboard.press('Escape');
    await narrow.getByRole('checkbox', { name: /hides the number/ }).scrollIntoViewIfNeeded();
    await keepPicture(narrow, 'phone-narrow-dark-customers');
    expect(scene.complaints).to.deep.equal([]);
  });
});
