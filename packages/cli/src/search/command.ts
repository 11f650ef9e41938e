// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit search --lane A,B`: the shortest log at which lanes part, or that does something else. */
import type { NamedLane } from '@specialbit/core';
import { encodeEvent, type LogHeader } from '@specialbit/events';
import {
  alphabet,
  COVER,
  type Found,
  GOAL_FORMS,
  goalNamed,
  type Progress,
  search,
  searchHeader,
} from '@specialbit/search';
import { count, namedLanes, wrap } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, list, natural } from '../command-context.js';
import { folderOf } from '../export/output.js';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { coverLines, unreachedWays } from './cover-text.js';
import { causeKey, type FoundLog, foundLines, foundLog, logLines, several, writeLogs } from './found-log.js';

export interface SearchCommandOptions {
  readonly lane?: string[];
  readonly depth: number;
  readonly goal?: string;
  readonly events?: string[];
  readonly pages: number;
  readonly frames: string[];
  readonly mappings: number;
  readonly perCause?: boolean;
  readonly cover?: boolean;
  readonly states: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** No log that a search comes to is longer. */
const MOST_EVENTS = 255;

/** An option's names, with commas; can be repeated. */
export const names = (text: string, before: string[] = []): string[] => [
  ...before,
  ...text.split(',').map((one) => one.trim()),
];

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('search')
    .description('the shortest log at which lanes part, or that does something else, of all that there are')
    .option('--lane, --arch <names>', 'lanes, with commas (default: x86_64,arm)', list)
    .option('--depth <n>', 'events of a log, at most', natural, 3)
    .option('--goal <goal>', `what is looked for: ${GOAL_FORMS.join(', ')} (default: parts)`)
    .option('--per-cause', 'go on behind the first: a shortest log for each cause, or each kind of what is looked for')
    .option('--cover', 'a witness for every way through vm_normal_page() and the calls that map frames')
    .option('--events <types>', 'only events of these types, or all that there are: all', names)
    .option('--pages <n>', 'pages of a mapping', natural, 2)
    .option('--frames <labels>', 'frames that the driver maps (default: P0,D0)', names)
    .option('--mappings <n>', 'mappings there can be at once', natural, 1)
    .option('--states <n>', 'stop when so many states were met', natural, 1_000_000)
    .option('-o, --output <path>', 'write the log to a file; with --per-cause, logs into a folder')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Every log of one event is tried, then every log of two, and so on: the first
that is found is a shortest one, and "none" means that there is none of these
events. Lanes are played side by side, each state that was met before is left.

Examples:
  specialbit search --lane arm-lpae,arm --depth 2
  specialbit search --lane x86_64,arm --depth 3 --per-cause --pages 1
  specialbit search --lane x86_64 --goal reason:insert_pfn_busy --depth 3
  specialbit search --lane x86_64@6.12,x86_64@7.3 --depth 2 --pages 1
  specialbit search --cover --lane x86_64,arm --depth 2

Exit codes: 0 something was found; 1 nothing up to that depth, or the limit of
states was reached before; 2 wrong usage.`,
    )
    .action(async ({ arch, ...options }) => done(await searchLogs({ ...options, lane: arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, SearchError. */
export async function searchLogs(options: SearchCommandOptions, terminal: Terminal): Promise<number> {
  const { depth, output } = options;
  const cover = options.cover === true;
  if (cover && options.goal !== undefined)
    throw new UsageError('usage.value', `--cover looks for every way: --goal ${options.goal} has no place beside it`);
  const goal = cover ? COVER : goalNamed(options.goal ?? 'parts');
  const perCause = options.perCause === true || cover;
  const lanes = namedLanes(lanesOf('--lane', searchHeader(options.frames), options.lane, ['x86_64', 'arm']));
  if (goal.parts && lanes.length < 2)
    throw new UsageError('usage.architecture', 'lanes part when there are two or more: --lane x86_64,arm');
  if (depth < 1 || depth > MOST_EVENTS)
    throw new UsageError('usage.value', `--depth ${depth}: expected 1 event or more, ${MOST_EVENTS} at most`);
  if (options.states < 1) throw new UsageError('usage.value', '--states 0: expected 1 state or more');
  const frames = framesOf(lanes, options.frames);
  const letters = alphabet({
    ...{ pages: options.pages, mappings: options.mappings, frames },
    ...(options.events === undefined ? {} : { types: options.events }),
  });
  const found = search(lanes, letters, goal, {
    ...{ depth, states: options.states, all: perCause },
    progress: progressLine(terminal),
  });
  terminal.redraw();
  const logs = cover
    ? found.findings.map(({ kind, events }): FoundLog => ({ kind, events, divergences: [] }))
    : perCauseLogs(found.findings.map(({ kind, events }) => foundLog(lanes, kind, events)));
  const header = headerOf(lanes, goal.name, frames);
  if (output !== undefined && logs.length > 0) {
    if (perCause) folderOf(output);
    await writeLogs(
      logs.map((log) => logLines(header, log)),
      output,
      perCause,
      terminal,
    );
  }
  await terminal.out(
    options.json === true
      ? `${JSON.stringify({ ...jsonOf(lanes, letters.events.length, found, logs), ...(cover && { unreached: unreachedWays(found.findings) }) }, null, 2)}\n`
      : `${(cover ? coverLines(lanes, letters.events.length, found, terminal) : textOf(lanes, letters.events.length, found, logs, options, terminal)).join('\n')}\n`,
  );
  return logs.length > 0 ? EXIT.fine : EXIT.finding;
}

/** The frames to be mapped: those that every lane's machine has. Throws UsageError. */
export function framesOf(lanes: readonly NamedLane[], given: readonly string[] = ['P0', 'D0']): readonly string[] {
  for (const { name, options } of lanes) {
    const labels = Object.keys(options.machine.frames);
    const unknown = given.find((frame) => frame !== 'Z' && frame !== 'B0+1' && !labels.includes(frame));
    if (unknown !== undefined)
      throw new UsageError(
        'usage.value',
        `--frames: ${name} has no frame ${JSON.stringify(unknown)}; it has ${labels.join(', ')}`,
      );
  }
  return given;
}

/** Of logs that part for one cause the first: a shortest one. */
function perCauseLogs(logs: readonly FoundLog[]): FoundLog[] {
  const byCause = new Map<string, FoundLog>();
  for (const log of logs) if (!byCause.has(causeKey(log))) byCause.set(causeKey(log), log);
  return [...byCause.values()];
}

function headerOf(lanes: readonly NamedLane[], goal: string, frames: readonly string[]): LogHeader {
  const arch = lanes.map(({ name }) => name);
  return { ...searchHeader(frames), title: `Found by search: ${goal}`, arch };
}

function jsonOf(lanes: readonly NamedLane[], letters: number, found: Found, logs: readonly FoundLog[]): object {
  const { depth, distinct, generated, stopped } = found;
  const findings = logs.map(({ kind, events, divergences }) => ({
    kind,
    events: events.map((event) => encodeEvent(event)),
    divergences: divergences.map((d) => ({ ...d, event: encodeEvent(d.event) })),
  }));
  return { lanes: lanes.map(({ name }) => name), letters, depth, distinct, generated, stopped, findings };
}

function textOf(
  lanes: readonly NamedLane[],
  letters: number,
  found: Found,
  logs: readonly FoundLog[],
  { depth, goal = 'parts' }: SearchCommandOptions,
  terminal: Terminal,
): string[] {
  const { color } = terminal;
  const lines = wrap(
    `${goal} on ${lanes.map(({ name }) => name).join(', ')}: ${several(letters, 'event')} to choose from, logs of up to ${depth}`,
  );
  lines.push('');
  for (const log of logs) lines.push(...foundLines(log, terminal), '');
  const extent = `${found.distinct === 1 ? '1 state' : `${count(found.distinct)} states`}, ${count(found.generated)} events played`;
  lines.push(...wrap(`${endText(found, logs.length)} (${extent})`).map(logs.length > 0 ? color.green : color.red));
  return lines;
}

function endText({ stopped, depth }: Found, logs: number): string {
  const other = logs > 0 ? 'no other' : 'none';
  switch (stopped) {
    case 'found':
      return depth === 0
        ? 'there is no shorter one'
        : `there is no shorter one: none of up to ${several(depth, 'event')}`;
    case 'states':
      return `${other} of up to ${several(depth, 'event')}; the limit of states was reached in logs of ${depth + 1} (--states)`;
    case 'exhausted':
      return `${other}, of whatever length: these events lead to no more states`;
    case null:
      return `${other} of up to ${several(depth, 'event')}`;
  }
}

/** A line that is drawn over on a terminal. */
function progressLine({ live, redraw }: Terminal): (progress: Progress) => void {
  const started = Date.now();
  return ({ depth, distinct, generated, found }) => {
    if (!live) return;
    const rate = Math.round(generated / Math.max(0.001, (Date.now() - started) / 1000));
    redraw(
      `logs of ${depth}: ${count(distinct)} states, ${count(generated)} events (${count(rate)}/s), ${found} found`,
    );
  };
}
