// SPDX-License-Identifier: GPL-2.0-or-later
/** The one loop over the events of a log, as a stream; replay, explain and compare work in it. */
import type { NumberedEvent } from '@specialbit/view';
import { defer, lastValueFrom, type Observable, repeat, takeWhile } from 'rxjs';
import { UsageError, warningLine } from '../failure.js';
import type { Terminal } from '../terminal.js';
import type { OpenedLog } from './open-log.js';

/**
 * What `work` makes of each item of `source`, until it is at its end (undefined). The next item is read when the work on
 * the one before is done: `from(source)` would read on while a slow terminal is written to, and hold all of it.
 */
function inTurn<T, R>(source: AsyncIterable<T>, work: (item: T) => Promise<R>): Observable<R | undefined> {
  return defer(() => {
    const reader = source[Symbol.asyncIterator]();
    return defer(async () => {
      const next = await reader.next();
      return next.done === true ? undefined : work(next.value);
    }).pipe(repeat());
  });
}

/**
 * Gives the first `at` events, all of them when it is absent, to `work`, and returns how many those are. Warns of a
 * truncated end. Throws what `work` throws, LogError for a line that cannot be read, and UsageError when the log has
 * fewer events.
 */
export async function playEvents(
  log: OpenedLog,
  at: number | undefined,
  terminal: Terminal,
  work: (numbered: NumberedEvent) => Promise<void> | void,
): Promise<number> {
  const last = at ?? Number.POSITIVE_INFINITY;
  let done = 0;
  const goesOn = async (batch: readonly NumberedEvent[]): Promise<boolean> => {
    for (const numbered of batch) {
      const waits = work(numbered);
      if (waits !== undefined) await waits;
      done = numbered.number;
      if (done >= last) return false;
    }
    return true;
  };
  try {
    if (last > 0) {
      const batches = inTurn(log.events, goesOn).pipe(takeWhile((more) => more === true));
      await lastValueFrom(batches, { defaultValue: undefined });
    }
  } finally {
    await log.close();
  }
  for (const warning of log.warnings) terminal.err(warningLine(warning));
  if (at !== undefined && done < at) throw tooFew(log, at, done);
  return done;
}

/**
 * The log with its first `at` events read: for who prints while it plays, and shall print nothing of a log that has
 * fewer. Throws UsageError for such a one, LogError for a line that cannot be read.
 */
export async function readAhead(log: OpenedLog, at: number): Promise<OpenedLog> {
  const reader = log.events[Symbol.asyncIterator]();
  const batches: (readonly NumberedEvent[])[] = [];
  let done = 0;
  while (done < at) {
    const next = await reader.next();
    if (next.done === true) throw tooFew(log, at, done);
    batches.push(next.value);
    done += next.value.length;
  }
  async function* events(): AsyncGenerator<readonly NumberedEvent[]> {
    yield* batches;
  }
  return { ...log, events: events() };
}

function tooFew({ file }: OpenedLog, at: number, events: number): UsageError {
  return new UsageError('usage.moment', `--at ${at}: ${file} has ${events} ${events === 1 ? 'event' : 'events'}`);
}
