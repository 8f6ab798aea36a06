import type { TranscriptMessage } from '../views.ts';
import { filesInWords } from './files.ts';

const COLUMNS: readonly [string, (message: TranscriptMessage) => string][] = [
  ['timestamp', (message) => message.timestamp],
  ['conversation', (message) => message.conversationId],
  ['customer', (message) => message.customer.address],
  ['customerName', (message) => message.customer.name ?? ''],
  ['direction', (message) => message.direction],
  ['author', (message) => message.author.name ?? message.author.kind],
  ['type', (message) => message.type],
  ['text', (message) => message.text],
  ['files', (message) => filesInWords(message).join('; ')],
  ['status', (message) => message.status],
  ['queue', (message) => message.queue ?? ''],
  ['agent', (message) => message.agent ?? ''],
  ['id', (message) => message.id],
];

/**
 * Comma-separated values as RFC 4180 has them, with a byte order mark so that spreadsheets read UTF-8. A cell that a
 * spreadsheet would run as a formula gets an apostrophe in front: customers write what they like.
 */
export function toCsv(messages: readonly TranscriptMessage[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...messages.map((message) => COLUMNS.map(([, value]) => cell(value(message))))];
  return `\uFEFF${lines.map((line) => `${line.join(',')}\r\n`).join('')}`;
}

/** Characters after which spreadsheets expect a formula; blanks and controls before them are skipped by some. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

function cell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
