// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogError } from '../errors/log-error.js';
import type { LogEvent, LogHeader } from '../types.js';
import { LogDecoder } from './decoder.js';
import type { LogItem, ReadOptions } from './item.js';
import { utf8Bytes } from './utf8.js';

/** A log that is held in memory as a whole. */
export interface Log {
  readonly header: LogHeader;
  readonly events: readonly LogEvent[];
  /** The line in the file of each event. */
  readonly lines: readonly number[];
  readonly diagnostics: readonly LogError[];
}

/**
 * A log from its text, or from the bytes of its file where they are not compressed. Throws a LogError. What breaks off
 * in the middle of its last line is read up to there, and says so in `diagnostics`.
 */
export function parseLog(text: string | Uint8Array, options: ReadOptions = {}): Log {
  const decoder = new LogDecoder(options);
  decoder.push(typeof text === 'string' ? utf8Bytes(text) : text);
  decoder.end();
  return logOf(decoder.take());
}

/** The log that the items of a reading make up. */
export function logOf(items: readonly LogItem[]): Log {
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
