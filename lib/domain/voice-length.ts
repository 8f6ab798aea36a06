import { samplesIn } from './voice-note.ts';

/** Of the sound that an Opus stream stands for, whatever it was recorded with (RFC 7845, 4). */
const SAMPLES_IN_MS = 48;
/** What claims to be longer is not believed: at Opus's lowest rate WhatsApp's largest file holds some six hours. */
const LONGEST_MS = 24 * 3_600_000;

const CAPTURE = 0x4f676753; // "OggS"
const PAGE_HEADER = 27;
const CONTINUES = 0x01;
const BEGINS = 0x02;
/** The granule position of a page on which no packet ends. */
const NO_POSITION = -1n;

/**
 * How long a voice note plays, by its own bytes: where its last page says that it ends, less what a decoder throws away at the
 * beginning (the pre-skip of RFC 7845, 4.2) or what was never recorded (4.3). Nothing is decoded, and no page is believed that the
 * one before it does not lead to. Of a file that broke off, the whole pages count.
 *
 * @param bytes the whole file
 * @returns milliseconds; null for anything but Ogg with one stream of Opus in it, and for one that contradicts itself
 */
export function voiceLength(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = pageAt(view, 0);
  const preSkip = first === null ? null : preSkipIn(view, first);
  if (first === null || preSkip === null) return null;
  let inComments = true;
  let begin: bigint | null = null;
  let end = 0n;
  let at = first.end;
  for (let page = pageAt(view, at); page !== null; page = pageAt(view, at)) {
    at = page.end;
    if (page.serial !== first.serial || (page.flags & BEGINS) !== 0) return null;
    if (inComments) {
      inComments = !endsPacket(view, page);
    } else if (page.position !== NO_POSITION) {
      if (page.position < end) return null;
      begin ??= page.position - BigInt(samplesOn(view, page));
      end = page.position;
    }
  }
  // Behind the last whole page there may be half of one, and nothing else.
  if (at + 4 <= bytes.length && view.getUint32(at) !== CAPTURE) return null;
  if (begin === null) return null;
  const silent = begin > preSkip ? begin : preSkip;
  const ms = Math.round(Number(end - silent) / SAMPLES_IN_MS);
  return ms > 0 && ms <= LONGEST_MS ? ms : null;
}

/** A page of Ogg (RFC 3533, 6), by its place in the file. */
interface Page {
  flags: number;
  position: bigint;
  serial: number;
  /** Where the table of its segments' lengths begins, and where what they hold does. */
  table: number;
  content: number;
  end: number;
}

/** The page that begins here; null where none does, or where the file ends before it. */
function pageAt(view: DataView, at: number): Page | null {
  const table = at + PAGE_HEADER;
  if (table > view.byteLength || view.getUint32(at) !== CAPTURE || view.getUint8(at + 4) !== 0) return null;
  const content = table + view.getUint8(at + 26);
  if (content > view.byteLength) return null;
  let end = content;
  for (let segment = table; segment < content; segment++) end += view.getUint8(segment);
  if (end > view.byteLength) return null;
  return {
    flags: view.getUint8(at + 5),
    position: view.getBigInt64(at + 6, true),
    serial: view.getUint32(at + 14, true),
    table,
    content,
    end,
  };
}

/** From the identification header, which has the first page for itself (RFC 7845, 5.1); null when that is none of Opus. */
function preSkipIn(view: DataView, page: Page): bigint | null {
  const { content, end, flags } = page;
  const isHead = end - content >= 19 && view.getUint32(content) === 0x4f707573 && view.getUint32(content + 4) === 0x48656164;
  // The upper half of the version is raised by what no older reader understands.
  if (!isHead || (flags & BEGINS) === 0 || view.getUint8(content + 8) >> 4 !== 0) return null;
  return BigInt(view.getUint16(content + 10, true));
}

/** A segment of less than 255 bytes is the last one of its packet. */
function endsPacket(view: DataView, { table, content }: Page): boolean {
  for (let segment = table; segment < content; segment++) if (view.getUint8(segment) < 255) return true;
  return false;
}

/** Samples in the packets that end on a page; one that began on the page before is left out, its first byte stands there. */
function samplesOn(view: DataView, { flags, table, content }: Page): number {
  let samples = 0;
  let isOurs = (flags & CONTINUES) === 0;
  let from = content;
  let to = content;
  for (let segment = table; segment < content; segment++) {
    const length = view.getUint8(segment);
    to += length;
    if (length === 255) continue;
    if (isOurs && to > from) samples += samplesIn(new Uint8Array(view.buffer, view.byteOffset + from, Math.min(2, to - from)));
    isOurs = true;
    from = to;
  }
  return samples;
}
