/** A log in memory, for commands that look at its moments in any order. */
import type { LogHeader } from '@specialbit/events';
import { UsageError } from '../failure.js';
import { type NumberedEvent, openLog } from '../log/open-log.js';
import type { Terminal } from '../terminal.js';

export interface LoadedLog {
  readonly file: string;
  readonly header: LogHeader;
  readonly events: readonly NumberedEvent[];
}

/** Reads a whole log. Warns of a truncated end; throws LogError. */
export async function loadLog(file: string, terminal: Pick<Terminal, 'err'>): Promise<LoadedLog> {
  const log = await openLog(file);
  const events: NumberedEvent[] = [];
  try {
    for await (const batch of log.events) for (const numbered of batch) events.push(numbered);
  } finally {
    await log.close();
  }
  for (const warning of log.warnings) terminal.err(`specialbit: warning: ${warning.message}\n`);
  return { file: log.file, header: log.header, events };
}

/** A moment that an option names: the number of events before it; the end when absent. Throws UsageError. */
export function momentOf(log: LoadedLog, option: string, n: number | undefined): number {
  const { length } = log.events;
  if (n === undefined) return length;
  if (n <= length) return n;
  throw new UsageError(`${option} ${n}: ${log.file} has ${length} ${length === 1 ? 'event' : 'events'}`);
}
