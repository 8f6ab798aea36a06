import type { TranscriptMessage } from '../views.ts';
import { toCsv } from './csv.ts';
import { toHtml } from './html.ts';
import { toText } from './text.ts';

/** The forms a transcript can be exported in; the first is the default. */
export const EXPORT_FORMATS = ['json', 'csv', 'html', 'text'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const WRITERS: Record<ExportFormat, { extension: string; write(messages: readonly TranscriptMessage[]): string }> = {
  json: { extension: 'json', write: (messages) => JSON.stringify(messages, null, 2) },
  csv: { extension: 'csv', write: toCsv },
  html: { extension: 'html', write: toHtml },
  text: { extension: 'txt', write: toText },
};

export interface Exported {
  content: string;
  /** Safe on every file system; without the customer's address, which does not belong in file names. */
  filename: string;
}

/**
 * Writes a transcript.
 * @param subject what it is about: a conversation's id, or "" for all of a customer's
 * @param now milliseconds since 1970, for the file's name
 */
export function exportTranscript(
  messages: readonly TranscriptMessage[],
  format: ExportFormat,
  subject: string,
  now: number,
): Exported {
  const { extension, write } = WRITERS[format];
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
  const about = subject.replaceAll(/[^A-Za-z0-9-]/g, '').slice(0, 40);
  return { content: write(messages), filename: `transcript-${about === '' ? '' : `${about}-`}${stamp}.${extension}` };
}
