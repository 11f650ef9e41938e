// SPDX-License-Identifier: GPL-2.0-or-later
import { LogDecoder } from '../read/decoder.js';
import type { LogItem, ReadOptions } from '../read/item.js';
import { type Log, logOf } from '../read/parse-log.js';
import { type LogSource, plainChunks } from './source.js';

/**
 * The items of a log, pulled, those of each chunk together (which saves a promise per event; no batch is empty):
 * nothing is read before it is asked for, and no more than a chunk and an unfinished line are held. Throws a
 * LogError where reading stops, after the items before it. A gzip or zstd log is recognised by its first bytes.
 */
export async function* readLogBatches(
  source: LogSource,
  options: ReadOptions = {},
): AsyncGenerator<readonly LogItem[], void, void> {
  const file = options.file ?? (typeof source === 'string' ? source : '<log>');
  const decoder = new LogDecoder({ ...options, file });
  const chunks = plainChunks(source, file, { text: 'JSON Lines in UTF-8' });
  try {
    for (;;) {
      const next = await chunks.next();
      let failure: unknown;
      try {
        if (next.done === true) decoder.end(next.value);
        else decoder.push(next.value);
      } catch (error) {
        failure = error;
      }
      const items = decoder.take();
      if (items.length > 0) yield items;
      if (failure !== undefined) throw failure;
      if (next.done === true) return;
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** Reads a log as a whole. Throws a LogError as `readLogBatches` does. */
export async function loadLog(source: LogSource, options: ReadOptions = {}): Promise<Log> {
  const items: LogItem[] = [];
  for await (const batch of readLogBatches(source, options)) for (const item of batch) items.push(item);
  return logOf(items);
}
