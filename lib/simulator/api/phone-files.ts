import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, send } from '../../http/mounted.ts';
import { rangeOf } from '../../http/send-file.ts';
import { claimedKind, isInline, plainType, typeOfName } from '../../domain/media-type.ts';
import type { MediaFiles } from '../media/media-files.ts';
import { readSample, SAMPLES } from '../media/samples.ts';
import type { FileKind } from '../phone-contract.ts';
import { newSid } from '../state.ts';
import type { StoredMedia } from '../records.ts';
import type { SimulatorState } from '../state.ts';
import { BadInput } from './read-input.ts';

/** More than Twilio brings, so that "too large" can be tried. */
const LARGEST_FILE = 20 * 1024 * 1024;
const LONGEST_NAME = 200;
/** Files chosen and not sent; the oldest goes. */
const MOST_WAITING = 20;

/** The files that the phone's page uploads, sends and shows. */
export class PhoneFiles {
  readonly #files: MediaFiles;
  readonly #waiting = new Map<string, StoredMedia>();

  constructor(files: MediaFiles) {
    this.#files = files;
  }

  /** Takes a file that is about to be sent. @throws BodyTooLarge, BadInput */
  async upload(request: IncomingMessage): Promise<{ id: string; kind: FileKind }> {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const name = (query.get('name') ?? '').slice(0, LONGEST_NAME);
    const bytes = await readBody(request, LARGEST_FILE);
    if (bytes.length === 0) throw new BadInput('The file is empty.');
    const claimed = plainType(request.headers['content-type'] ?? '');
    const contentType = claimed === '' ? typeOfName(name) || 'application/octet-stream' : claimed;
    const media = { sid: newSid('ME'), contentType, name, size: bytes.length };
    await this.#files.put(media.sid, bytes);
    this.#waiting.set(media.sid, media);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_WAITING && oldest !== undefined) {
      this.#waiting.delete(oldest);
      await this.#files.remove(oldest);
    }
    const kind = claimedKind(contentType);
    return { id: media.sid, kind: kind === 'audio' ? 'voice' : kind };
  }

  /** The uploaded file with this id, once, or else a sample of the kind. @throws BadInput */
  async take(kind: FileKind, fileId: string | undefined): Promise<StoredMedia> {
    if (fileId !== undefined) {
      const waiting = this.#waiting.get(fileId);
      if (waiting === undefined) throw new BadInput('"fileId" is no uploaded file.');
      this.#waiting.delete(fileId);
      return waiting;
    }
    const bytes = await readSample(kind);
    const media = { sid: newSid('ME'), ...SAMPLES[kind], size: bytes.length };
    await this.#files.put(media.sid, bytes);
    return media;
  }

  /** A file of a message, for the page; a player asks for parts. @returns false when there is none */
  async serve(request: IncomingMessage, response: ServerResponse, state: SimulatorState, sid: string): Promise<boolean> {
    const media = state.messages().find((message) => message.media?.sid === sid)?.media;
    const bytes = media ? await this.#files.get(sid) : null;
    if (!media || bytes === null) return false;
    const { contentType, name } = media;
    const range = rangeOf(request.headers.range, bytes.length);
    const part = range === null || range === 'none' ? null : range;
    const content = part === null ? bytes : bytes.subarray(part.first, part.last + 1);
    send(response, part === null ? 200 : 206, isInline(contentType) ? contentType : 'application/octet-stream', content, {
      'content-disposition': isInline(contentType) ? 'inline' : `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'accept-ranges': 'bytes',
      ...(part === null ? {} : { 'content-range': `bytes ${part.first}-${part.last}/${bytes.length}` }),
    });
    return true;
  }
}
