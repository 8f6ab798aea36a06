import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { send } from '../../../lib/http/mounted.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
};

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

interface PageFile {
  type: string;
  plain: Buffer;
  /** The compressed forms that are smaller, the best first. */
  encoded: { encoding: string; body: Buffer }[];
  headers: Record<string, string>;
}

/**
 * The built page. Only what a listing of the folder named at the first request is ever opened, so no address leads
 * out of it; each file is read and compressed once.
 */
export class StaticFiles {
  readonly #root: string;
  #names: Promise<Set<string>> | undefined;
  readonly #files = new Map<string, Promise<PageFile>>();

  constructor(root: string) {
    this.#root = resolve(root);
  }

  /** @param subPath "/" is the page itself */
  async serve(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain; charset=utf-8', 'Only GET is understood here.', { allow: 'GET, HEAD' });
      return;
    }
    const names = await this.#list();
    const name = subPath === '/' ? 'index.html' : subPath.slice(1);
    if (!names.has(name)) {
      const missing = names.size === 0 ? 'The desk’s page is not built.' : 'There is nothing at this address.';
      send(response, names.size === 0 ? 503 : 404, 'text/plain; charset=utf-8', missing);
      return;
    }
    const file = await this.#open(name);
    const { etag } = file.headers;
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304, file.headers).end();
      return;
    }
    const accepted = acceptedEncodings(request);
    const encoded = file.encoded.find((form) => accepted.has(form.encoding));
    const body = encoded?.body ?? file.plain;
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': body.length,
      vary: 'accept-encoding',
      ...(encoded === undefined ? {} : { 'content-encoding': encoded.encoding }),
      ...file.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** An empty folder is looked at again: the page may be built while the server runs. */
  async #list(): Promise<Set<string>> {
    this.#names ??= readdir(this.#root, { recursive: true, withFileTypes: true }).then(
      (entries) =>
        new Set(
          entries
            .filter((entry) => entry.isFile())
            .map((entry) =>
              join(entry.parentPath, entry.name)
                .slice(this.#root.length + 1)
                .split(sep)
                .join('/'),
            ),
        ),
      () => new Set<string>(),
    );
    const names = await this.#names;
    if (names.size === 0) this.#names = undefined;
    return names;
  }

  #open(name: string): Promise<PageFile> {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = readPageFile(this.#root, name);
      this.#files.set(name, file);
      file.catch(() => this.#files.delete(name));
    }
    return file;
  }
}

async function readPageFile(root: string, name: string): Promise<PageFile> {
  const plain = await readFile(join(root, name));
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  return { type, plain, encoded: await compress(plain, type), headers: cachingOf(name, plain) };
}

async function compress(plain: Buffer, type: string): Promise<PageFile['encoded']> {
  if (!/^text\/|json|svg/.test(type)) return [];
  const [brotli, zipped] = await Promise.all([
    compressBrotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    compressGzip(plain),
  ]);
  return [
    { encoding: 'br', body: brotli },
    { encoding: 'gzip', body: zipped },
  ].filter((form) => form.body.length < plain.length);
}

/** Names in `assets/` hold a hash of their content; everything else may change under its name with the next release. */
function cachingOf(name: string, content: Buffer): Record<string, string> {
  if (name.startsWith('assets/')) return { 'cache-control': 'public, max-age=31536000, immutable' };
  if (name.endsWith('.html')) return { 'cache-control': 'no-store' };
  return { 'cache-control': 'no-cache', etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` };
}

function acceptedEncodings(request: IncomingMessage): Set<string> {
  const header = String(request.headers['accept-encoding'] ?? '');
  return new Set(
    header
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(\.0+)?$/.test(part))
      .map((part) => part.split(';')[0]!.trim()),
  );
}
