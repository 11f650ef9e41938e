// SPDX-License-Identifier: GPL-2.0-or-later
/** A log by its path: from the cache that an earlier reading left, or from its lines. */
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { LogError } from '../../errors/log-error.js';
import { Packer } from '../../packed/pack.js';
import { PackedLog } from '../../packed/packed-log.js';
import type { ReadOptions } from '../../read/item.js';
import type { LogHeader } from '../../types.js';
import { crypto } from '../crypto.js';
import { readLogBatches } from '../read-log.js';
import { unreadable } from '../source.js';
import { type CacheRefusal, formatCache, parseCache } from './cache-file.js';
import { cachePath, defaultCacheFolder, readCacheFile, untrustedFolder, writeCacheFile } from './cache-folder.js';

const READ_BYTES = 1024 * 1024;

export interface CacheOptions extends Pick<ReadOptions, 'file' | 'badLines' | 'maxLineBytes'> {
  /** The folder of caches; `$XDG_CACHE_HOME/specialbit` or `~/.cache/specialbit` when absent; false: no cache. */
  readonly cache?: string | false;
}

/** A log, and how it was come by. */
export interface OpenedLog {
  readonly log: PackedLog;
  /** What was left out; a log with diagnostics is never cached. */
  readonly diagnostics: readonly LogError[];
  /** The events come from the cache. */
  readonly cached: boolean;
  /** Why not, and why nothing was written, where that is so; one line. */
  readonly reason: string | undefined;
  /** The file of the cache that was read or written. */
  readonly cachePath: string | undefined;
}

/**
 * Reads a log as a whole, from its cache where there is one that belongs to exactly this content; otherwise
 * from its lines, and writes the cache. A cache that cannot be read or written never makes this fail.
 * Throws a LogError as `loadLog` does.
 */
export async function openLogCached(path: string, options: CacheOptions = {}): Promise<OpenedLog> {
  const folder = options.cache === false ? undefined : (options.cache ?? defaultCacheFolder());
  if (folder === undefined) return fromLines(path, options, undefined, 'the cache is off');
  const untrusted = await untrustedFolder(folder);
  if (untrusted !== undefined) return fromLines(path, options, undefined, `the cache is off: ${untrusted}`);
  const hash = await hashOf(path, options.file ?? path);
  const where = cachePath(folder, hash);
  const file = await readCacheFile(where);
  let refusal: CacheRefusal = 'absent';
  if (file !== undefined) {
    const found = parse(file, hash);
    if (typeof found !== 'string') {
      return { log: found, diagnostics: [], cached: true, reason: undefined, cachePath: where };
    }
    refusal = found;
  }
  return fromLines(path, options, folder, refusal === 'absent' ? 'no cache yet' : `the cache is refused: ${refusal}`);
}

function parse(file: Buffer, hash: Uint8Array): PackedLog | CacheRefusal {
  try {
    return parseCache(file, hash);
  } catch {
    return 'damaged';
  }
}

async function fromLines(
  path: string,
  options: CacheOptions,
  folder: string | undefined,
  reason: string,
): Promise<OpenedLog> {
  const hash = crypto().createHash('sha256');
  const packer = new Packer();
  const diagnostics: LogError[] = [];
  let header: LogHeader = { specialbit: 1 };
  let headerLine = 1;
  const { cache: _, ...reading } = options;
  // what is written is keyed by the very bytes that were decoded
  for await (const batch of readLogBatches(bytesOf(path, hash), { file: path, ...reading })) {
    for (const item of batch) {
      if (item.kind === 'event') packer.add(item.event, item.line);
      else if (item.kind === 'diagnostic') diagnostics.push(item.diagnostic);
      else {
        header = item.header;
        headerLine = item.line;
      }
    }
  }
  const { tables, offsets, bytes } = packer.end(header, headerLine);
  const log = new PackedLog(tables, offsets, bytes);
  const result = { log, diagnostics, cached: false };
  if (folder === undefined) return { ...result, reason, cachePath: undefined };
  if (diagnostics.length > 0) {
    return { ...result, reason: 'a log with problems is not cached', cachePath: undefined };
  }
  const key = hash.digest();
  const where = cachePath(folder, key);
  try {
    await writeCacheFile(folder, where, formatCache(key, tables, offsets, bytes));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ...result, reason: `${reason}, and none can be written: ${why}`, cachePath: undefined };
  }
  return { ...result, reason, cachePath: where };
}

async function* bytesOf(path: string, hash: Hash): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    hash.update(chunk as Uint8Array);
    yield chunk as Uint8Array;
  }
}

async function hashOf(path: string, file: string): Promise<Uint8Array> {
  const hash = crypto().createHash('sha256');
  try {
    for await (const _ of bytesOf(path, hash)) {
      // hashed on the way
    }
  } catch (error) {
    throw unreadable(error, file);
  }
  return hash.digest();
}
