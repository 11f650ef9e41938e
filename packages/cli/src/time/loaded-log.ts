// SPDX-License-Identifier: GPL-2.0-or-later
/** A log in memory, for commands that look at its moments in any order. */

import { stat } from 'node:fs/promises';
import { openLogCached } from '@specialbit/events/node';
import type { LoadedLog, NumberedEvent } from '@specialbit/view';
import { checkExpectedNames } from '@specialbit/view';
import { architectures } from '../architectures.js';
import { UsageError, warningLine } from '../failure.js';
import { openLog } from '../log/open-log.js';
import { isRecording } from '../log/own-log.js';
import type { Terminal } from '../terminal.js';

/** Smaller logs are read faster than their cache would be found. */
const CACHED_FROM_BYTES = 1024 * 1024;

/**
 * Reads a whole log, a large one from its cache when it was read before (SPECIALBIT_CACHE=off: never).
 * Warns of a truncated end; throws LogError.
 */
export async function loadLog(file: string, terminal: Pick<Terminal, 'err'>): Promise<LoadedLog> {
  if (await isLarge(file)) return loadCached(file, terminal);
  const log = await openLog(file);
  const events: NumberedEvent[] = [];
  try {
    for await (const batch of log.events) for (const numbered of batch) events.push(numbered);
  } finally {
    await log.close();
  }
  for (const warning of log.warnings) terminal.err(warningLine(warning));
  return { file: log.file, header: log.header, events };
}

async function isLarge(file: string): Promise<boolean> {
  if (file === '-' || process.env.SPECIALBIT_CACHE === 'off') return false;
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size < CACHED_FROM_BYTES) return false;
  return !(await isRecording(file));
}

async function loadCached(file: string, terminal: Pick<Terminal, 'err'>): Promise<LoadedLog> {
  const { log, diagnostics } = await openLogCached(file);
  for (const warning of diagnostics) terminal.err(warningLine(warning));
  const events: NumberedEvent[] = [];
  for (let i = 0; i < log.length; i++) {
    const event = log.get(i);
    const line = log.line(i);
    if (event.type === 'expect') checkExpectedNames(event, { file, line }, architectures);
    events.push({ number: i + 1, line, event });
  }
  return { file, header: log.header, events };
}

/** A moment that an option names: the number of events before it; the end when absent. Throws UsageError. */
export function momentOf(log: LoadedLog, option: string, n: number | undefined): number {
  const { length } = log.events;
  if (n === undefined) return length;
  if (n <= length) return n;
  throw new UsageError(
    'usage.moment',
    `${option} ${n}: ${log.file} has ${length} ${length === 1 ? 'event' : 'events'}`,
  );
}
