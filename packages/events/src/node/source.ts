// SPDX-License-Identifier: GPL-2.0-or-later
import { createReadStream } from 'node:fs';
import { LogError } from '../errors/log-error.js';
import { lookup } from '../lookup.js';
import { type Cut, compressionOf, inflaterFor, MAGIC_BYTES } from './decompress.js';

/** A path, or the bytes or text of a log in pieces of any size; a Node stream is one of these. */
export type LogSource = string | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

const READ_BYTES = 64 * 1024;

export interface PlainOptions {
  /** What the source should be, for messages: `JSON Lines in UTF-8`. */
  readonly text: string;
  /** Told how many bytes of the source were read in all, compressed as they may be. */
  readonly onRead?: (bytes: number) => void;
}

/** A text as bytes, decompressed; returns what its compression broke off with, if it did. */
export async function* plainChunks(
  source: LogSource,
  file: string,
  { text, onRead }: PlainOptions,
): AsyncGenerator<Uint8Array, Cut | undefined, void> {
  const chunks = withWholeMagic(rawChunks(source, file, onRead));
  let next = await chunks.next();
  try {
    if (next.done === true) return undefined;
    const format = compressionOf(next.value);
    if (format === undefined) {
      for (; next.done !== true; next = await chunks.next()) yield next.value;
      return undefined;
    }
    const inflater = inflaterFor(format);
    if (inflater === undefined) {
      const expected = `${text}, plain or compressed with gzip or zstd`;
      throw new LogError({ code: 'log-compression', file, line: 0, expected, found: `${format} data` });
    }
    try {
      for (; next.done !== true; next = await chunks.next()) {
        for (let at = 0; at < next.value.length; at += inflater.slice) {
          yield* await inflater.push(next.value.subarray(at, at + inflater.slice));
        }
      }
      const { chunks: rest, cut } = await inflater.end();
      yield* rest;
      return cut;
    } finally {
      inflater.close();
    }
  } finally {
    await chunks.return();
  }
}

async function* rawChunks(
  source: LogSource,
  file: string,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array, void, void> {
  let read = 0;
  try {
    const pieces = typeof source === 'string' ? createReadStream(source, { highWaterMark: READ_BYTES }) : source;
    for await (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      read += bytes.length;
      onRead(read);
      yield bytes;
    }
  } catch (error) {
    throw unreadable(error, file);
  }
}

/** The first chunk is long enough to tell a compressed log, unless the log is shorter than that. */
async function* withWholeMagic(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    if (start.length < MAGIC_BYTES) continue;
    yield start;
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield start;
}

const REASONS: Readonly<Record<string, string>> = lookup({
  ENOENT: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'no permission',
});

/** An error of the file system as a LogError; anything else as it is. */
export function unreadable(error: unknown, file: string, expected = 'a file that can be read'): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error instanceof LogError || code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new LogError({ code: 'file-unreadable', file, line: 0, expected, found: REASONS[code] ?? code });
}
