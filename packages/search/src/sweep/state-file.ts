// SPDX-License-Identifier: GPL-2.0-or-later
/** The state of a sweep as a file: what it is of, the jobs that are done, and an entry a line. */
import { decodeEvent, LogError } from '@specialbit/events';
import { SearchError } from '../errors.js';
import { compareText, type Entry, logOf } from './corpus.js';
import { jobsOf, type SweepSettings } from './settings.js';
import { SweepState } from './state.js';

const FORMAT = 1;
/** A sweep has never so many. */
const ROUNDS = 2 ** 32;

/** Equal states have equal lines. */
export function* formatState(state: SweepState): Generator<string, void, void> {
  const entries = state.corpus.sorted();
  const jobs = [...state.done].sort(([a], [b]) => compareText(a, b));
  yield `${JSON.stringify({ specialbit_sweep: FORMAT, settings: state.settings, entries: entries.length, jobs })}\n`;
  for (const { key, lanes, log } of entries) {
    yield `{"key":${JSON.stringify(key)},"lanes":${JSON.stringify(lanes)},"log":[${log.split('\n').join(',')}]}\n`;
  }
}

/** Throws SearchError `search.state`, with `name` and the line. */
export function parseState(name: string, text: string): SweepState {
  const [first = '', ...rest] = text.split('\n');
  const wrong = (line: number, what: string): SearchError =>
    new SearchError('search.state', `${name}:${line}: ${what}`);
  const header = json(first);
  if (!isHeader(header)) throw wrong(1, 'expected the first line of a sweep ({"specialbit_sweep":1, ...})');
  const { specialbit_sweep: format, settings, entries: count, jobs } = header;
  if (format !== FORMAT) throw wrong(1, `expected format ${FORMAT}, found ${format}`);
  const lines = rest.filter((line) => line !== '');
  if (lines.length !== count)
    throw wrong(lines.length + 1, `expected ${count} entries behind it, found ${lines.length}`);
  const entries = lines.map((line, i): Entry => {
    const entry = json(line);
    if (!isEntry(entry)) throw wrong(i + 2, 'expected {"key":...,"lanes":[...],"log":[...]}');
    try {
      return { key: entry.key, lanes: entry.lanes, log: logOf(entry.log.map((event) => decodeEvent(event))) };
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      throw wrong(i + 2, error.message.replace(/^<event>: /, ''));
    }
  });
  const state = new SweepState(settings, entries);
  for (const [job, events] of jobs) {
    const [round, index] = job.split(':').map(Number) as [number, number];
    if (round >= ROUNDS || index >= jobsOf(settings)) throw wrong(1, `jobs: the sweep has no job ${job}`);
    state.done.set(job, events);
  }
  return state;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

interface Header {
  readonly specialbit_sweep: number;
  readonly settings: SweepSettings;
  readonly entries: number;
  readonly jobs: readonly (readonly [string, number])[];
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isHeader(value: unknown): value is Header {
  if (!isRecord(value)) return false;
  const { settings, jobs } = value;
  const isJob = (job: unknown): boolean =>
    Array.isArray(job) && isText(job[0]) && /^\d+:\d+$/.test(job[0]) && isNatural(job[1]);
  return (
    isNatural(value.specialbit_sweep) &&
    isNatural(value.entries) &&
    Array.isArray(jobs) &&
    jobs.every(isJob) &&
    isSettings(settings)
  );
}

const NUMBERS = ['seed', 'runs', 'job', 'length', 'pages', 'mappings'] as const;

export function isSettings(value: unknown): value is SweepSettings {
  if (!isRecord(value)) return false;
  const { lanes, frames, events, start } = value;
  return (
    isTexts(lanes) &&
    isTexts(frames) &&
    (events === null || isTexts(events)) &&
    isText(start) &&
    NUMBERS.every((name) => isNatural(value[name])) &&
    (value.job as number) > 0
  );
}

function isEntry(value: unknown): value is { key: string; lanes: string[]; log: unknown[] } {
  return (
    isRecord(value) && isText(value.key) && isTexts(value.lanes) && Array.isArray(value.log) && value.log.length > 0
  );
}
