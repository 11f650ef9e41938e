// SPDX-License-Identifier: GPL-2.0-or-later
/** What differs between lanes over several logs, as rows: a thing of a log, a value a lane. */
import { Comparison, type Part, tellingValues } from '@specialbit/core';
import { compareStep, eventText, foldRuns, type LoadedLog, namedLanes } from '@specialbit/view';
import { lanesOf } from '../log/lane.js';

export interface TableRow {
  readonly log: string;
  /** From 1. */
  readonly event: number;
  /** The event as one line. */
  readonly text: string;
  /** `return value`, `ring[0] vm_normal_page`. */
  readonly what: string;
  /** In the order of the lanes; of flags those that not all lanes have. */
  readonly values: readonly string[];
}

export interface LogTable {
  readonly log: string;
  readonly events: number;
  /** At how many events the lanes part. */
  readonly partings: number;
  readonly rows: readonly TableRow[];
}

/** What is told of every event; of what else differs, only what does at the first event that parts. */
const ALWAYS: ReadonlySet<Part['kind']> = new Set(['crash', 'signal', 'return', 'message', 'process']);

/** Plays a log on the lanes. Throws UsageError, InputError. */
export function logTable(log: LoadedLog, lanes: readonly string[]): { table: LogTable; names: readonly string[] } {
  const named = namedLanes(lanesOf(log.file, log.header, lanes, []));
  // what differs is asked for, and not why
  const comparison = new Comparison(named, { tries: 0 });
  const rows: TableRow[] = [];
  for (const numbered of log.events) {
    const step = compareStep(comparison, log.file, numbered);
    if (!step.parted) continue;
    const parts = step.divergences.filter(({ minor }) => !minor).flatMap((d) => d.parts);
    const told = parts.filter(({ kind, aspect }) => aspect !== 'reason' && (rows.length === 0 || ALWAYS.has(kind)));
    const folded = foldRuns(
      told.map((part) => ({ name: nameOf(part), cells: tellingValues(part).map((value) => value ?? '-') })),
    );
    for (const { name, cells } of folded) {
      rows.push({ log: log.file, event: numbered.number, text: eventText(numbered.event), what: name, values: cells });
    }
  }
  const table = { log: log.file, events: log.events.length, partings: comparison.count, rows };
  return { table, names: comparison.laneNames };
}

const nameOf = ({ what, aspect }: Part): string => (what === 'outcome' ? aspect : `${what} ${aspect}`);
