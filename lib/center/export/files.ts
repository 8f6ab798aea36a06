import { playingTime } from '../../domain/playing-time.ts';
import type { TranscriptFile, TranscriptMessage } from '../views.ts';

/**
 * The files of a message in words, one each: "image photo.jpg (image/jpeg, 20480 bytes, kept)",
 * "audio note.ogg (audio/ogg, 9120 bytes, 0:12, kept)".
 */
export function filesInWords({ files = [] }: TranscriptMessage): string[] {
  return files.map((file) => `${file.kind} ${file.name.replaceAll(/\s+/g, ' ')} (${facts(file).join(', ')})`);
}

function facts({ contentType, size, durationMs, kept }: TranscriptFile): string[] {
  const length = durationMs === undefined ? '' : playingTime(durationMs);
  return [contentType, size === null ? '' : `${size} bytes`, length, kept ? 'kept' : 'not kept'].filter((fact) => fact !== '');
}
