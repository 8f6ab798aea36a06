import { MAX_PART, textLength } from '../../../../../lib/domain/outbound-content.ts';
import type { AttachedFile } from '../../../live/attachments.ts';

/** Where the text goes: under the picture with this id, or behind the files in a message of its own. */
export function captionPlace(text: string, files: readonly AttachedFile[]): { under: string | null } {
  const fits = text !== '' && textLength(text) <= MAX_PART;
  return { under: fits ? (files.find(({ kind }) => kind === 'image')?.id ?? null) : null };
}
