import type { TranscriptMessage } from '../views.ts';
import { filesInWords } from './files.ts';

/** One message a paragraph, for reading and for printing. Further lines of a message are indented, so that none can pose as another message. */
export function toText(messages: readonly TranscriptMessage[]): string {
  return messages.map((message) => `${heading(message)}\n${linesOf(message).join('\n')}\n`).join('\n');
}

function linesOf(message: TranscriptMessage): string[] {
  const text = message.text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => `    ${line}`);
  return [...text, ...filesInWords(message).map((file) => `    [${file}]`)];
}

function heading({ timestamp, direction, customer, author, type, status }: TranscriptMessage): string {
  const who = direction === 'inbound' ? (customer.name ?? customer.address) : (author.name ?? author.kind);
  const name = who.replaceAll(/\s+/g, ' ');
  return `${timestamp} ${name} (${direction === 'inbound' ? customer.address : `to ${customer.address}`}${type === 'text' ? '' : `, ${type}`}, ${status})`;
}
