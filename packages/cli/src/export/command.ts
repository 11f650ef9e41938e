// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit export LOG --format ...`: a run for other programs, or a report for other people. */
import { Comparison } from '@specialbit/core';
import {
  compareStep,
  dotLines,
  eventText,
  LaneHistory,
  type LoadedLog,
  laneRows,
  mermaidLines,
  namedLanes,
  type PanelSource,
  pictureOf,
  referenceError,
  svgLines,
  worldView,
} from '@specialbit/view';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';

import { lanesOf } from '../log/lane.js';

import type { Terminal } from '../terminal.js';

import { loadLog, momentOf } from '../time/loaded-log.js';

import { LaneTrace, partings, type TraceEvent } from './chrome-trace.js';

import { LaneRun } from './lane-run.js';

import { markdownLines } from './markdown.js';

import { writeOutput } from './output.js';
import { TABLE_FORMATS, type TableFormat } from './tables/formats.js';

const PICTURES = { dot: dotLines, mermaid: mermaidLines, svg: svgLines } as const;
const FORMATS = ['chrome-trace', 'markdown', 'dot', 'mermaid', 'svg', ...TABLE_FORMATS] as const;
type OneText = Exclude<(typeof FORMATS)[number], TableFormat>;
const isTables = (format: (typeof FORMATS)[number]): format is TableFormat =>
  (TABLE_FORMATS as readonly string[]).includes(format);

export interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly arch?: string[];
  readonly output?: string;
  readonly json?: boolean;
  /** Moments of a picture: `5`, `2,5`, several of them. */
  readonly at?: string[];
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('export')
    .description('a run as tables, as a trace for Perfetto, as a picture, or a report of where architectures part')
    .argument('<log>', 'a log, or - for standard input')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option(
      '--at <moments>',
      'of a picture: after how many events, with commas: 2,5; of tables: until which (default: all)',
      list,
    )
    .option('-o, --output <file>', 'write to a file instead of standard output; of tables: to a folder')
    .option('--json', 'one JSON object with the format and what it is of; a text is its member "text"')
    .addHelpText(
      'after',
      `
chrome-trace: the Trace Event Format, to be opened in https://ui.perfetto.dev or
chrome://tracing; a process for each architecture, a track for each address
space, one microsecond for each event.
markdown: the events at which the architectures part, of at most 78 columns.
dot, mermaid, svg: the VMAs, page table entries and frames of a moment, for
Graphviz, for Markdown pages, and for a browser. With several moments or lanes
each is a panel, and what differs from the first is marked: [+] new, [~]
changed, [-] gone, and by colour. Runs of pages that say the same are one line.
parquet, csv, jsonl: the tables events, entries, frames, vmas, rss (what each
event changed) and decisions (vm_normal_page() of every entry at the end), with
all lanes in each; docs/export.md has their columns, and queries.

Examples:
  specialbit export examples/s10-binder.jsonl --format chrome-trace -o trace.json
  specialbit export examples/s13-cow-linear-rule.jsonl --format markdown
  specialbit export examples/s13-cow-linear-rule.jsonl --format svg --at 2,3
  specialbit export examples/s10-binder.jsonl --format dot --lane x86_64,arm
  specialbit export examples/s10-binder.jsonl --format parquet -o run --lane all
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await exportLog(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function exportLog(file: string, options: ExportOptions, terminal: Terminal): Promise<number> {
  const { format } = options;
  if (isTables(format)) {
    const at = onlyMoment(options.at);
    const { exportTables } = await import('./tables/write-tables.js');
    await exportTables(file, { ...options, format, at }, terminal);
    return EXIT.fine;
  }
  const log = await loadLog(file, terminal);
  if (options.at !== undefined && !(format in PICTURES))
    throw new UsageError('usage.options', `--at is for pictures: --format ${Object.keys(PICTURES).join(', ')}`);
  const pieces = textOf(log, format, options);
  const written = options.json === true ? jsonPieces(format, log, pieces) : pieces;
  await writeOutput(written, options.output, terminal);
  return EXIT.fine;
}

/** Tables have all until one moment. */
function onlyMoment(at: readonly string[] | undefined): number | undefined {
  if (at === undefined) return undefined;
  const [only, ...more] = at.flatMap((part) => part.split(','));
  if (more.length > 0) throw new UsageError('usage.value', `--at: tables end at one moment, found ${at.join(',')}`);
  return natural(only!.trim());
}

function textOf(log: LoadedLog, format: OneText, { arch, at }: ExportOptions): Generator<string, void, void> {
  if (format === 'chrome-trace') return traceText(log, arch);
  if (format === 'markdown') return reportText(log, arch);
  return pictureText(log, PICTURES[format], arch, at);
}

/** A picture of each lane at each moment. */
function* pictureText(
  log: LoadedLog,
  lines: (typeof PICTURES)[keyof typeof PICTURES],
  arch: string[] | undefined,
  at: string[] | undefined,
): Generator<string, void, void> {
  const lanes = namedLanes(lanesOf(log.file, log.header, arch, ['x86_64']));
  const moments = at?.flatMap((part) => part.split(',').map((n) => momentOf(log, '--at', natural(n.trim())))) ?? [
    log.events.length,
  ];
  const shown: PanelSource[] = lanes.flatMap(({ name, options }) => {
    const history = new LaneHistory(name, options, log.events);
    return moments.map((n) => {
      const { kernel, last } = history.at(n);
      const after = last === undefined ? 'before the first event' : `after event ${n}: ${eventText(last.event)}`;
      return { name: `${name}, ${after}`, world: worldView(kernel, n) };
    });
  });
  for (const line of lines(pictureOf(log.header.title ?? log.file, shown))) yield `${line}\n`;
}

/** The export as one JSON object: a trace is one already, and a member of it; a text is a string. */
function* jsonPieces(format: string, { file }: LoadedLog, pieces: Iterable<string>): Generator<string, void, void> {
  const head = JSON.stringify({ log: file, format }).slice(0, -1);
  if (format !== 'chrome-trace') {
    yield `${head},"text":${JSON.stringify([...pieces].join(''))}}\n`;
    return;
  }
  yield `${head},"trace":`;
  yield* pieces;
  yield '}\n';
}

function* traceText(log: LoadedLog, arch: string[] | undefined): Generator<string, void, void> {
  const head = { displayTimeUnit: 'ns', otherData: { log: log.file, title: log.header.title ?? '' } };
  yield `${JSON.stringify(head).slice(0, -1)},"traceEvents":[`;
  let first = true;
  for (const event of traceEvents(log, arch)) {
    yield `${first ? '' : ','}\n${JSON.stringify(event)}`;
    first = false;
  }
  yield '\n]}\n';
}

export function* traceEvents(log: LoadedLog, arch: string[] | undefined): Generator<TraceEvent, void, void> {
  const lanes = lanesOf(log.file, log.header, arch, ['x86_64']);
  const runs = lanes.map((lane) => new LaneRun(lane));
  const tracers = runs.map((run, i) => new LaneTrace(run, i + 1));
  const comparison = lanes.length < 2 ? undefined : new Comparison(namedLanes(lanes));
  for (const tracer of tracers) yield* tracer.start();
  for (const numbered of log.events) {
    const events = tracers.map((tracer) => [...tracer.step(numbered)]);
    if (runs.every(({ lost }) => lost !== null)) throw referenceError(log.file, numbered, runs[0]!.lost!);
    for (const list of events) yield* list;
    if (comparison !== undefined) yield* partings(compareStep(comparison, log.file, numbered));
  }
  for (const tracer of tracers) yield* tracer.end(log.events.length);
}

function* reportText(log: LoadedLog, arch: string[] | undefined): Generator<string, void, void> {
  const lanes = lanesOf(log.file, log.header, arch, ['x86_64', 'arm']);
  if (lanes.length < 2)
    throw new UsageError('usage.architecture', 'a report compares two architectures or more: --arch x86_64,arm');
  const comparison = new Comparison(namedLanes(lanes));
  for (const numbered of log.events) compareStep(comparison, log.file, numbered);
  const rows = laneRows(comparison.kernels.map((k) => worldView(k, log.events.length)));
  const { header, file } = log;
  const profiles = [...new Set(comparison.kernels.map((k) => k.profile.name))];
  const report = { file, title: header.title, profile: profiles.join(', '), comparison, rows };
  for (const line of markdownLines(report)) yield `${line}\n`;
}
