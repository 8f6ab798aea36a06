/**
 * What a file is, judged by its own bytes. What somebody says it is (a header, a name, Twilio's MediaContentType) never
 * makes a file more than its bytes are; it only chooses between two names for the same format.
 */

/** What a medium is to people. */
export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'sticker' | 'contacts';

/** A file whose content is known. */
export interface KnownFile {
  kind: MediaKind;
  contentType: string;
  /** Of its name, without a dot. */
  extension: string;
  /** True when a browser may show it in the page; anything else is a download. */
  inline: boolean;
}

/** Bytes that {@link identify} wants to see of a file's beginning and of its end; a smaller file is seen whole. */
export const HEAD_BYTES = 4096;
export const TAIL_BYTES = 131_072;

type Format = Omit<KnownFile, 'inline'>;

const format = (kind: MediaKind, contentType: string, extension: string): Format => ({ kind, contentType, extension });

const JPEG = format('image', 'image/jpeg', 'jpg');
const PNG = format('image', 'image/png', 'png');
const GIF = format('image', 'image/gif', 'gif');
const WEBP = format('sticker', 'image/webp', 'webp');
const OGG = format('audio', 'audio/ogg', 'ogg');
const MP3 = format('audio', 'audio/mpeg', 'mp3');
const AAC = format('audio', 'audio/aac', 'aac');
const AMR = format('audio', 'audio/amr', 'amr');
const M4A = format('audio', 'audio/mp4', 'm4a');
const MP4 = format('video', 'video/mp4', 'mp4');
const VIDEO_3GP = format('video', 'video/3gpp', '3gp');
const AUDIO_3GP = format('audio', 'audio/3gpp', '3gp');
const WEBM = format('document', 'video/webm', 'webm');
const PDF = format('document', 'application/pdf', 'pdf');
const DOC = format('document', 'application/msword', 'doc');
const XLS = format('document', 'application/vnd.ms-excel', 'xls');
const PPT = format('document', 'application/vnd.ms-powerpoint', 'ppt');
const VCARD = format('contacts', 'text/vcard', 'vcf');
const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const DOCX = format('document', `${OFFICE}wordprocessingml.document`, 'docx');
const PPTX = format('document', `${OFFICE}presentationml.presentation`, 'pptx');
const XLSX = format('document', `${OFFICE}spreadsheetml.sheet`, 'xlsx');
const ZIP = format('document', 'application/zip', 'zip');
const UNKNOWN = format('document', 'application/octet-stream', 'bin');

/**
 * Formats that a browser decodes as a picture, a sound or a film and never runs. AMR and 3GP are left out because browsers do not
 * play them, PDF and everything made of text because it can carry script.
 */
const INLINE: ReadonlySet<Format> = new Set([JPEG, PNG, GIF, WEBP, OGG, MP3, AAC, M4A, MP4]);

/** One container for Word, Excel, PowerPoint and much else: only what claims to be one of the three counts as it. */
const OLD_OFFICE: ReadonlyMap<string, Format> = new Map([DOC, XLS, PPT].map((one) => [one.contentType, one]));

/** What WhatsApp takes from a business through Twilio. */
const SENDABLE: ReadonlySet<Format> = new Set([
  JPEG,
  PNG,
  WEBP,
  OGG,
  AMR,
  VIDEO_3GP,
  AUDIO_3GP,
  AAC,
  M4A,
  MP3,
  PDF,
  DOC,
  DOCX,
  PPTX,
  XLSX,
  MP4,
  VCARD,
]);

/**
 * Names a file's format by its bytes.
 *
 * @param head the first bytes, {@link HEAD_BYTES} of them or the whole file
 * @param claimed what it is said to be; decides only where one container holds two kinds, such as MP4 with and without pictures
 * @param tail the last bytes, {@link TAIL_BYTES} of them; needed to tell Word, PowerPoint and Excel from any other ZIP
 */
export function identify(head: Uint8Array, claimed = '', tail: Uint8Array = head): KnownFile {
  const found = formatOf(head, plainType(claimed), tail);
  return { ...found, inline: INLINE.has(found) };
}

/** True when WhatsApp takes this format from a business; its size is another question. */
export function isSendable(file: KnownFile): boolean {
  return isSendableType(file.contentType);
}

/** The same for a type as {@link identify} named it. */
export function isSendableType(contentType: string): boolean {
  return [...SENDABLE].some((one) => one.contentType === contentType);
}

/** True when a file of this type, as {@link identify} named it, may be shown in a page. */
export function isInline(contentType: string): boolean {
  return [...INLINE].some((one) => one.contentType === contentType);
}

/** A content type without its parameters, in lower case. */
export function plainType(contentType: string): string {
  return contentType.toLowerCase().split(';')[0]!.trim();
}

/** The type that a file's name claims, "" when its ending says nothing. */
export function typeOfName(name: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return NAMED.find(({ extension }) => sameEnding(ending, extension))?.contentType ?? '';
}

