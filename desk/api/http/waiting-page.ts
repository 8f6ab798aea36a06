import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CenterError } from '../../../lib/domain/errors.ts';
import { send, type MountedHandler } from '../../../lib/http/mounted.ts';
import { sendError } from './errors.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** Seconds after which a page or a program should ask again. */
const RETRY_SECONDS = '2';

/** In the desk's colours, light and dark; nothing else can be loaded yet. */
const STYLE =
  ':root{color-scheme:light dark}' +
  'body{display:grid;place-content:center;min-height:90vh;margin:0 24px;text-align:center;' +
  'font:14px/1.45 Inter,system-ui,sans-serif;background:light-dark(#f4f5f3,#101613);color:light-dark(#17201a,#e8eee9)}' +
  'h1{font-size:16px;margin:0 0 4px}p{margin:0;color:light-dark(#5c6a60,#9fb0a5)}';

/** Nothing but this very style. */
const POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Answers in the desk's place while it is being opened: 503, and to a browser a page that looks again by itself. */
export function waitingDesk(texts: { title: string; text: string }): MountedHandler {
  const page =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escaped(texts.title)}</title><style>${STYLE}</style></head>` +
    `<body><main role="status"><h1>${escaped(texts.title)}</h1><p>${escaped(texts.text)}</p></main></body></html>`;
  return (request: IncomingMessage, response: ServerResponse, subPath: string) => {
    setSecurityHeaders(response);
    const headers = { 'retry-after': RETRY_SECONDS, connection: 'close' };
    if (subPath === '/api' || subPath.startsWith('/api/')) {
      sendError(response, new CenterError('STORE_UNAVAILABLE', 'The desk is being opened. Try again.'), headers);
      return;
    }
    send(response, 503, 'text/html; charset=utf-8', request.method === 'HEAD' ? '' : page, {
      ...headers,
      refresh: RETRY_SECONDS,
      'content-security-policy': POLICY,
    });
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
