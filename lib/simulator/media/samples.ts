import { readFile } from 'node:fs/promises';
import type { FileKind } from '../phone-contract.ts';

/** A small file to send when nobody has one at hand. */
export interface Sample {
  name: string;
  contentType: string;
}

export const SAMPLES: Readonly<Record<FileKind, Sample>> = {
  image: { name: 'parcel-label.jpg', contentType: 'image/jpeg' },
  voice: { name: 'voice-note.ogg', contentType: 'audio/ogg' },
  video: { name: 'delivery-van.mp4', contentType: 'video/mp4' },
  document: { name: 'invoice-2024-117.pdf', contentType: 'application/pdf' },
  sticker: { name: 'smile.webp', contentType: 'image/webp' },
  contacts: { name: 'contact.vcf', contentType: 'text/vcard' },
};

export function readSample(kind: FileKind): Promise<Buffer> {
  return readFile(new URL(`../samples/${SAMPLES[kind].name}`, import.meta.url));
}