/** What a medium probably is, by what it is said to be: shown until its bytes are here. */
export function claimedKind(contentType: string): MediaKind {
  const type = plainType(contentType);
  if (type === 'image/webp') return 'sticker';
  if (type === 'text/vcard' || type === 'text/x-vcard') return 'contacts';
  const [family] = type.split('/');
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

function formatOf(head: Uint8Array, claimed: string, tail: Uint8Array): Format {
  if (starts(head, 0xff, 0xd8, 0xff)) return JPEG;
  if (starts(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return PNG;
  const text = latin1(head.subarray(0, 16));
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return GIF;
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return WEBP;
  if (text.startsWith('OggS')) return OGG;
  if (text.startsWith('#!AMR')) return AMR;
  if (text.slice(4, 8) === 'ftyp') return isoMedia(latin1(head.subarray(8, 12)), claimed);
  if (text.startsWith('%PDF-')) return PDF;
  if (starts(head, 0x1a, 0x45, 0xdf, 0xa3)) return WEBM;
  if (starts(head, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return OLD_OFFICE.get(claimed) ?? UNKNOWN;
  if (starts(head, 0x50, 0x4b, 0x03, 0x04)) return officeIn(tail);
  if (text.startsWith('ID3')) return MP3;
  const sync = mpegAudio(head);
  if (sync !== null) return sync;
  return isVcard(head) ? VCARD : UNKNOWN;
}

/** MP4 and its relatives. QuickTime and pictures in the same container are not among what WhatsApp or browsers take. */
function isoMedia(brand: string, claimed: string): Format {
  const isAudio = claimed.startsWith('audio/');
  if (brand.startsWith('3g')) return isAudio ? AUDIO_3GP : VIDEO_3GP;
  if (brand.startsWith('M4A') || brand.startsWith('M4B')) return M4A;
  if (/^(?:isom|iso[2-9]|mp4[12]|avc1|M4V|MSNV|dash|XAVC|mmp4|F4V)/.test(brand)) return isAudio ? M4A : MP4;
  return UNKNOWN;
}

/** The first frame's header: 11 bits of sync, a version and a layer that exist; layer 0 is AAC in its ADTS frames. */
function mpegAudio(head: Uint8Array): Format | null {
  const [first = 0, second = 0, third = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  if (layer === 0) return (second & 0xf0) === 0xf0 ? AAC : null;
  const bitrate = third >> 4;
  const rate = (third >> 2) & 3;
  return version !== 1 && layer === 1 && bitrate !== 0 && bitrate !== 15 && rate !== 3 ? MP3 : null;
}

/** Word, PowerPoint and Excel files are ZIPs whose directory says so. Nothing is ever unpacked. */
function officeIn(tail: Uint8Array): Format {
  const names = zipNames(tail);
  if (!names.includes('[Content_Types].xml')) return ZIP;
  const has = (folder: string): boolean => names.some((name) => name.startsWith(folder));
  if (has('word/')) return DOCX;
  if (has('ppt/')) return PPTX;
  return has('xl/') ? XLSX : ZIP;
}

/** The names in a ZIP's central directory, as far as the file's end shows it. */
function zipNames(tail: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at + 46 <= tail.length; at++) {
    if (tail[at] !== 0x50 || tail[at + 1] !== 0x4b || tail[at + 2] !== 0x01 || tail[at + 3] !== 0x02) continue;
    const length = tail[at + 28]! + 256 * tail[at + 29]!;
    names.push(latin1(tail.subarray(at + 46, at + 46 + length)));
    at += 45 + length;
  }
  return names;
}

function isVcard(head: Uint8Array): boolean {
  const text = latin1(head.subarray(0, 64)).replace(/^ï»¿/, '');
  return /^\s*BEGIN:VCARD\s/i.test(text);
}

function starts(bytes: Uint8Array, ...magic: number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Where two formats share an ending, the more usual one. */
const NAMED: readonly Format[] = [...SENDABLE, GIF, XLS, PPT].filter((one) => one !== AUDIO_3GP);

/** The largest file that WhatsApp takes through Twilio, and the largest picture; bytes. */
export const MAX_FILE = 16 * 1024 * 1024;
export const MAX_PICTURE = 5 * 1024 * 1024;

/** The most bytes that a file of this kind may have to be sent. */
export function sizeLimit(kind: MediaKind): number {
  return kind === 'image' || kind === 'sticker' ? MAX_PICTURE : MAX_FILE;
}

const LONGEST_NAME = 120;

/**
 * A file's name as somebody gave it, fit to be shown and to be offered for saving: the last part of a path, without control
 * characters and what file systems refuse, and with the ending of what the file really is.
 */
export function safeName(given: string, file: Pick<KnownFile, 'extension' | 'contentType'>): string {
  const last = given.split(/[\\/]/).at(-1) ?? '';
  const clean = last
    // Control and direction-changing characters could make "exe.pdf" read as something else.
    .replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '')
    .replace(/^\.+/, '')
    .trim();
  const dot = clean.lastIndexOf('.');
  const stem = (dot > 0 ? clean.slice(0, dot) : clean).slice(0, LONGEST_NAME).trim();
  const ending = dot > 0 ? clean.slice(dot + 1).toLowerCase() : '';
  if (stem === '') return `file.${file.extension}`;
  // What we cannot name keeps the ending it came with; it is only ever offered as a download.
  if (file.contentType === UNKNOWN.contentType && /^[a-z0-9]{1,8}$/.test(ending)) return `${stem}.${ending}`;
  return `${stem}.${sameEnding(ending, file.extension) ? ending : file.extension}`;
}

const SPELLINGS: readonly (readonly string[])[] = [
  ['jpg', 'jpeg'],
  ['ogg', 'oga', 'opus'],
];

function sameEnding(one: string, other: string): boolean {
  return one === other || SPELLINGS.some((group) => group.includes(one) && group.includes(other));
}
