// SPDX-License-Identifier: GPL-2.0-or-later
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { formatEvent, formatHeader } from '../format.js';
import type { LogEvent, LogHeader } from '../types.js';
import { crypto } from './crypto.js';
import { unreadable } from './source.js';

export interface WriteOptions {
  /** Compress with gzip; by default when the path ends in `.gz`. */
  readonly gzip?: boolean;
}

/** Lines are handed on in pieces of about this many characters. */
const PIECE = 64 * 1024;

/**
 * Writes a log under a temporary name beside `path` and renames it when it is whole: `path` has the old
 * log or the new one, never a part. Throws a LogError when the file cannot be written, and whatever
 * `events` throws.
 */
export async function writeLog(
  path: string,
  header: LogHeader,
  events: Iterable<LogEvent> | AsyncIterable<LogEvent>,
  options: WriteOptions = {},
): Promise<void> {
  // a device or a pipe is written to, not replaced
  const special = await stat(path).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
  const temporary = special ? path : `${path}.${crypto().randomUUID()}.tmp`;
  const filters: Transform[] = (options.gzip ?? path.endsWith('.gz')) ? [createGzip()] : [];
  const target = createWriteStream(temporary, special ? { flags: 'w' } : { flags: 'wx', flush: true });
  try {
    await pipeline([Readable.from(pieces(header, events)), ...filters, target]);
    if (!special) await rename(temporary, path);
  } catch (error) {
    if (!special) await rm(temporary, { force: true });
    throw unreadable(error, path, 'a file that can be written');
  }
}

async function* pieces(
  header: LogHeader,
  events: Iterable<LogEvent> | AsyncIterable<LogEvent>,
): AsyncGenerator<string> {
  let piece = `${formatHeader(header)}\n`;
  for await (const event of events) {
    piece += `${formatEvent(event)}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
