// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines through the parsers of traces. */
import type { Line } from './lines.js';
import { Problems } from './problems.js';
import type { LineParser, TraceRecord } from './records.js';
import { StraceParser } from './strace/strace.js';
import { FtraceParser } from './trace/ftrace.js';
import { PerfScriptParser } from './trace/perf-script.js';

/** Formats whose lines are records of what happened. */
export type TraceFormat = 'strace' | 'ftrace' | 'perf';

export interface Parsed<T> {
  readonly value: T;
  readonly problems: Problems;
}

export function traceParser(format: TraceFormat, problems: Problems): LineParser<TraceRecord> {
  switch (format) {
    case 'strace':
      return new StraceParser(problems);
    case 'ftrace':
      return new FtraceParser(problems);
    case 'perf':
      return new PerfScriptParser(problems);
  }
}

/** All records of a trace. `file`: for messages. */
export function parseTrace(file: string, format: TraceFormat, lines: readonly Line[]): Parsed<TraceRecord[]> {
  const problems = new Problems(file);
  const parser = traceParser(format, problems);
  const value: TraceRecord[] = [];
  const emit = (record: TraceRecord): void => void value.push(record);
  for (const { text, line } of lines) parser.parse(text, line, emit);
  parser.end(emit);
  return { value, problems };
}
