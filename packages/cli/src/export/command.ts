// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit export LOG --format ...`: a run for other programs, or a report for other people. */
import { Comparison } from '@specialbit/core';
import { compareStep, type LoadedLog, laneRows, namedLanes, referenceError, worldView } from '@specialbit/view';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES, list } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';

import { lanesOf } from '../log/lane.js';

import type { Terminal } from '../terminal.js';

import { loadLog } from '../time/loaded-log.js';

import { LaneTrace, partings, type TraceEvent } from './chrome-trace.js';

import { LaneRun } from './lane-run.js';

import { markdownLines } from './markdown.js';

import { writeOutput } from './output.js';

const FORMATS = ['chrome-trace', 'markdown'] as const;

export interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly arch?: string[];
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('export')
    .description('a run as a trace for Perfetto, or a report of where architectures part')
    .argument('<log>', 'a log, or - for standard input')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--json', 'one JSON object with the format and what it is of; a text is its member "text"')
    .addHelpText(
      'after',
      `
chrome-trace: the Trace Event Format, to be opened in https://ui.perfetto.dev or
chrome://tracing; a process for each architecture, a track for each address
space, one microsecond for each event.
markdown: the events at which the architectures part, of at most 78 columns.

Examples:
  specialbit export examples/s10-binder.jsonl --format chrome-trace -o trace.json
  specialbit export examples/s13-cow-linear-rule.jsonl --format markdown
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await exportLog(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function exportLog(file: string, options: ExportOptions, terminal: Terminal): Promise<number> {
  const log = await loadLog(file, terminal);
  const pieces = options.format === 'chrome-trace' ? traceText(log, options.arch) : reportText(log, options.arch);
  const written = options.json === true ? jsonPieces(options.format, log, pieces) : pieces;
  await writeOutput(written, options.output, terminal);
  return EXIT.fine;
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
