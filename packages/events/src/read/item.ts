// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogError } from '../errors/log-error.js';
import type { LogEvent, LogHeader } from '../types.js';

/** The header, first of all items. */
export interface HeaderItem {
  readonly kind: 'header';
  readonly header: LogHeader;
  readonly line: number;
}
export interface EventItem {
  readonly kind: 'event';
  readonly event: LogEvent;
  readonly line: number;
}
/** Something that was left out: a bad line in mode `collect`, or the truncated end of a log in any mode. */
export interface DiagnosticItem {
  readonly kind: 'diagnostic';
  readonly diagnostic: LogError;
  readonly line: number;
}
/** What reading a log yields, in the order of the file. */
export type LogItem = HeaderItem | EventItem | DiagnosticItem;

/** How a log is read. */
export interface ReadOptions {
  /** The log's name in messages; a path when it is read from one. */
  readonly file?: string;
  /**
   * What a bad line does: `stop` (default) throws its LogError, `collect` yields it as a diagnostic and
   * goes on. A log that is unreadable as a whole (binary, without header) throws in both modes.
   */
  readonly badLines?: 'stop' | 'collect';
  /** The longest line that is held, in bytes; 64 MiB by default. */
  readonly maxLineBytes?: number;
}

export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** So many lines in a row that say nothing are no log's: little that unpacks to much would be read for minutes. */
export const MOST_EMPTY_LINES = 2 ** 22;
/** What is said of one more. */
export const NOTHING = {
  code: 'lines-empty',
  expected: `at most ${MOST_EMPTY_LINES} lines in a row that say nothing`,
  found: 'more',
} as const;
