import type { Approval, TemplateLine, TemplateView } from '../domain/template.ts';
import { placeholdersOf, sortKeys } from '../domain/template.ts';

/** A content template as Twilio's Content API gives it, of which only the SID is sure to be there. */
export interface ContentResource {
  sid: string;
  friendlyName?: string;
  language?: string;
  /** What Twilio fills in where no value is given. */
  variables?: unknown;
  /** Definitions by content type: "twilio/text", "whatsapp/card" … */
  types?: unknown;
  approvalRequests?: unknown;
}

type Fields = Record<string, unknown>;

/** Makes of Twilio's template what a person needs to choose and fill it in. Kinds that come later show their text at least. */
export function templateViewOf(content: ContentResource): TemplateView {
  const approval = approvalOf(content.approvalRequests);
  const types = fieldsOf(content.types);
  const type = mainType(Object.keys(types), approval.contentType);
  const definition = fieldsOf(types[type]);
  const examples = fieldsOf(content.variables);
  const lines = linesOf(definition);
  return {
    contentSid: content.sid,
    name: content.friendlyName || approval.name || content.sid,
    language: content.language ?? '',
    kind: type.slice(type.indexOf('/') + 1),
    category: approval.category,
    body: lines.map(({ text }) => text).join('\n'),
    lines,
    variables: keysOf(definition, examples).map((key) => ({ key, example: textOf(examples[key]) })),
    buttons: buttonsOf(definition),
    media: mediaOf(definition),
    approval: approval.state,
    reason: approval.reason,
  };
}

/** What WhatsApp sees: its own kind of content, else the one that was handed in, else whatever is more than plain text. */
function mainType(types: string[], submitted: string): string {
  const whatsapp = types.find((type) => type.startsWith('whatsapp/'));
  const handedIn = types.includes(submitted) ? submitted : undefined;
  return whatsapp ?? handedIn ?? types.find((type) => type !== 'twilio/text') ?? types[0] ?? '';
}

const PARTS: [field: string, part: TemplateLine['part']][] = [
  ['header_text', 'header'],
  ['title', 'header'],
  ['body', 'text'],
  ['subtitle', 'footer'],
  ['footer', 'footer'],
];

/** The lines of a template in the order in which a phone shows them. */
function linesOf(definition: Fields): TemplateLine[] {
  return PARTS.map(([field, part]) => ({ part, text: textOf(definition[field]) })).filter(({ text }) => text !== '');
}

/** Everything in the definition that has to be filled in: the text, buttons' addresses, media. */
function keysOf(definition: Fields, examples: Fields): string[] {
  const used = placeholdersOf(textsOf(definition).join(' '));
  return used.length > 0 ? used : sortKeys(Object.keys(examples));
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

function buttonsOf(definition: Fields): TemplateView['buttons'] {
  const cards = listOf(definition.cards).flatMap((card) => listOf(card.actions));
  const actions = [...listOf(definition.actions), ...cards].map((action) => ({
    title: textOf(action.title),
    kind: kindOf(textOf(action.type), action),
    value: textOf(action.url) || textOf(action.phone) || textOf(action.id) || null,
  }));
  // The rows of a list are chosen from as buttons are.
  const rows = listOf(definition.items).map((row) => ({
    title: textOf(row.item),
    kind: 'reply' as const,
    value: textOf(row.id) || null,
  }));
  return [...actions, ...rows].filter(({ title }) => title !== '');
}

function kindOf(type: string, action: Fields): TemplateView['buttons'][number]['kind'] {
  const word = type.toUpperCase();
  if (word === 'QUICK_REPLY' || word === 'QUICK-REPLY') return 'reply';
  if (word === 'URL' || (word === '' && action.url !== undefined)) return 'url';
  if (word === 'PHONE_NUMBER' || (word === '' && action.phone !== undefined)) return 'phone';
  return word === '' && action.id !== undefined ? 'reply' : 'other';
}

function mediaOf(definition: Fields): string[] {
  const own = typeof definition.media === 'string' ? [definition.media] : Array.isArray(definition.media) ? definition.media : [];
  const cards = listOf(definition.cards).map((card) => card.media);
  return [...own, ...cards].filter((url): url is string => typeof url === 'string' && url !== '');
}

const STATES: Record<string, Approval> = {
  approved: 'approved',
  rejected: 'rejected',
  paused: 'paused',
  disabled: 'disabled',
  '': 'unsubmitted',
  unsubmitted: 'unsubmitted',
};

/** Seen directly and one level down, under "whatsapp". A word we do not know is not an approval. */
function approvalOf(value: unknown): {
  state: Approval;
  reason: string | null;
  category: string;
  name: string;
  contentType: string;
} {
  const given = Array.isArray(value) ? fieldsOf(value[0]) : fieldsOf(value);
  const request = given.whatsapp === undefined ? given : fieldsOf(given.whatsapp);
  const word = textOf(request.status).trim().toLowerCase();
  return {
    state: Object.hasOwn(STATES, word) ? STATES[word]! : 'pending',
    reason: textOf(request.rejection_reason) || null,
    category: textOf(request.category).toLowerCase(),
    name: textOf(request.name),
    contentType: textOf(request.content_type),
  };
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
