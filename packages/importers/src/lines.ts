// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of a file, plain or compressed with gzip, in batches as they come. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A recording cannot be read; `message` begins with the file. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** The bytes of a file, inflated where they begin as gzip does. A pipe is read once, from its start. */
async function* inflated(file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: CHUNK });
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  async function* all(): AsyncGenerator<Buffer> {
    yield first.value as Buffer;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  const gzip = first.value.length >= 2 && first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!gzip) {
    yield* all();
    return;
  }
  for await (const chunk of Readable.from(all()).pipe(createGunzip({ chunkSize: CHUNK }))) yield chunk as Buffer;
}

const CHUNK = 1 << 18;

/** Batches of lines. A compressed file that breaks off gives what it has up to there. */
export async function* readLineBatches(file: string): AsyncGenerator<Line[]> {
  const decoder = new StringDecoder('utf8');
  // pieces of a line whose end has not come yet; lines of snapshots have many megabytes
  let rest: string[] = [];
  let number = 0;
  try {
    for await (const chunk of inflated(file)) {
      const text = decoder.write(chunk);
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
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'Z_BUF_ERROR') throw new RecordingError(`${file}: cannot be read: ${code ?? message}`);
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
