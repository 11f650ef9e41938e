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

/** Events in order: an array, or what makes them when they are asked for. */
export interface NumberedEvents extends Iterable<NumberedEvent> {
  readonly length: number;
  /** The event at an index from 0 to below `length`; what stands elsewhere is not to be asked for. */
  at(index: number): NumberedEvent | undefined;
  slice(from?: number, to?: number): NumberedEvent[];
}

/** A log of which any moment may be asked for. */
export interface LoadedLog<Events extends NumberedEvents = readonly NumberedEvent[]> {
  /** Its name in messages. */
  readonly file: string;
  readonly header: LogHeader;
  readonly events: Events;
}

/** A log that was read as a whole. */
export function loadedLog(file: string, { header, events, lines }: Log): LoadedLog {
  return { file, header, events: events.map((event, i) => ({ number: i + 1, line: lines[i]!, event })) };
}
