// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogError } from '../errors/log-error.js';
import type { LogEvent, LogHeader } from '../types.js';
import { LogDecoder } from './decoder.js';
import type { LogItem, ReadOptions } from './item.js';
import { type LogSource, plainChunks } from './source.js';

/**
 * The items of a log, pulled: nothing is read before it is asked for, and no more than a chunk and an
 * unfinished line are held. Throws a LogError where reading stops, after the items before it. A gzip or
 * zstd log is recognised by its first bytes.
 */
export async function* readLog(source: LogSource, options: ReadOptions = {}): AsyncGenerator<LogItem, void, void> {
  for await (const batch of readLogBatches(source, options)) yield* batch;
}

/** As `readLog`, with the items of each chunk together, which saves a promise per event. No batch is empty. */
export async function* readLogBatches(
  source: LogSource,
  options: ReadOptions = {},
): AsyncGenerator<readonly LogItem[], void, void> {
  const file = options.file ?? (typeof source === 'string' ? source : '<log>');
  const decoder = new LogDecoder({ ...options, file });
  const chunks = plainChunks(source, file);
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

/** A log that is held in memory as a whole. */
export interface Log {
  readonly header: LogHeader;
  readonly events: readonly LogEvent[];
  /** The line in the file of each event. */
  readonly lines: readonly number[];
  readonly diagnostics: readonly LogError[];
}

/** Reads a log as a whole. Throws a LogError as `readLog` does. */
export async function loadLog(source: LogSource, options: ReadOptions = {}): Promise<Log> {
  const items: LogItem[] = [];
  for await (const batch of readLogBatches(source, options)) for (const item of batch) items.push(item);
  return gather(items);
}

/** A log from its text, at once. Throws a LogError. */
export function parseLog(text: string, options: ReadOptions = {}): Log {
  const decoder = new LogDecoder(options);
  decoder.push(Buffer.from(text));
  decoder.end();
  return gather(decoder.take());
}

function gather(items: readonly LogItem[]): Log {
  let header: LogHeader = { specialbit: 1 };
  const events: LogEvent[] = [];
  const lines: number[] = [];
  const diagnostics: LogError[] = [];
  for (const item of items) {
    if (item.kind === 'header') header = item.header;
    else if (item.kind === 'diagnostic') diagnostics.push(item.diagnostic);
    else {
      events.push(item.event);
      lines.push(item.line);
    }
  }
  return { header, events, lines, diagnostics };
}
