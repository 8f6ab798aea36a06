import type { MediaView } from '../../../lib/center/media-contract.ts';
import { partsOf } from '../../../lib/domain/attachment.ts';

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
