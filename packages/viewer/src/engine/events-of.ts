// SPDX-License-Identifier: GPL-2.0-or-later
/** The events of a log: as objects, or, of a long one, made when they are asked for. */
import {
  type LogError,
  type LogEvent,
  type LogHeader,
  type PackedLog,
  parseLog,
  parsePacked,
} from '@specialbit/events';
import { loadedLog, type NumberedEvent, type NumberedEvents } from '@specialbit/view';

/** Bytes of a log whose events would fill the memory. */
const LONG = 4 * 2 ** 20;

export interface EventsOf {
  readonly header: LogHeader;
  readonly events: NumberedEvents;
  readonly errors: readonly LogError[];
}

/** `check`: what is wrong with an event that can be read. `long`: bytes from which on events are packed. */
export function eventsOf(
  file: string,
  bytes: Uint8Array,
  check: (event: LogEvent, line: number) => readonly LogError[],
  long = LONG,
): EventsOf {
  const options = { file, badLines: 'collect' } as const;
  if (bytes.length < long) {
    const read = parseLog(bytes, options);
    const { header, events } = loadedLog(file, read);
    return { header, events, errors: [...read.diagnostics, ...events.flatMap((one) => check(one.event, one.line))] };
  }
  const errors: LogError[] = [];
  const { log, diagnostics } = parsePacked(bytes, options, (event, line) => errors.push(...check(event, line)));
  return { header: log.header, events: new PackedEvents(log, log.length), errors: [...diagnostics, ...errors] };
}

/** Events that stand before a line. */
export function eventsBefore(events: NumberedEvents, line: number): NumberedEvents {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events.at(middle)!.line < line) low = middle + 1;
    else high = middle;
  }
  if (low === events.length) return events;
  return events instanceof PackedEvents ? events.first(low) : events.slice(0, low);
}

class PackedEvents implements NumberedEvents {
  constructor(
    private readonly log: PackedLog,
    readonly length: number,
  ) {}

  first(length: number): PackedEvents {
    return new PackedEvents(this.log, length);
  }

  at(index: number): NumberedEvent | undefined {
    if (index < 0 || index >= this.length) return undefined;
    return { number: index + 1, line: this.log.line(index), event: this.log.get(index) };
  }

  slice(from = 0, to = this.length): NumberedEvent[] {
    const first = Math.max(0, from);
    return Array.from({ length: Math.max(0, Math.min(to, this.length) - first) }, (_, i) => this.at(first + i)!);
  }

  *[Symbol.iterator](): Generator<NumberedEvent, void, void> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }
}
