// SPDX-License-Identifier: GPL-2.0-or-later
/** A log in memory, with its events numbered as people count them. */
import type { Log, LogEvent, LogHeader } from '@specialbit/events';

/** An event, and where it stands. */
export interface NumberedEvent {
  /** From 1. */
  readonly number: number;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly event: LogEvent;
}

/** A log of which any moment may be asked for. */
export interface LoadedLog {
  /** Its name in messages. */
  readonly file: string;
  readonly header: LogHeader;
  readonly events: readonly NumberedEvent[];
}

/** A log that was read as a whole. */
export function loadedLog(file: string, { header, events, lines }: Log): LoadedLog {
  return { file, header, events: events.map((event, i) => ({ number: i + 1, line: lines[i]!, event })) };
}
