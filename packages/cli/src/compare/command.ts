// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit compare LOG --arch A,B`: where architectures part, and why. */

import {
  type ComparedStep,
  Comparison,
  EventError,
  explainOutcome,
  LogReferenceError,
  type OutcomeExplanation,
} from '@specialbit/core';

import { encodeEvent } from '@specialbit/events';
import { compareLines, Expectations, laneName, type NumberedEvent, referenceError, worldView } from '@specialbit/view';
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
  readonly max?: number;
  readonly tries?: number;
  readonly full?: boolean;
  readonly state?: boolean;
  readonly exitZero?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('compare')
    .description('the events at which architectures, kernels, or two logs part, with the proved cause')
    .argument('<log>', 'a log, or - for standard input')
    .argument('[other]', 'a second log: both are compared on one lane')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64,arm)", list)
    .option(...KERNEL_OPTION, list)
    .option('--at <n>', 'stop after this many events', natural)
    .option('--strict', 'count minor differences too: young, dirty, flags of the architecture')
    .option('--max <n>', 'causes to show', natural)
    .option('--tries <n>', 'how many events may be played again to find causes (default: 200000)', natural)
    .option('--full', 'show everything: all causes, all that differs, all of the states')
    .option('--no-state', 'do not show the states at the end')
    .option('--exit-zero', 'exit with 0 even when they part')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A cause is named when it was proved: the event, or the log, was played again
with that one thing of a lane exchanged for the other's, and the difference
went. A lane can have settings: x86_64:CONFIG_TRANSPARENT_HUGEPAGE,
x86_64@6.12:CONFIG_KSM, x86_64:swap=64, x86_64@6.12+mremap_several_vmas.

With --json each divergence has its parts, its cause and, in "why", by lane
what explain --event says of the event there: the reasons of what it returned,
its messages, what flags it changed and what it merged.

Examples:
  specialbit compare examples/s01-same-driver.jsonl --arch arm-lpae,arm
  specialbit compare examples/s13-cow-linear-rule.jsonl --arch x86_64,arm,m68k
  specialbit compare examples/s08-prepopulate-race.jsonl \\
    examples/s08-populate-after-link.jsonl --lane x86_64
${EXIT_CODES}`,
    )
    .action(async (log, other, options) => {
      if (other === undefined) {
        done(await compare(log, options, terminal));
      } else {
        const { compareTwoLogs } = await import('./logs.js');
        done(await compareTwoLogs([log, other], options, terminal));
      }
    });
}

/** Resolves to the exit code: 1 when they part. Throws UsageError, InputError, LogError. */
export async function compare(file: string, options: CompareOptions, terminal: Terminal): Promise<number> {
  const log = await openLog(file);
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64', 'arm'], options.kernel);
  if (lanes.length < 2)
    throw new UsageError('usage.architecture', 'compare needs two architectures or more: --arch x86_64,arm');
  const named = lanes.map((lane) => ({ name: laneName(lane), options: lane }));
  const comparison = new Comparison(named, {
    strict: options.strict === true,
    ...(options.tries === undefined ? {} : { tries: options.tries }),
  });
  const expectations = new Expectations(named.map(({ name }, i) => ({ name, kernel: comparison.kernels[i]! })));
  const whys = new Map<number, Whys>();
  const done = await playEvents(log, options.at, terminal, (numbered) => {
    const { outcomes, parted } = step(log, comparison, numbered);
    expectations.take(numbered, outcomes);
    // while the kernels are where the event left them
    if (parted && options.json === true) whys.set(numbered.number, whysOf(comparison, outcomes));
  });
  const worlds = comparison.kernels.map((k) => worldView(k, done));
  if (options.json === true) {
    const divergences = comparison.divergences.map((d) => ({
      ...d,
      event: encodeEvent(d.event),
      why: whys.get(d.number),
    }));
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
    const lines = compareLines(log.header.title, comparison, expectations, worlds, options, terminal);
    await terminal.out(`${lines.join('\n').trimEnd()}\n`);
  }
  if (expectations.failed.length > 0) return EXIT.finding;
  return comparison.parted && options.exitZero !== true ? EXIT.finding : EXIT.fine;
}

/** By lane, what `explain --event` says of an event there; null where it names what the lane does not have. */
type Whys = Readonly<Record<string, OutcomeExplanation | null>>;

function whysOf({ laneNames, kernels }: Comparison, outcomes: ComparedStep['outcomes']): Whys {
  const entries = outcomes.map((outcome, l) => {
    return [laneNames[l]!, outcome === null ? null : explainOutcome(kernels[l]!, outcome)] as const;
  });
  return Object.fromEntries(entries);
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
