/** The lines of a file, plain or compressed with gzip, in batches as they come. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** Batches of lines. A compressed file that breaks off gives what it has up to there. */
export async function* readLineBatches(file: string): AsyncGenerator<Line[]> {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  const bytes = (await isGzip(file)) ? raw.pipe(createGunzip({ chunkSize: 1 << 18 })) : raw;
  const decoder = new StringDecoder('utf8');
  // pieces of a line whose end has not come yet; lines of snapshots have many megabytes
  let rest: string[] = [];
  let number = 0;
  try {
    for await (const chunk of bytes) {
      const text = decoder.write(chunk as Buffer);
      if (!text.includes('\n')) {
        rest.push(text);
        continue;
      }
      const parts = text.split('\n');
      parts[0] = rest.join('') + parts[0]!;
      rest = [parts.pop()!];
      const batch: Line[] = [];
      for (const text of parts) batch.push({ text: text.endsWith('\r') ? text.slice(0, -1) : text, line: ++number });
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
  }
  const last = rest.join('');
  if (last !== '') yield [{ text: last, line: number + 1 }];
}

/** All lines of a text. */
export function linesOf(text: string): Line[] {
  const parts = text.split('\n');
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part, i) => ({ text: part.endsWith('\r') ? part.slice(0, -1) : part, line: i + 1 }));
}
