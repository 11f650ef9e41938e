// SPDX-License-Identifier: GPL-2.0-or-later
/** Imports traces, and whole recordings, as logs. */
import { findProfile } from '@specialbit/core';
import { convert } from './convert/log-of-records.js';
import { inOrder, mergeRecords } from './convert/merge.js';
import { nameMappings } from './convert/name-mappings.js';
import { machineOf } from './convert/recorded-machine.js';
import type { Imported, ImportOptions } from './imported.js';
import type { Parsed, TraceFormat } from './parse.js';
import type { Problems } from './problems.js';
import type { Recording, SnapshotMark } from './recording.js';
import type { TraceRecord } from './records.js';

/** What says that its thread used its address space. */
const USES = new Set<TraceRecord['type']>(['syscall', 'fault', 'exit']);

/** A trace whose lines were parsed. */
export interface ParsedTrace extends Parsed<TraceRecord[]> {
  readonly format: TraceFormat;
}

/** One trace of strace, ftrace or perf, or two of the same run with the same clock, as a log. */
export function importParsed(sources: readonly ParsedTrace[], options: ImportOptions = {}): Imported {
  const strace: TraceRecord[] = [];
  const trace: TraceRecord[] = [];
  for (const { format, value } of sources) {
    const into = format === 'strace' ? strace : trace;
    for (const record of value) into.push(record);
  }
  const problems = sources.map((source) => source.problems);
  const records = strace.length > 0 && trace.length > 0 ? mergeRecords(strace, trace) : inOrder([...strace, ...trace]);
  nameMappings(records, []);
  const release = machineOf(records).find((record) => record.release !== undefined)?.release;
  const profile = options.profile ?? (release === undefined ? undefined : profileOf(release));
  const known = profile !== undefined && findProfile(profile) !== undefined;
  const named = known ? { ...options, profile } : options;
  return convert({ records, problems, marks: [], isBefore: () => true, traced: trace.length > 0 }, named);
}

/** `linux-6.18` for a release such as `6.18.44-fc`. */
function profileOf(release: string): string | undefined {
  const match = /^(\d+\.\d+)/.exec(release);
  return match === null ? undefined : `linux-${match[1]}`;
}

/** A whole recording, with a checkpoint for each of its snapshots. `trace` is empty where the strace log is taken alone. */
export function importRecorded(
  recording: Recording,
  [strace, trace]: readonly [strace: readonly TraceRecord[], trace: readonly TraceRecord[]],
  problems: readonly Problems[],
  options: ImportOptions = {},
): Imported {
  const merged = strace.length > 0 && trace.length > 0;
  const records = merged ? mergeRecords(strace, trace) : inOrder([...strace, ...trace]);
  const begun = new Map<number, number>();
  const moving = new Map<number, Set<number>>();
  let during: Set<number> | undefined;
  for (const record of trace) {
    const mark = record.type === 'mark' ? /SNAP_(BEGIN|END) (\d+)/.exec(record.text) : null;
    if (mark === null || record.time === undefined) {
      if (USES.has(record.type)) during?.add(record.pid);
      continue;
    }
    during = mark[1] === 'BEGIN' ? new Set() : undefined;
    if (during === undefined) continue;
    begun.set(Number(mark[2]), record.time);
    moving.set(Number(mark[2]), during);
  }
  const timeOfLine = new Map<number, number>();
  const straceRecords = new Set<TraceRecord>(strace);
  for (const record of strace) if (record.time !== undefined) timeOfLine.set(record.line, record.time);
  const lineOrder = (record: TraceRecord, mark: SnapshotMark): boolean =>
    record.line < mark.strace_line || (record.line === mark.strace_line && !mark.entry);
  const isBefore = (record: TraceRecord, mark: SnapshotMark): boolean => {
    if (!merged && straceRecords.has(record)) return lineOrder(record, mark);
    const time = begun.get(mark.n);
    if (time === undefined) return true;
    const at = record.type === 'syscall' ? (record.end ?? record.time) : record.time;
    return (at ?? 0) <= time;
  };
  nameMappings(records, recording.snapshots);
  const profile = options.profile ?? profileOf(recording.kernel);
  const named = profile === undefined ? options : { ...options, profile };
  const movingIn = (mark: SnapshotMark): ReadonlySet<number> => moving.get(mark.n) ?? new Set();
  return convert({ records, problems, marks: recording.snapshots, isBefore, movingIn }, named);
}
