import type { MediaView } from '../../../lib/center/media-contract.ts';
import { linkKind, linkName } from '../../../lib/domain/attachment.ts';
import type { TemplateRef } from '../../../lib/domain/message.ts';
import { piecesOf, type TemplateView } from '../../../lib/domain/template.ts';
import { webAddress } from '../words/web-address.ts';

/** A button below a template's text. */
export interface TemplateButton {
  title: string;
  kind: TemplateView['buttons'][number]['kind'];
  /** What it calls or opens, or the answer's own id. */
  value: string | null;
  /** Where it leads, for one that opens a page of the web; nothing else is ever a link (threat T4). */
  href: string | null;
}

/** A file that came with a template. It lies at an address of its own. */
export interface TemplateFile {
  media: MediaView;
  address: string;
}

/** What a template that was sent has besides its text. */
export interface SentTemplate {
  buttons: TemplateButton[];
  files: TemplateFile[];
}

/** Buttons and files as the customer got them, with the values that were sent. */
export function sentTemplate(
  { variables }: Pick<TemplateRef, 'variables'>,
  view: Pick<TemplateView, 'buttons' | 'media'>,
): SentTemplate {
  // In one pass: a value that looks like a placeholder is text.
  const filled = (text: string): { text: string; complete: boolean } => {
    const pieces = piecesOf(text);
    const known = (key: string): boolean => Object.hasOwn(variables, key);
    return {
      text: pieces.map((piece) => (piece.key !== null && known(piece.key) ? variables[piece.key]! : piece.text)).join(''),
      complete: pieces.every(({ key }) => key === null || known(key)),
    };
  };
  const address = (text: string): string | null => {
    const { text: url, complete } = filled(text);
    return complete ? (webAddress(url)?.href ?? null) : null;
  };
  return {
    buttons: view.buttons.map(({ title, kind, value }) => ({
      title: filled(title).text,
      kind,
      value: value === null ? null : filled(value).text,
      href: kind === 'url' && value !== null ? address(value) : null,
    })),
    files: view.media.map((text) => fileAt(filled(text).text, address(text))),
  };
}

/** @param address null for what no link may lead to: the file is named all the same */
function fileAt(text: string, address: string | null): TemplateFile {
  return {
    address: address ?? '',
    media: {
      id: '',
      kind: address === null ? 'document' : linkKind({ url: address, contentType: '' }),
      contentType: '',
      size: null,
      name: linkName(text),
      state: 'linked',
      error: null,
      inline: false,
      durationMs: null,
    },
  };
}
