import { identify, isSendable, MAX_FILE, plainType, sizeLimit, type KnownFile } from '../../domain/media-type.ts';

/** What became of the file of an outbound message when Twilio went to fetch it. */
export type Fetched =
  | { ok: true; bytes: Buffer; file: KnownFile }
  /** Twilio's number, and its sentence. */
  | { ok: false; code: number; text: string };

const TIMEOUT_MS = 15_000;

/**
 * Fetches the file that a create named, as Twilio does some time after it has taken the message over: without credentials, following
 * redirects; the answer's Content-Type must be one that WhatsApp takes, and fit what is sent.
 */
export async function fetchOutgoing(url: string, signal: AbortSignal): Promise<Fetched> {
  let bytes: Buffer;
  let contentType: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { ok: false, code: 63019, text: `Media failed to download: the address answered ${response.status}` };
    }
    contentType = response.headers.get('content-type') ?? '';
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > MAX_FILE) return tooLarge();
      chunks.push(chunk);
    }
    bytes = Buffer.concat(chunks);
  } catch (error) {
    return {
      ok: false,
      code: 63019,
      text: `Media failed to download: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  const file = identify(bytes, contentType);
  if (!isSendable(file))
    return { ok: false, code: 63021, text: 'Channel invalid content error: this media type is not supported' };
  if (plainType(contentType) !== file.contentType) {
    return {
      ok: false,
      code: 63021,
      text: `Channel invalid content error: ${contentType} does not fit the file, which is ${file.contentType}`,
    };
  }
  return bytes.length > sizeLimit(file.kind) ? tooLarge() : { ok: true, bytes, file };
}

function tooLarge(): Fetched {
  return { ok: false, code: 63034, text: 'Media exceeds the size limit of the channel' };
}
