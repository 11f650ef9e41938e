// SPDX-License-Identifier: GPL-2.0-or-later
/** From files to a log. */
import { importParsed, importRecorded, type ParsedTrace } from '../import.js';
import type { Imported, ImportOptions } from '../imported.js';
import type { TraceFormat } from '../parse.js';
import type { Problems } from '../problems.js';
import type { Recording } from '../recording.js';
import type { TraceRecord } from '../records.js';
import { readTrace } from './read.js';

/** One log of strace, ftrace or perf, or two of the same run with the same clock. */
export async function importTraces(
  sources: readonly { readonly path: string; readonly format: TraceFormat }[],
  options: ImportOptions = {},
): Promise<Imported> {
  const parsed: ParsedTrace[] = [];
  for (const { path, format } of sources) parsed.push({ format, ...(await readTrace(path, format)) });
  return importParsed(parsed, options);
}

export interface RecordingOptions extends ImportOptions {
  /** Take the strace log alone, without the faults of the trace. */
  readonly faults?: boolean;
}

/** A whole recording, with a checkpoint for each of its snapshots. */
export async function importRecording(recording: Recording, options: RecordingOptions = {}): Promise<Imported> {
  const problems: Problems[] = [...recording.problems];
  const read = async (path: string | undefined, format: TraceFormat): Promise<TraceRecord[]> => {
    if (path === undefined) return [];
    const parsed = await readTrace(path, format);
    problems.push(parsed.problems);
    return parsed.value;
  };
  const strace = await read(recording.strace, 'strace');
  const trace = options.faults === false && strace.length > 0 ? [] : await read(recording.trace, 'ftrace');
  return importRecorded(recording, [strace, trace], problems, options);
}
