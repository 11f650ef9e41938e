// SPDX-License-Identifier: GPL-2.0-or-later
import { encodeEvent } from './codecs/event.js';
import { encodeHeader } from './codecs/header.js';
import type { LogEvent, LogHeader } from './types.js';

/**
 * An event as one line of a log in canonical form, without newline: places as `"ring[2]"`, flags by their names, defaults
 * left out. `JSON.stringify(event)` is longer and says the same: the reader takes a decoded event as it takes this line.
 */
export function formatEvent(event: LogEvent): string {
  return JSON.stringify(encodeEvent(event));
}

/** A header as the first line of a log in canonical form, without newline. */
export function formatHeader(header: LogHeader): string {
  return JSON.stringify(encodeHeader(header));
}

/** The lines of a log, each with its newline. */
export function* formatLog(header: LogHeader, events: Iterable<LogEvent>): Generator<string, void, void> {
  yield `${formatHeader(header)}\n`;
  for (const event of events) yield `${formatEvent(event)}\n`;
}
