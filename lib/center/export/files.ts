import type { TranscriptFile, TranscriptMessage } from '../views.ts';

/** The files of a message in words, one each: "image photo.jpg (image/jpeg, 20480 bytes, kept)". */
export function filesInWords({ files = [] }: TranscriptMessage): string[] {
  return files.map((file) => `${file.kind} ${file.name.replaceAll(/\s+/g, ' ')} (${facts(file).join(', ')})`);
}

function facts({ contentType, size, kept }: TranscriptFile): string[] {
  return [contentType, ...(size === null ? [] : [`${size} bytes`]), kept ? 'kept' : 'not kept'].filter((fact) => fact !== '');
}
