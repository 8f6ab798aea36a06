import type { ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { send } from '../../http/mounted.ts';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

/** Only the names that the build gives to files; nothing that could climb out of the folder. */
const ASSET = /^\/assets\/([\w-]+(?:\.[\w-]+)*)\.(js|css|svg|woff2)$/;

/** Answers with the built phone page; false when the path is none of its files. */
export async function servePage(response: ServerResponse, pageRoot: string, subPath: string): Promise<boolean> {
  const asset = ASSET.exec(subPath);
  if (subPath !== '/' && !asset) return false;
  const extension = asset ? asset[2]! : 'html';
  const file = asset ? join(pageRoot, 'assets', `${asset[1]}.${extension}`) : join(pageRoot, 'index.html');
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!asset) send(response, 503, 'text/plain; charset=utf-8', 'The phone page has not been built.');
    return !asset;
  }
  // The build puts a hash of the content into an asset's name.
  send(response, 200, TYPES[extension]!, content, {
    ...PAGE_HEADERS,
    ...(asset ? { 'cache-control': 'public, max-age=31536000, immutable' } : {}),
  });
  return true;
}

/** True for files of the page that hold nothing but the build, and need no permission. */
export function isAssetPath(subPath: string): boolean {
  return ASSET.test(subPath);
}
