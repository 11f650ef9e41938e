// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit diff LOG`: two moments of a log, or two architectures at one moment. */

import {
  changeLines,
  diffMoments,
  diffSummary,
  type LaneRow,
  type LoadedLog,
  laneLines,
  laneRows,
  laneSummary,
  MAIL_WIDTH,
  viewsAt,
  wrap,
} from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';

import { historiesOf } from '../time/histories.js';

import { loadLog, momentOf } from '../time/loaded-log.js';

export interface DiffOptions {
  readonly arch?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly at?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('diff')
    .description('what changed between two moments, or what differs between architectures at one')
    .argument('<log>', 'a log, or - for standard input')
    .option('--from <n>', 'the first moment: after this many events', natural)
    .option('--to <n>', 'the second moment (default: the end)', natural)
    .option('--at <n>', 'the moment at which architectures are compared (default: the end)', natural)
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option('--all', 'also what is the same in all architectures, and PTEs and frames without limit')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A diff of two moments exits with 0, one of architectures with 1 when they part.

Examples:
  specialbit diff examples/s13-cow-linear-rule.jsonl --from 1 --to 3
  specialbit diff examples/s13-cow-linear-rule.jsonl --arch x86_64,arm --at 4
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await diff(log, options, terminal)));
}

/** PTEs of a process that are shown without --all. */
const SHOWN = 32;

/** Resolves to the exit code: 1 when lanes differ. Throws UsageError, InputError, LogError. */
export async function diff(file: string, options: DiffOptions, terminal: Terminal): Promise<number> {
  const { from, to, at } = options;
  const moments = from !== undefined || to !== undefined;
  if (moments && at !== undefined) {
    throw new UsageError(
      'usage.options',
      '--at compares lanes at one moment, --from and --to one lane at two: give one of them',
    );
  }
  if (to !== undefined && from === undefined) throw new UsageError('usage.options', '--to needs --from');
  const log = await loadLog(file, terminal);
  if (moments) return diffInTime(log, momentOf(log, '--from', from), momentOf(log, '--to', to), options, terminal);
  return diffLanes(log, momentOf(log, '--at', at), options, terminal);
}

async function diffInTime(
  log: LoadedLog,
  from: number,
  to: number,
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const histories = historiesOf(log, options);
  const limit = options.all === true || options.json === true ? Number.POSITIVE_INFINITY : SHOWN;
  const diffs = histories.map((history) => diffMoments(history, from, to, limit));
  if (options.json === true) {
    const lanes = Object.fromEntries(histories.map(({ name }, i) => [name, diffs[i]]));
    await terminal.out(`${JSON.stringify({ file: log.file, from, to, lanes }, null, 2)}\n`);
    return EXIT.fine;
  }
  const { bold, cyan } = terminal.color;
  const texts = histories.map(({ name }, i) => {
    const summary = diffSummary(diffs[i]!);
    const range = `from event ${from} to event ${to}`;
    if (summary === undefined) return bold(`${name}, ${range}: nothing changed`);
    const lines = changeLines(diffs[i]!, { emphasis: cyan });
    return [...wrap(`${name}, ${range}: ${summary} changed`).map(bold), ...lines].join('\n');
  });
  await terminal.out(`${texts.join('\n\n')}\n`);
  return EXIT.fine;
}

async function diffLanes(log: LoadedLog, at: number, options: DiffOptions, terminal: Terminal): Promise<number> {
  const histories = historiesOf(log, options);
  if (histories.length < 2) {
    throw new UsageError(
      'usage.architecture',
      'expected two architectures (--arch A,B), or two moments of one (--from a --to b)',
    );
  }
  const rows = laneRows(viewsAt(histories, at));
  const parted = rows.some(({ difference }) => difference === 'parts');
  const names = histories.map(({ name }) => name);
  if (options.json === true) {
    const shown = options.all === true ? rows : rows.filter(({ difference }) => difference !== 'same');
    await terminal.out(`${JSON.stringify({ file: log.file, at, lanes: names, rows: shown }, null, 2)}\n`);
  } else {
    await terminal.out(`${laneText(names, rows, at, options.all === true, terminal).join('\n')}\n`);
  }
  return parted ? EXIT.finding : EXIT.fine;
}

function laneText(
  names: readonly string[],
  rows: readonly LaneRow[],
  at: number,
  all: boolean,
  { color }: Terminal,
): string[] {
  const head = `${names.join(', ')} after ${at} ${at === 1 ? 'event' : 'events'}: ${laneSummary(rows)}`;
  const shown = all ? rows : rows.filter(({ difference }) => difference !== 'same');
  const lines = wrap(head).map(color.bold);
  if (shown.length > 0) lines.push('', ...laneLines(names, shown, MAIL_WIDTH, color.cyan));
  if (shown.length === 0) return lines;
  const note =
    '! the lanes part here; ~ only in the special bit, in young and dirty, or in how vm_normal_page() decided';
  return [...lines, '', ...wrap(note).map(color.dim)];
}
