/**
 * Voice notes: Chromium records Opus in WebM, WhatsApp takes Opus in Ogg. The sound is the same; only the container around its
 * packets is another one (Matroska: RFC 9559, Ogg: RFC 3533, Opus in Ogg: RFC 7845). Nothing is decoded.
 */

/** The sound of a recording, in or out of a container. */
export interface OpusSound {
  /** The identification header, "OpusHead". */
  head: Uint8Array;
  packets: Uint8Array[];
}

/** The recording in WhatsApp's container; null for anything but a WebM whose only track is Opus. */
export function webmToOgg(bytes: Uint8Array): Uint8Array | null {
  const sound = opusInWebm(bytes);
  return sound === null ? null : oggOf(sound);
}

const MASTERS: ReadonlySet<number> = new Set([
  0x18538067, // Segment
  0x1654ae6b, // Tracks
  0xae, // TrackEntry
  0xe1, // Audio
  0x1f43b675, // Cluster
  0xa0, // BlockGroup
]);
const TRACK_ENTRY = 0xae;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const CHANNELS = 0x9f;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const EBML = 0x1a45dfa3;
const LACING = 0x06;

/** Reads the packets of a WebM with one track of Opus; null for anything else. */
export function opusInWebm(bytes: Uint8Array): OpusSound | null {
  let tracks = 0;
  let codec = '';
  let channels = 1;
  let head: Uint8Array | null = null;
  const packets: Uint8Array[] = [];
  let at = 0;
  if (bytes.length < 4 || number(bytes, 0, 4) !== EBML) return null;
  while (at < bytes.length) {
    const id = vint(bytes, at, false);
    const size = id === null ? null : vint(bytes, id.end, true);
    if (id === null || size === null) return null;
    if (id.value === TRACK_ENTRY) tracks++;
    if (MASTERS.has(id.value)) {
      // Recordings do not say how long a segment or a cluster is; walking into them does not need to know.
      at = size.end;
      continue;
    }
    const end = size.end + size.value;
    // A recording that broke off in the middle of a packet keeps what is whole.
    if (!(end <= bytes.length)) break;
    const content = bytes.subarray(size.end, end);
    if (id.value === CODEC_ID) codec = ascii(content);
    else if (id.value === CODEC_PRIVATE) head = content;
    else if (id.value === CHANNELS) channels = number(content, 0, content.length);
    else if (id.value === SIMPLE_BLOCK || id.value === BLOCK) {
      const packet = packetOf(content);
      if (packet === null) return null;
      if (packet.length > 0) packets.push(packet);
    }
    at = end;
  }
  if (tracks !== 1 || codec !== 'A_OPUS' || packets.length === 0) return null;
  return { head: head !== null && ascii(head.subarray(0, 8)) === 'OpusHead' ? head : headFor(channels), packets };
}

/** Behind track number, time and flags; null when several frames are laced into one block, which no recorder does with Opus. */
function packetOf(block: Uint8Array): Uint8Array | null {
  const track = vint(block, 0, true);
  if (track === null || track.end + 3 > block.length) return null;
  return (block[track.end + 2]! & LACING) === 0 ? block.subarray(track.end + 3) : null;
}

/** A variable-length number. A size of all ones means "not known" and comes out as not finite. */
function vint(bytes: Uint8Array, at: number, isSize: boolean): { value: number; end: number } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > bytes.length) return null;
  let value = isSize ? first & (0xff >> length) : first;
  let unknown = isSize && value === 0xff >> length;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index]!;
    unknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: unknown ? Infinity : value, end: at + length };
}

/** Identification header of RFC 7845, 5.1: version 1, no gain, mapping family 0. */
function headFor(channels: number): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(bytesOf('OpusHead'));
  head[8] = 1;
  head[9] = channels === 2 ? 2 : 1;
  view.setUint16(10, PRE_SKIP, true);
  view.setUint32(12, SAMPLE_RATE, true);
  return head;
}

const SAMPLE_RATE = 48_000;
/** What an encoder needs to find its feet: 80 ms, as RFC 7845 recommends. */
const PRE_SKIP = 3840;
/** About a second of sound in a page. */
const PACKETS_IN_PAGE = 50;
const MOST_SEGMENTS = 255;
const SERIAL = 0x32344e4f;
const FIRST = 0x02;
const LAST = 0x04;

/** Writes packets of Opus into Ogg. */
export function oggOf({ head, packets }: OpusSound): Uint8Array {
  const pages: Uint8Array[] = [page([head], 0, 0, FIRST), page([tags()], 0, 1, 0)];
  let samples = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint16(10, true);
  let waiting: Uint8Array[] = [];
  let segments = 0;
  packets.forEach((packet, index) => {
    const needed = Math.floor(packet.length / 255) + 1;
    if (waiting.length > 0 && (segments + needed > MOST_SEGMENTS || waiting.length === PACKETS_IN_PAGE)) {
      pages.push(page(waiting, samples, pages.length, 0));
      waiting = [];
      segments = 0;
    }
    waiting.push(packet);
    segments += needed;
    samples += samplesIn(packet);
    if (index === packets.length - 1) pages.push(page(waiting, samples, pages.length, LAST));
  });
  return joined(pages);
}

function tags(): Uint8Array {
  const vendor = bytesOf('node-red-whatsapp');
  const comment = new Uint8Array(8 + 4 + vendor.length + 4);
  comment.set(bytesOf('OpusTags'));
  new DataView(comment.buffer).setUint32(8, vendor.length, true);
  comment.set(vendor, 12);
  return comment;
}

/** Samples at 48 kHz that a packet holds, by its first byte or two (RFC 6716, 3.1). */
export function samplesIn(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  const config = toc >> 3;
  const frame =
    config < 12 ? [480, 960, 1920, 2880][config & 3]! : config < 16 ? [480, 960][config & 1]! : [120, 240, 480, 960][config & 3]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 1) & 0x3f;
  return frame * frames;
}

function page(packets: readonly Uint8Array[], granule: number, sequence: number, flags: number): Uint8Array {
  const lacing = packets.flatMap((packet) => [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const header = new Uint8Array(27 + lacing.length);
  const view = new DataView(header.buffer);
  header.set(bytesOf('OggS'));
  header[5] = flags;
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, sequence, true);
  header[26] = lacing.length;
  header.set(lacing, 27);
  const whole = joined([header, ...packets]);
  new DataView(whole.buffer).setUint32(22, checksum(whole), true);
  return whole;
}

/** CRC-32 with the polynomial 0x04c11db7, not reflected, from 0 (RFC 3533, 6). */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = ((sum << 8) ^ TABLE[((sum >>> 24) ^ byte) & 0xff]!) >>> 0;
  return sum;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum >>> 0;
});

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 32)).replace(/\0+$/, '');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
