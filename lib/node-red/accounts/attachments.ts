import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Center } from '../../center/center.ts';
import { keepOutgoing } from '../../center/outgoing-file.ts';
import { checkLocation, type Attachment } from '../../domain/attachment.ts';
import { CenterError, type ErrorCode } from '../../domain/errors.ts';
import { MAX_FILE, type MediaKind } from '../../domain/media-type.ts';
import type { WhatsAppMessage } from '../../domain/message.ts';
import { writeVcard, type Contact, type ContactPhone } from '../../domain/vcard.ts';
import type { Account } from '../../twilio/account.ts';
import { checkLink } from '../../twilio/media/outgoing-link.ts';
import { record, whatsappOf } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';
import type { AccountSlot } from './account-slot.ts';

/** What of a message is to be sent besides its text, as the flow gave it. */
export interface Asked {
  files: Record<string, unknown>[];
  location: unknown;
  contacts: unknown[];
}

/**
 * What a flow asks to be sent along: `msg.whatsapp.media`, `.location` and `.contacts`, and a Buffer in `msg.payload`. What the customer
 * sent is still on an inbound message that is passed on as its answer, and is not sent back.
 */
export function askedFor(message: FlowMessage): Asked {
  const whatsapp: Partial<WhatsAppMessage> & { contacts?: unknown } = whatsappOf(message) ?? {};
  const inbound = whatsapp.direction === 'inbound';
  const given: unknown[] = Array.isArray(whatsapp.media) ? whatsapp.media : [];
  const files = given.map((item) => record(item) ?? {}).filter((item) => !(inbound && isCustomers(item)));
  const buffer = bufferOf(message.payload);
  if (buffer !== null) {
    const name = typeof message.filename === 'string' ? basename(message.filename) : '';
    files.unshift({ buffer, name });
  }
  const sameplace = inbound && whatsapp.type === 'location' && isTheirs(whatsapp);
  return {
    files,
    location: sameplace ? undefined : whatsapp.location,
    contacts: Array.isArray(whatsapp.contacts) ? whatsapp.contacts : [],
  };
}

/** Twilio gave it its SID. */
function isCustomers(item: Record<string, unknown>): boolean {
  return typeof item.sid === 'string' && item.sid !== '';
}

function isTheirs({ location, params }: Partial<WhatsAppMessage>): boolean {
  return location?.latitude === Number(params?.['Latitude']) && location.longitude === Number(params?.['Longitude']);
}

/** What can be wrong with what a flow wants to send along. */
export const ATTACHMENT_REFUSALS = [
  'MEDIA_TOO_LARGE',
  'MEDIA_TYPE_REFUSED',
  'MEDIA_UNAVAILABLE',
  'INVALID_LOCATION',
  'INVALID_CONTACT',
] as const satisfies readonly ErrorCode[];

/**
 * Makes ready what is to be sent: files are checked and kept, so that Twilio can fetch them from us.
 * @throws CenterError one of {@link ATTACHMENT_REFUSALS}
 */
export async function attachmentsOf(
  { files, contacts, location }: Asked,
  slot: Pick<AccountSlot, 'ready' | 'account'>,
): Promise<Attachment[]> {
  const place = location === undefined || location === null ? null : checkLocation(location);
  const cards = contacts.map(contactOf);
  if (files.length + cards.length === 0) return place === null ? [] : [{ kind: 'location', location: place }];
  const center = await slot.ready;
  const account = slot.account!;
  const attachments: Attachment[] = [];
  for (const item of files) attachments.push(await attachmentOf(item, center, account));
  for (const contact of cards) {
    const card = Buffer.from(writeVcard(contact));
    attachments.push(await keep(center, account, chunkOf(card), `${contact.name}.vcf`, 'text/vcard'));
  }
  if (place !== null) attachments.push({ kind: 'location', location: place });
  return attachments;
}

async function attachmentOf(item: Record<string, unknown>, center: Center, account: Account): Promise<Attachment> {
  const claimed = typeof item.contentType === 'string' ? item.contentType : '';
  const name = typeof item.name === 'string' ? item.name : '';
  const buffer = bufferOf(item.buffer);
  if (buffer !== null) return keep(center, account, chunkOf(buffer), name, claimed);
  if (typeof item.path === 'string' && item.path !== '') {
    return keep(center, account, await fileAt(item.path), name || basename(item.path), claimed);
  }
  if (typeof item.url === 'string' && item.url !== '') {
    return { kind: 'link', url: checkLink(account, item.url), contentType: claimed };
  }
  if (typeof item.id === 'string' && item.id !== '') {
    const file = await center.query('sendableFile', { mediaId: item.id });
    return { kind: 'file', mediaId: item.id, mediaKind: file.kind };
  }
  throw new CenterError('MEDIA_UNAVAILABLE', 'Something in msg.whatsapp.media has neither a url, a path nor a buffer.');
}

async function keep(
  center: Center,
  account: Account,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  claimed: string,
): Promise<{ kind: 'file'; mediaId: string; mediaKind: MediaKind }> {
  const place = await center.run('beginFile', { accountId: account.id });
  const kept = await keepOutgoing(center, place, chunks, { name, claimed });
  return { kind: 'file', mediaId: kept.id, mediaKind: kept.kind };
}

/** A file of the machine that Node-RED runs on; flows read those anyway. */
async function fileAt(path: string): Promise<AsyncIterable<Uint8Array>> {
  const unavailable = (reason: string, cause?: unknown): CenterError =>
    new CenterError('MEDIA_UNAVAILABLE', `The file ${basename(path)} cannot be sent: ${reason}.`, { cause });
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unavailable(error.code === 'ENOENT' ? 'it is not there' : `it cannot be read (${error.code ?? error.message})`, error);
  });
  if (!found.isFile()) throw unavailable('it is no file');
  if (found.size > MAX_FILE)
    throw new CenterError('MEDIA_TOO_LARGE', 'A file may have 16 MB at most.', { details: { limit: MAX_FILE } });
  return createReadStream(path) as AsyncIterable<Uint8Array>;
}

async function* chunkOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A Buffer, also one that has been through JSON. */
function bufferOf(value: unknown): Buffer | null {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const { type, data } = record(value) ?? {};
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]) : null;
}

/** @throws CenterError `INVALID_CONTACT` */
function contactOf(value: unknown): Contact {
  const { name, phones, emails, organisation } = record(value) ?? {};
  const numbers = (Array.isArray(phones) ? phones : []).map(phoneOf).filter((phone) => phone !== null);
  if (typeof name !== 'string' || name.trim() === '' || numbers.length === 0) {
    throw new CenterError('INVALID_CONTACT', 'A contact in msg.whatsapp.contacts needs a name and phones: [{ number }].');
  }
  return {
    name: name.trim(),
    phones: numbers,
    emails: Array.isArray(emails) ? emails.filter((email) => typeof email === 'string') : [],
    ...(typeof organisation === 'string' && organisation !== '' ? { organisation } : {}),
  };
}

function phoneOf(value: unknown): ContactPhone | null {
  const { number, label } = typeof value === 'string' ? { number: value, label: undefined } : (record(value) ?? {});
  if (typeof number !== 'string' || number.trim() === '') return null;
  return { number: number.trim(), ...(typeof label === 'string' && label !== '' ? { label } : {}) };
}
