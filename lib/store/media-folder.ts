import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { HEAD_BYTES, TAIL_BYTES } from '../domain/media-type.ts';

/** Only names that we made: nothing from outside ever becomes part of a path. */
const OUR_NAME = /^[0-9a-f]{32}$/;

/** The files of messages, in a folder beside the store. */
export class MediaFolder {
  readonly path: string;

  /** @param centerFile the store's own file */
  constructor(centerFile: string) {
    this.path = `${centerFile}.media`;
  }

  /** @throws Error for a name that is not one of ours */
  pathOf(file: string): string {
    if (!OUR_NAME.test(file)) throw new Error('This is no name of a media file.');
    return join(this.path, file);
  }

  /**
   * Writes a file from its chunks; what is there when this returns survives a power cut. A file that was not finished is removed.
   * @throws FileTooLarge past the limit; whatever the chunks' source throws
   */
  async write(file: string, chunks: AsyncIterable<Uint8Array>, limit: number): Promise<FileEnds> {
    const path = this.pathOf(file);
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const handle = await open(path, 'w', 0o600);
    try {
      let size = 0;
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > limit) throw new FileTooLarge(limit);
        await handle.write(chunk);
      }
      await handle.sync();
    } catch (error) {
      await handle.close();
      await this.remove(file);
      throw error;
    }
    await handle.close();
    return this.ends(file);
  }

  /** A file's size, beginning and end, which tell what it is. */
  async ends(file: string): Promise<FileEnds> {
    const handle = await open(this.pathOf(file), 'r');
    try {
      const { size } = await handle.stat();
      const head = await readAt(handle, 0, Math.min(size, HEAD_BYTES));
      const tail = await readAt(handle, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
      return { size, head, tail };
    } finally {
      await handle.close();
    }
  }

  /** Removes a file; one that is not there is removed already. */
  async remove(file: string): Promise<void> {
    try {
      await unlink(this.pathOf(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

export interface FileEnds {
  size: number;
  head: Buffer;
  tail: Buffer;
}

/** The file has more bytes than it may have. */
export class FileTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`The file is larger than ${limit} bytes.`);
    this.name = 'FileTooLarge';
    this.limit = limit;
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
