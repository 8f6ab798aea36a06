import { expect } from 'chai';
import { readdirSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Center } from '../../lib/center/center.ts';
import type { MediaView } from '../../lib/center/media-contract.ts';
import { readSample } from '../../lib/simulator/media/samples.ts';
import type { FileKind, PhoneMessage } from '../../lib/simulator/phone-contract.ts';
import { MediaFolder } from '../../lib/store/media-folder.ts';
import { until } from '../../scripts/node-red-process.ts';
import { HTML, jpeg, pdf } from '../support/files.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { addAgent } from '../support/work.ts';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

const ADA = '+15550100101';

const flow = (): object[] => [
  ...config({ mode: 'simulator', publicUrl: '' }),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got']] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'out', type: 'whatsapp-out', name: 'Answer', account: '', wires: [['sent'], ['refused']] },
    { id: 'sent', type: 'probe', wires: [] },
    { id: 'refused', type: 'probe', wires: [] },
    { id: 'erase', type: 'transcript-store', center: 'center', operation: 'erase', wires: [['erased']] },
    { id: 'erased', type: 'probe', wires: [] },
  ),
];

describe('files and places through the nodes', () => {
  let runtime: TestRuntime;
  let phone: PhoneClient;
  let center: Center;

  beforeEach(async () => {
    runtime = await TestRuntime.start(flow());
    center = await runtime.center();
    phone = await runtime.phone();
  });
  afterEach(() => runtime.stop());

  const post = (kind: FileKind, text = ''): Promise<unknown> => phone.send(ADA, { kind, text });

  /** The files of the customer's conversation, as a supervisor sees them, once each has reached the state. */
  async function files(state: MediaView['state']): Promise<MediaView[]> {
    const [known] = await center.query('team', {});
    const agentId = known?.id ?? (await addAgent(center, 'sue', { live: false }));
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const stop = center.subscribe((events) => {
          if (events.some(({ type }) => type === 'media.changed')) resolve(stop());
        });
      });
      const { conversation } = await center.query('sessionOf', { address: ADA, sender: null });
      const page = await center.query('messages', { conversationId: conversation!.id, agentId, limit: 50 });
      const views = page.messages.flatMap((message) => message.media);
      if (views.length > 0 && views.every((view) => view.state === state)) return views;
      await changed;
    }
  }

  /** The business's messages on the phone, once there are as many. */
  async function onPhone(count: number): Promise<PhoneMessage[]> {
    return until(`${count} messages on the phone`, async () => {
      const received = await phone.received(ADA);
      return received.length >= count ? received : undefined;
    });
  }

  it('a picture of a customer is fetched from behind Twilio’s sign-in, and the flow knows its id', async () => {
    await post('image', 'The label');
    const got = await runtime.inbox('got').next();
    const whatsapp = got.whatsapp as { type: string; text: string; media: { id: string; contentType: string }[] };
    expect(whatsapp).to.include({ type: 'image', text: 'The label' });
    const [view] = await files('stored');
    expect(view).to.include({ id: whatsapp.media[0]!.id, contentType: 'image/jpeg', inline: true });
    expect(view!.size).to.equal((await readSample('image')).length);
  });

  it('a shared contact is read', async () => {
    await post('contacts');
    const [view] = await files('stored');
    expect(view!.contacts![0]!.name).to.equal('Noah Lindqvist');
  });

  it('a Buffer, a path and a place reach the phone, in order and each as its own message', async () => {
    await phone.write(ADA, 'Send me everything');
    const message = await runtime.inbox('got').next();
    const path = join(runtime.folder, 'Offer 7.pdf');
    await writeFile(path, pdf());
    const location = { latitude: 44.4268, longitude: 26.1025, label: 'Harbour Café' };
    const media = [{ buffer: jpeg(), name: 'photo.jpg' }, { path }];
    runtime.send('out', { ...message, payload: 'Here you are', whatsapp: { ...(message.whatsapp as object), media, location } });
    const sent = [await runtime.inbox('sent').next(), await runtime.inbox('sent').next(), await runtime.inbox('sent').next()];
    expect(sent.map(({ whatsapp }) => (whatsapp as { type: string }).type)).to.deep.equal(['image', 'document', 'location']);
    const [picture, paper, place] = await onPhone(3);
    expect(picture).to.deep.include({ kind: 'image', text: 'Here you are' });
    expect(picture!.file).to.include({ name: 'photo.jpg', contentType: 'image/jpeg' });
    expect(paper!.file).to.include({ name: 'Offer 7.pdf', size: pdf().length });
    expect(place!.location).to.include({ latitude: 44.4268, longitude: 26.1025, label: 'Harbour Café' });
  });

  it('a Buffer as the payload is sent, also to somebody who is named by the topic', async () => {
    await phone.write(ADA, 'Hello');
    await runtime.inbox('got').next();
    runtime.send('out', { topic: ADA, payload: pdf(), filename: '/reports/March.pdf' });
    await runtime.inbox('sent').next();
    const [paper] = await onPhone(1);
    expect(paper!.file!.name).to.equal('March.pdf');
  });

  it('what WhatsApp does not take leaves by the second output, and nothing is sent', async () => {
    await phone.write(ADA, 'Hello');
    const message = await runtime.inbox('got').next();
    runtime.send('out', { ...message, payload: HTML, filename: 'page.pdf' });
    const refused = await runtime.inbox('refused').next();
    expect((refused.error as { code: string }).code).to.equal('MEDIA_TYPE_REFUSED');
    runtime.send('out', { ...message, payload: 'Afterwards' });
    expect((await onPhone(1)).map(({ text }) => text)).to.deep.equal(['Afterwards']);
  });

  it('erase leaves no file on disk', async () => {
    await post('document');
    await runtime.inbox('got').next();
    await files('stored');
    const { path } = new MediaFolder(center.file);
    expect(readdirSync(path)).to.have.length(1);
    runtime.send('erase', { erase: { customer: ADA } });
    await runtime.inbox('erased').next();
    expect(existsSync(path) ? readdirSync(path) : []).to.deep.equal([]);
  });
});
