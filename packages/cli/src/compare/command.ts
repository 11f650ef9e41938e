// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit compare LOG --arch A,B`: where architectures part, and why. */

import { type ComparedStep, Comparison, EventError, LogReferenceError } from '@specialbit/core';

import { encodeEvent } from '@specialbit/events';
import {
  divergenceLines,
  Expectations,
  judgementLines,
  laneName,
  type NumberedEvent,
  referenceError,
  sideBySideLines,
  worldView,
  wrap,
} from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';

import { type OpenedLog, openLog } from '../log/open-log.js';
import { playEvents } from '../log/play-events.js';

import type { Terminal } from '../terminal.js';

export interface CompareOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly at?: number;
  readonly strict?: boolean;
  readonly max: number;
  readonly exitZero?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('compare')
    .description('the events at which architectures part, with the cause, and their states side by side')
    .argument('<log>', 'a log, or - for standard input')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64,arm)", list)
    .option(...KERNEL_OPTION, list)
    .option('--at <n>', 'stop after this many events', natural)
    .option('--strict', 'count differences of young and dirty too')
    .option('--max <n>', 'partings to show in full', natural, 10)
    .option('--exit-zero', 'exit with 0 even when they part')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit compare examples/s01-same-driver.jsonl --arch arm-lpae,arm
  specialbit compare examples/s13-cow-linear-rule.jsonl --arch x86_64,arm,m68k
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await compare(log, options, terminal)));
}

/** Resolves to the exit code: 1 when they part. Throws UsageError, InputError, LogError. */
export async function compare(file: string, options: CompareOptions, terminal: Terminal): Promise<number> {
  const log = await openLog(file);
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64', 'arm'], options.kernel);
  if (lanes.length < 2)
    throw new UsageError('usage.architecture', 'compare needs two architectures or more: --arch x86_64,arm');
  const named = lanes.map((lane) => ({ name: laneName(lane), options: lane }));
  const comparison = new Comparison(named, { strict: options.strict === true });
  const expectations = new Expectations(named.map(({ name }, i) => ({ name, kernel: comparison.kernels[i]! })));
  const done = await playEvents(log, options.at, terminal, (numbered) => {
    expectations.take(numbered, step(log, comparison, numbered).outcomes);
  });
  const worlds = comparison.kernels.map((k) => worldView(k, done));
  if (options.json === true) {
    const divergences = comparison.divergences.map((d) => ({ ...d, event: encodeEvent(d.event) }));
    const { laneNames, parted, count, minorCount } = comparison;
    const { checked, failed } = expectations;
    const result = {
      lanes: laneNames,
      events: done,
      parted,
      count,
      minorCount,
      divergences,
      worlds,
      ...(checked === 0 ? {} : { expectations: { checked, failed } }),
    };
    await terminal.out(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    const { color } = terminal;
    const lines = [...titleLines(log, comparison, terminal), ...divergenceLines(comparison, options.max, terminal)];
    lines.push(...sideBySideLines(worlds, terminal), '');
    lines.push(...expectationLines(expectations, terminal));
    const verdict = wrap(comparison.verdict());
    lines.push(...verdict.map(comparison.parted ? color.red : color.green));
    await terminal.out(`${lines.join('\n')}\n`);
  }
  if (expectations.failed.length > 0) return EXIT.finding;
  return comparison.parted && options.exitZero !== true ? EXIT.finding : EXIT.fine;
}

/** What became of the log's expectations, with an empty line behind; nothing for a log without. */
function expectationLines(expectations: Expectations, { color }: Terminal): string[] {
  const summary = expectations.summary();
  if (summary === undefined) return [];
  const failed = expectations.failed.flatMap(({ number, judgement }) => [
    `  event ${number} does not hold:`,
    ...judgementLines(judgement, '    '),
  ]);
  return [failed.length > 0 ? color.red(summary) : color.green(summary), ...failed, ''];
}

function titleLines({ header }: OpenedLog, comparison: Comparison, { color }: Terminal): string[] {
  const lines = header.title === undefined ? [] : wrap(header.title).map(color.bold);
  return [...lines, ...wrap(comparison.laneNames.join(' and ')), ''];
}

function step(log: OpenedLog, comparison: Comparison, numbered: NumberedEvent): ComparedStep {
  try {
    return comparison.step(numbered.event);
  } catch (error) {
    if (error instanceof EventError && error.cause instanceof LogReferenceError) {
      throw referenceError(log.file, numbered, error.cause);
    }
    throw error;
  }
}
