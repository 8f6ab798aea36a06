import { CenterError, type ErrorCode } from './errors.ts';
import type { TemplateRef } from './message.ts';
import { MAX_PART, textLength } from './outbound-content.ts';

/** What WhatsApp says of a template; `unsubmitted` was never handed in, so it only goes out within the session window. */
export type Approval = 'approved' | 'pending' | 'rejected' | 'paused' | 'disabled' | 'unsubmitted';

/** A line of a template: a heading above the text or the small print below it. */
export interface TemplateLine {
  part: 'header' | 'text' | 'footer';
  text: string;
}

/** A content template of an account, as a person chooses and fills it in. */
export interface TemplateView {
  contentSid: string;
  name: string;
  /** Language code, as Twilio has it: "en", "pt_BR". */
  language: string;
  /** Twilio's content type without "twilio/" or "whatsapp/": "text", "quick-reply", "media", "list-picker" … */
  kind: string;
  /** WhatsApp's word, in lower case: "utility", "marketing", "authentication"; empty for one that was never handed in. */
  category: string;
  /** With its placeholders, `{{1}}` or `{{name}}`. */
  body: string;
  /** The same, as a phone sets it apart; a part of several lines is one entry. */
  lines: TemplateLine[];
  /** What has to be filled in, in the order of the placeholders' numbers. */
  variables: { key: string; example: string }[];
  buttons: { title: string; kind: 'reply' | 'url' | 'phone' | 'other'; value: string | null }[];
  /** Addresses of pictures and files that come with it; may hold placeholders. */
  media: string[];
  approval: Approval;
  /** Why WhatsApp rejected it. */
  reason: string | null;
}

/** The templates of an account as they were known at some moment. */
export interface TemplateCatalogue {
  templates: TemplateView[];
  /** Milliseconds since Twilio gave them. */
  ageMs: number;
  /** Why they are not fresh; null when they are. */
  problem: { code: ErrorCode; text: string } | null;
}

/** A template ready to be sent, and what the customer reads. */
export interface FilledTemplate {
  template: TemplateRef;
  text: string;
}

const PLACEHOLDER = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/** Line breaks, tabs and every other blank and control character, but not the marks that join letters and emoji. */
const BLANKS = /[\s\p{Cc}\u2028\u2029]+/gu;

/** Nothing to see: blanks and characters without a shape of their own. */
const INVISIBLE = /^[\s\p{Cc}\p{Cf}]*$/u;

/**
 * A value as WhatsApp takes it: on one line. Line breaks are refused by Twilio (92007), tabs and runs of blanks by Meta
 * (63013), so each run becomes one space. Quotes stay as they are: the values travel as JSON.
 */
export function cleanValue(value: string): string {
  return value.replace(BLANKS, ' ').trim();
}

/** The names of the placeholders in a text, in the order of their numbers, names after numbers. */
export function placeholdersOf(text: string): string[] {
  const found = new Set([...text.matchAll(PLACEHOLDER)].map(([, key]) => key!));
  return sortKeys([...found]);
}

/** A text in pieces: what stands as it is, with the key of null, and each placeholder by its key. */
export function piecesOf(text: string): { text: string; key: string | null }[] {
  const pieces: { text: string; key: string | null }[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), key: null });
    pieces.push({ text: match[0], key: match[1]! });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), key: null });
  return pieces;
}

/** Numbers by value, names after them as they came. */
export function sortKeys(keys: string[]): string[] {
  const rank = (key: string): number => (/^\d+$/.test(key) ? Number(key) : Number.MAX_SAFE_INTEGER);
  return [...keys].sort((one, other) => rank(one) - rank(other));
}

/**
 * Values put in order for a template of which nothing else is known.
 * @throws CenterError `TEMPLATE_VARIABLES` when one is empty or too long
 */
export function cleanVariables(values: Record<string, string>): Record<string, string> {
  const cleaned = Object.entries(values).map(([key, value]) => [key, cleanValue(value)] as const);
  refuseUnusable(cleaned);
  return Object.fromEntries(cleaned);
}

/**
 * Fills in a template: the values that it asks for, cleaned, and the text that the customer reads. A value that it does
 * not ask for is left out, because Meta counts them (63028).
 * @throws CenterError `TEMPLATE_VARIABLES` when a value is missing, empty or too long
 */
export function fillTemplate(
  view: Pick<TemplateView, 'contentSid' | 'body' | 'variables'>,
  values: Record<string, string>,
): FilledTemplate {
  const cleaned = view.variables.map(({ key }) => [key, Object.hasOwn(values, key) ? cleanValue(values[key]!) : ''] as const);
  refuseUnusable(cleaned);
  const variables = Object.fromEntries(cleaned);
  // In one pass: a value that looks like a placeholder is the customer's or agent's text, not ours to fill in.
  const text = view.body.replace(PLACEHOLDER, (whole, key: string) => (Object.hasOwn(variables, key) ? variables[key]! : whole));
  return { template: { contentSid: view.contentSid, variables }, text };
}

/** What keeps a value from being sent; null when nothing does. */
export function valueProblem(value: string): 'empty' | 'too-long' | null {
  const cleaned = cleanValue(value);
  if (INVISIBLE.test(cleaned)) return 'empty';
  return textLength(cleaned) > MAX_PART ? 'too-long' : null;
}

/**
 * Whether a template may go out now. Within the window WhatsApp needs no approval; what it rejected, paused or disabled
 * is refused at any time (63040 to 63042).
 * @throws CenterError `TEMPLATE_NOT_APPROVED`
 */
export function checkApproval(view: Pick<TemplateView, 'name' | 'approval' | 'reason'>, windowOpen: boolean): void {
  const { name, approval, reason } = view;
  if (isSendable(approval, windowOpen) || approval === 'approved') return;
  throw new CenterError('TEMPLATE_NOT_APPROVED', `The template "${name}" ${STANDING[approval]}${reason ? `: ${reason}` : '.'}`, {
    details: { approval },
  });
}

/** Whether a template with this approval goes out; the rule of {@link checkApproval}. */
export function isSendable(approval: Approval, windowOpen: boolean): boolean {
  return approval === 'approved' || (windowOpen && (approval === 'unsubmitted' || approval === 'pending'));
}

const STANDING: Record<Exclude<Approval, 'approved'>, string> = {
  pending: 'is still being looked at by WhatsApp, so it cannot be sent after the 24 hours',
  unsubmitted: 'was never submitted to WhatsApp, so it cannot be sent after the 24 hours',
  rejected: 'was rejected by WhatsApp',
  paused: 'is paused by WhatsApp after bad feedback',
  disabled: 'is disabled by WhatsApp',
};

function refuseUnusable(entries: readonly (readonly [key: string, value: string])[]): void {
  const having = (problem: ReturnType<typeof valueProblem>): string[] =>
    entries.filter(([, value]) => valueProblem(value) === problem).map(([key]) => key);
  const empty = having('empty');
  if (empty.length > 0) {
    throw new CenterError('TEMPLATE_VARIABLES', `The template needs a value for ${named(empty)}.`, {
      details: { missing: empty.join(', ') },
    });
  }
  const long = having('too-long');
  if (long.length > 0) {
    throw new CenterError('TEMPLATE_VARIABLES', `A value of a template has at most ${MAX_PART} characters: ${named(long)}.`, {
      details: { tooLong: long.join(', ') },
    });
  }
}

function named(keys: string[]): string {
  return keys.map((key) => `{{${key}}}`).join(', ');
}
