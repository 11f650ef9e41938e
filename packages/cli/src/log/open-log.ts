// SPDX-License-Identifier: GPL-2.0-or-later
/** A log on its way to the model: its header, then its events one by one. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogError, LogHeader } from '@specialbit/events';
import { type LogSource, readLogBatches } from '@specialbit/events/node';
import type { NumberedEvent } from '@specialbit/view';
import { checkExpectedNames } from '@specialbit/view';
import { architectures } from '../architectures.js';
import { InputError } from '../failure.js';
import { EXAMPLES } from '../places.js';
import { isRecording } from './own-log.js';

export interface OpenedLog {
  readonly file: string;
  readonly header: LogHeader;
  /** Can be read once; throws LogError at a line that cannot be read. */
  readonly events: AsyncIterable<readonly NumberedEvent[]>;
  /** What was left out, a truncated end; complete when the events are. */
  readonly warnings: readonly (LogError | InputError)[];
  /** Of a dump of page tables: what the kernel itself said of an entry, by address. */
  readonly seen?: ReadonlyMap<number, readonly string[]>;
  close(): Promise<void>;
}

/** Reads up to the header. Throws LogError. `source` in place of the file's own bytes. */
export async function openLog(given: string, source?: LogSource): Promise<OpenedLog> {
  const file = source === undefined ? exampleOr(given) : given;
  const from: LogSource = source ?? (file === '-' ? process.stdin : file);
  const name = file === '-' ? '<stdin>' : file;
  if (source === undefined && file !== '-' && (await isRecording(file))) return openRecorded(file);
  const batches = readLogBatches(from, { file: name });
  const warnings: LogError[] = [];
  let number = 0;
  let header: LogHeader | undefined;
  const take = (batch: Awaited<ReturnType<typeof batches.next>>['value']): NumberedEvent[] => {
    const events: NumberedEvent[] = [];
    for (const item of batch ?? []) {
      if (item.kind === 'header') header = item.header;
      else if (item.kind === 'diagnostic') warnings.push(item.diagnostic);
      else {
        const { line, event } = item;
        if (event.type === 'expect') checkExpectedNames(event, { file: name, line }, architectures);
        events.push({ number: ++number, line, event });
      }
    }
    return events;
  };
  const first = await batches.next();
  const early = first.done === true ? [] : take(first.value);
  // the reader throws for a log without header: this is for the compiler
  if (header === undefined)
    throw new InputError('input.header', `${name}: expected a header line such as {"specialbit":1}`);
  async function* events(): AsyncGenerator<readonly NumberedEvent[]> {
    if (early.length > 0) yield early;
    for await (const batch of batches) yield take(batch);
  }
  return { file: name, header, events: events(), warnings, close: async () => void (await batches.return()) };
}

/** `examples/NAME`, as the help has it: where no such file is, that of the examples which come with the command. */
function exampleOr(file: string): string {
  if (!/^examples[/\\]/.test(file) || existsSync(file)) return file;
  const name = file.slice('examples/'.length);
  return EXAMPLES.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? file;
}

/** A recording of another tool, imported on the way. */
async function openRecorded(file: string): Promise<OpenedLog> {
  const { importFiles, unreadLines } = await import('../import/imported-log.js');
  const imported = await importFiles([file], {});
  const { header, events, origins, seen } = imported;
  async function* numbered(): AsyncGenerator<readonly NumberedEvent[]> {
    yield events.map((event, i) => ({ number: i + 1, line: origins[i]!.line, event }));
  }
  const kernel = seen === undefined ? {} : { seen };
  return { file, header, events: numbered(), warnings: unreadLines(imported), close: async () => {}, ...kernel };
}
