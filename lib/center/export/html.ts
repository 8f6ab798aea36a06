import type { TranscriptMessage } from '../views.ts';
import { filesInWords } from './files.ts';

/**
 * A page of its own that loads and runs nothing. Everything that people wrote is text in it, never markup.
 */
export function toHtml(messages: readonly TranscriptMessage[]): string {
  const rows = messages.map(
    (message) =>
      `<article class="${message.direction}"><header><strong dir="auto">${escape(who(message))}</strong> ` +
      `<time datetime="${escape(message.timestamp)}">${escape(message.timestamp)}</time> <small>${escape(about(message))}</small></header>` +
      `<p dir="auto">${escape(message.text)}</p>${listOf(filesInWords(message))}</article>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Transcript</title><style>${STYLE}</style></head>
<body><h1>Transcript</h1>
${rows.join('\n')}
</body></html>
`;
}

const STYLE =
  'body{font:14px/1.45 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}' +
  'article{border:1px solid #dfe3dc;border-radius:9px;padding:8px 12px;margin:8px 0}' +
  '.outbound{margin-inline-start:15%;background:#dcf1e3}.inbound{margin-inline-end:15%}' +
  'p{white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0 0}ul{margin:4px 0 0;padding-inline-start:1.2em;overflow-wrap:anywhere}time,small,ul{color:#5c6a60}';

function listOf(files: readonly string[]): string {
  if (files.length === 0) return '';
  return `<ul>${files.map((file) => `<li dir="auto">${escape(file)}</li>`).join('')}</ul>`;
}

function who(message: TranscriptMessage): string {
  if (message.direction === 'inbound') return message.customer.name ?? message.customer.address;
  return message.author.name ?? message.author.kind;
}

function about({ type, status }: TranscriptMessage): string {
  return type === 'text' ? status : `${type}, ${status}`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
