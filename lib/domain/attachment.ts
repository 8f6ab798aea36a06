import { CenterError } from './errors.ts';
import { claimedKind, typeOfName, type MediaKind } from './media-type.ts';
import type { Location } from './message.ts';
import { MAX_PART, textLength } from './outbound-content.ts';
import { splitText } from './split-text.ts';

/** What goes out besides a text. One message carries one of them. */
export type Attachment =
  /** A file that is kept beside the store. */
  | { kind: 'file'; mediaId: string; mediaKind: MediaKind }
  /** A file that lies at an address of its own. */
  | { kind: 'link'; url: string; contentType: string }
  | { kind: 'location'; location: Location };

/** One message to send. */
export interface Part {
  text: string;
  attachment: Attachment | null;
}

/** What a link's file probably is: nobody has looked at it. */
export function linkKind({ url, contentType }: { url: string; contentType: string }): MediaKind {
  return claimedKind(contentType === '' ? typeOfName(new URL(url).pathname) : contentType);
}

/** What a link's file is called: the last part of its path, else its host; an address that is none names itself. */
export function linkName(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, hostname } = new URL(url);
  const last = pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    return last;
  }
}

function isPicture(attachment: Attachment): boolean {
  switch (attachment.kind) {
    case 'file':
      return attachment.mediaKind === 'image';
    case 'link':
      return linkKind(attachment) === 'image';
    default:
      return false;
  }
}

/** Which of what goes out takes the text as its caption: the first picture, if the text fits; -1 for none. */
export function captionPlace<One>(text: string, all: readonly One[], picture: (one: One) => boolean): number {
  return text !== '' && textLength(text) <= MAX_PART ? all.findIndex(picture) : -1;
}

/**
 * The messages that a text and its attachments become, in order. WhatsApp carries one attachment a message and shows a text only with
 * a picture: the first picture takes the text as its caption if it fits, otherwise the text follows on its own.
 */
export function partsOf(text: string, attachments: readonly Attachment[]): Part[] {
  const captioned = captionPlace(text, attachments, isPicture);
  const parts: Part[] = attachments.map((attachment, index) => ({ text: index === captioned ? text : '', attachment }));
  if (attachments.length > 0 && (text === '' || captioned >= 0)) return parts;
  return [...parts, ...splitText(text).map((part) => ({ text: part, attachment: null }))];
}

/**
 * A place as a flow gives it.
 * @throws CenterError `INVALID_LOCATION`
 */
export function checkLocation(value: unknown): Location {
  const { latitude, longitude, label, address } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) {
    throw new CenterError(
      'INVALID_LOCATION',
      'msg.whatsapp.location needs a latitude from -90 to 90 and a longitude from -180 to 180.',
    );
  }
  return {
    latitude,
    longitude,
    ...(typeof address === 'string' && address !== '' ? { address } : {}),
    ...(typeof label === 'string' && label !== '' ? { label } : {}),
  };
}

function isDegrees(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= most;
}

/** `geo:<latitude>,<longitude>|<label>`, as Twilio's PersistentAction wants it; never in exponents. */
export function geoAction({ latitude, longitude, label, address }: Location): string {
  const name = [label, address].filter((part) => part !== undefined).join(', ');
  return `geo:${plain(latitude)},${plain(longitude)}${name === '' ? '' : `|${name}`}`;
}

/** What stands beside a place where no map is shown, and in lists. */
export function placeName({ latitude, longitude, label, address }: Location): string {
  return label ?? address ?? `${plain(latitude)}, ${plain(longitude)}`;
}

/** To about a tenth of a metre. */
function plain(degrees: number): string {
  const text = degrees.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
