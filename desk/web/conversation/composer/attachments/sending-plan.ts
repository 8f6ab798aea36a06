import type { MediaView } from '../../../../../lib/center/media-contract.ts';
import { partsOf } from '../../../../../lib/domain/attachment.ts';
import { MAX_PART, textLength } from '../../../../../lib/domain/outbound-content.ts';
import type { AttachedFile } from '../../../live/attachments.ts';

/** One message to send. */
export interface PlannedMessage {
  text: string;
  media: MediaView | null;
}

/** The messages that a text and files become, in order: the rule is the domain's, the same as for flows. */
export function messagesOf(text: string, files: readonly MediaView[]): PlannedMessage[] {
  if (files.length === 0) return text === '' ? [] : [{ text, media: null }];
  const parts = partsOf(
    text,
    files.map(({ id, kind }) => ({ kind: 'file', mediaId: id, mediaKind: kind })),
  );
  const withFiles = parts.slice(0, files.length).map((part, index) => ({ text: part.text, media: files[index]! }));
  // The center cuts a long text by itself.
  return parts.length === files.length ? withFiles : [...withFiles, { text, media: null }];
}

/** Where the text goes: under the picture with this id, or behind the files in a message of its own. */
export function captionPlace(text: string, files: readonly AttachedFile[]): { under: string | null } {
  const fits = text !== '' && textLength(text) <= MAX_PART;
  return { under: fits ? (files.find(({ kind }) => kind === 'image')?.id ?? null) : null };
}
