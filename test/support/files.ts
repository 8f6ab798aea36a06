import { deflateRawSync, deflateSync, crc32 } from 'node:zlib';

/** Small files of every kind that the tests need, made here so that each byte has a reason. */

export function text(content: string): Buffer {
  return Buffer.from(content, 'latin1');
}

export const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.cookie)</script></svg>');
export const HTML = Buffer.from('<!doctype html><script>alert(document.cookie)</script>');

/** A picture of one grey dot. */
export function png(): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    text('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 128]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([text(name), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** @param size bytes altogether */
export function jpeg(size = 64): Buffer {
  return Buffer.concat([text('\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01'), Buffer.alloc(Math.max(0, size - 12))]);
}

export function webp(): Buffer {
  return text('RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00');
}

export function ogg(): Buffer {
  return Buffer.concat([text('OggS\x00\x02'), Buffer.alloc(22), text('OpusHead\x01\x01')]);
}

/** A page of Ogg with one packet, or the beginning of one. */
export function oggPage(
  packet: Uint8Array,
  options: { position?: bigint; serial?: number; sequence?: number; flags?: number } = {},
): Buffer {
  const { position = 0n, serial = 7, sequence = 0, flags = 0 } = options;
  const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255)];
  if (position !== -1n || packet.length % 255 > 0) lacing.push(packet.length % 255);
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[5] = flags;
  header.writeBigInt64LE(position, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  return Buffer.concat([header, Buffer.from(lacing), packet]);
}

/** A voice note that plays this long, with as much of it in packets as its first page needs; `startedAt` and `cutMs` are milliseconds. */
export function oggVoice(options: {
  ms: number;
  preSkip?: number;
  version?: number;
  startedAt?: number;
  cutMs?: number;
  endAt?: bigint;
}): Buffer {
  const { ms, preSkip = 312, version = 1, startedAt = 0, cutMs = 0 } = options;
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head[8] = version;
  head[9] = 1;
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(48_000, 12);
  const packet = Buffer.from([0x48, 1, 2, 3]);
  const before = BigInt(startedAt * 48);
  const end = options.endAt ?? before + BigInt((ms - cutMs) * 48 + preSkip);
  return Buffer.concat([
    oggPage(head, { flags: 2 }),
    oggPage(Buffer.concat([text('OpusTags'), Buffer.alloc(16)]), { sequence: 1 }),
    ...(ms > 20 ? [oggPage(packet, { sequence: 2, position: before + 960n })] : []),
    oggPage(packet, { sequence: 3, flags: 4, position: end }),
  ]);
}

export function mp4(): Buffer {
  return text('\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41');
}

export function m4a(): Buffer {
  return text('\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A mp42');
}

export function pdf(): Buffer {
  return text('%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n');
}

export function vcard(name = 'Ada Example', number = '+15550100199'): Buffer {
  return Buffer.from(`BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nTEL;TYPE=CELL:${number}\r\nEND:VCARD\r\n`);
}

/** A document of the office family: the part in the folder makes it Word, Excel or PowerPoint. */
export function docx(part: string, filling = 0): Buffer {
  return zip({ '[Content_Types].xml': '<Types/>', [part]: '<x/>', ...(filling > 0 ? { 'media/a': filling } : {}) });
}

/** Ten kilobytes that unpack to ten megabytes. */
export function zipBomb(): Buffer {
  return zip({ bomb: Buffer.alloc(10_000_000) });
}

/** A ZIP with these files; a number stands for that many bytes that do not compress. */
export function zip(files: Record<string, string | Buffer | number>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = typeof content === 'number' ? noise(content) : Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([text('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([text('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, entries, text('PK\x05\x06'), end]);
}

/** The same noise each time. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 0x2545f491;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');

function element(id: string, content: Buffer, size: Buffer = vintOf(content.length)): Buffer {
  return Buffer.concat([Buffer.from(id, 'hex'), size, content]);
}

function vintOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  bytes[0] = 1;
  return bytes;
}

/** A recording as Chromium makes it: Opus in WebM, whose segment and clusters do not say how long they are. */
export function webmVoice(
  packets: Uint8Array[],
  options: { codec?: string; tracks?: number; head?: Buffer | null; knownSizes?: boolean } = {},
): Buffer {
  const { codec = 'A_OPUS', tracks = 1, knownSizes = false } = options;
  const head = options.head === undefined ? Buffer.from('4f707573486561640101380180bb0000000000', 'hex') : options.head;
  const entry = Buffer.concat([
    element('d7', Buffer.from([1])),
    element('86', Buffer.from(codec)),
    ...(head === null ? [] : [element('63a2', head)]),
    element('e1', element('9f', Buffer.from([1]))),
  ]);
  const blocks = packets.map((packet, index) => {
    const start = Buffer.from([0x81, (index * 20) >> 8, (index * 20) & 0xff, 0x80]);
    return element('a3', Buffer.concat([start, packet]));
  });
  const cluster = Buffer.concat([element('e7', Buffer.from([0])), ...blocks]);
  const size = knownSizes ? undefined : UNKNOWN_SIZE;
  const segment = Buffer.concat([
    element('1654ae6b', Buffer.concat(Array.from({ length: tracks }, () => element('ae', entry)))),
    element('1f43b675', cluster, size),
  ]);
  return Buffer.concat([element('1a45dfa3', element('4282', Buffer.from('webm'))), element('18538067', segment, size)]);
}
