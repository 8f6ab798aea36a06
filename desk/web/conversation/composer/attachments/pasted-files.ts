import type { GivenFile } from '../../../live/prepare-file.ts';

/** What is pasted or dropped, as far as it matters here. */
export interface Brought {
  types: readonly string[];
  files: ArrayLike<File>;
}

/**
 * The files among what is pasted. Cells of a spreadsheet come as a text with its look and as a picture of themselves: there the text
 * is meant. A copied file comes with its name as a plain text: there the file is meant.
 */
export function pastedFiles(brought: Brought | null): GivenFile[] {
  if (brought === null || brought.files.length === 0) return [];
  const isText = brought.types.includes('text/plain') && brought.types.includes('text/html');
  return isText ? [] : givenFiles(brought.files);
}

/** Files as the tray takes them. A pasted picture is called "image.png" by every browser, which says nothing but is a name. */
export function givenFiles(files: ArrayLike<File>): GivenFile[] {
  return Array.from(files, (file) => ({ name: file.name, content: file }));
}

/** Whether something that is dragged over the page has files. */
export function hasFiles(brought: Pick<Brought, 'types'> | null): boolean {
  return brought !== null && brought.types.includes('Files');
}
