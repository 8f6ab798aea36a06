/** A shared contact, as people need it. */
export interface Contact {
  name: string;
  phones: ContactPhone[];
  emails: string[];
  organisation?: string;
}

export interface ContactPhone {
  number: string;
  /** "mobile", "work"; as it was written, in lower case. */
  label?: string;
}

/** More than this in one file is no contact somebody shares in a chat. */
const MOST_CARDS = 50;
const MOST_LINES = 20_000;

/**
 * Reads vCards of versions 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) as far as names, numbers, mail addresses and
 * organisations go. Never throws; a card of which nothing can be read is left out.
 */
export function parseVcards(text: string): Contact[] {
  const contacts: Contact[] = [];
  let card: Line[] | null = null;
  for (const line of unfold(text)) {
    const parsed = parseLine(line);
    if (parsed === null) continue;
    if (parsed.name === 'BEGIN' && /^vcard$/i.test(parsed.value.trim())) card = [];
    else if (parsed.name === 'END' && card !== null) {
      const contact = contactOf(card);
      if (contact !== null && contacts.length < MOST_CARDS) contacts.push(contact);
      card = null;
    } else card?.push(parsed);
  }
  return contacts;
}

/** One contact as a vCard 3.0, which WhatsApp takes. */
export function writeVcard(contact: Contact): string {
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', `N:${escaped(contact.name)};;;;`, `FN:${escaped(contact.name)}`];
  if (contact.organisation !== undefined) lines.push(`ORG:${escaped(contact.organisation)}`);
  for (const { number, label } of contact.phones) {
    lines.push(`TEL;TYPE=${TYPES[label ?? ''] ?? 'CELL'}:${escaped(number)}`);
  }
  for (const email of contact.emails) lines.push(`EMAIL:${escaped(email)}`);
  lines.push('END:VCARD');
  return `${lines.join('\r\n')}\r\n`;
}

interface Line {
  name: string;
  parameters: string[];
  value: string;
}

const TYPES: Record<string, string> = { mobile: 'CELL', work: 'WORK', home: 'HOME' };
const LABELS: Record<string, string> = { cell: 'mobile', iphone: 'mobile', mobile: 'mobile', work: 'work', home: 'home' };

/** A line that begins with a blank goes on with the one before it; a soft line break of 2.1 ends in "=". */
function unfold(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/, MOST_LINES)) {
    const last = lines.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) lines[last] += line.slice(1);
    else if (last >= 0 && isSoftBroken(lines[last]!)) lines[last] = lines[last]!.slice(0, -1) + line;
    else lines.push(line);
  }
  return lines;
}

function isSoftBroken(line: string): boolean {
  return line.endsWith('=') && /^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE/i.test(line);
}

function parseLine(line: string): Line | null {
  const colon = valueStart(line);
  if (colon < 0) return null;
  const [head = '', ...parameters] = line.slice(0, colon).split(';');
  // "item1.TEL": the group before the dot only ties lines together.
  const name = head.slice(head.lastIndexOf('.') + 1).toUpperCase();
  if (name === '') return null;
  const raw = line.slice(colon + 1);
  const quoted = parameters.some((parameter) => /^(?:ENCODING=)?QUOTED-PRINTABLE$/i.test(parameter));
  return { name, parameters, value: quoted ? fromQuotedPrintable(raw) : raw };
}

/** The first colon outside quotation marks; a quoted parameter may hold one. */
function valueStart(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    else if (line[at] === ':' && !quoted) return at;
  }
  return -1;
}

function fromQuotedPrintable(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = text[at] === '=' ? /^[0-9A-F]{2}/i.exec(text.slice(at + 1, at + 3))?.[0] : undefined;
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else bytes.push(...new TextEncoder().encode(text[at]));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function contactOf(lines: Line[]): Contact | null {
  const values = (name: string): Line[] => lines.filter((line) => line.name === name && line.value.trim() !== '');
  const phones = values('TEL').map(phoneOf);
  const emails = values('EMAIL').map(({ value }) => unescaped(value).trim());
  const organisation = values('ORG')[0];
  const name = nameOf(values) || organisationName(organisation) || phones[0]?.number || emails[0] || '';
  if (name === '') return null;
  const contact: Contact = { name, phones, emails };
  const company = organisationName(organisation);
  if (company !== '') contact.organisation = company;
  return contact;
}

function nameOf(values: (name: string) => Line[]): string {
  const full = values('FN')[0];
  if (full !== undefined) return unescaped(full.value).trim();
  const parts = values('N')[0];
  if (parts === undefined) return '';
  const [family = '', given = '', middle = '', prefix = ''] = splitValue(parts.value);
  return [prefix, given, middle, family].filter((part) => part !== '').join(' ');
}

function organisationName(line: Line | undefined): string {
  return line === undefined
    ? ''
    : splitValue(line.value)
        .filter((part) => part !== '')
        .join(', ');
}

function phoneOf({ value, parameters }: Line): ContactPhone {
  const number = unescaped(value).replace(/^tel:/i, '').trim();
  const words = parameters
    .flatMap((parameter) => parameter.replace(/^TYPE=/i, '').split(','))
    .map((word) => word.replaceAll('"', '').toLowerCase());
  const label = words.map((word) => LABELS[word]).find((known) => known !== undefined);
  return label === undefined ? { number } : { number, label };
}

/** The parts between semicolons that are not escaped. */
function splitValue(value: string): string[] {
  return value.split(/(?<!\\);/).map((part) => unescaped(part).trim());
}

function unescaped(value: string): string {
  return value.replace(/\\([\\,;:nN])/g, (_, character: string) => (/n/i.test(character) ? '\n' : character));
}

function escaped(value: string): string {
  return value.replace(/[\\,;]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');
}
