import type { IncomingMessage, ServerResponse } from 'node:http';
import { CenterError } from '../../../lib/domain/errors.ts';
import { send, type MountedHandler } from '../../../lib/http/mounted.ts';
import { sendError } from './errors.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** Seconds after which a page or a program should ask again. */
const RETRY_SECONDS = '2';

/** Answers in the desk's place while it is being opened: 503, and to a browser a page that looks again by itself. */
export function waitingDesk(texts: { title: string; text: string }): MountedHandler {
  const page =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><title>${escaped(texts.title)}</title></head>` +
    `<body><h1>${escaped(texts.title)}</h1><p>${escaped(texts.text)}</p></body></html>`;
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
    });
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
