// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit ledger`: for each pair of lanes a shortest log for each cause for which they part. */
import type { NamedLane } from '@specialbit/core';
import { SEARCH_FILES } from '@specialbit/search';
import { namedLanes } from '@specialbit/view';
import { markdownFile } from '@specialbit/view/escape';
import type { Command } from 'commander';
import { type CommandContext, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import { HOME } from '../page/link-command.js';
import type { Terminal } from '../terminal.js';
import { type LedgerOptions, type LedgerPair, pairOf } from './ledger.js';
import { ledgerLines } from './ledger-text.js';

export interface LedgerCommandOptions extends LedgerOptions {
  readonly lane?: string[];
  readonly json?: boolean;
}

/** A kernel of each kind: with the bit and without, of both word lengths, with the rules of every proven kernel. */
const LANES = ['x86_64', 'arm64', 's390x', 'arm-lpae', 'arm', 'm68k', 'alpha'];
const KERNELS = [
  'x86_64@6.1',
  'x86_64@6.12',
  'x86_64@6.18',
  'x86_64@7.3',
  'arm@6.1',
  'arm@6.12',
  'arm@6.18',
  'arm@7.3',
];

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('ledger')
    .description('for each pair of lanes a shortest log for each cause for which they part')
    .option('--lane, --arch <names>', 'lanes, with commas, each with each other (default: a kernel of each kind)', list)
    .option('--depth <n>', 'events of a log, at most', natural, 2)
    .option('--pages <n>', 'pages of a mapping', natural, 1)
    .option('--frames <labels>', 'frames that the driver maps', (text) => text.split(','), ['P0', 'D0', 'Z'])
    .option('--base <url>', 'where the page is hosted that links lead to', HOME)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Prints Markdown. Each log is one of the shortest there are: what \`search
--per-cause\` finds for the two lanes.

Examples:
  specialbit ledger --lane arm-lpae,arm --depth 1
  specialbit ledger --lane arm@6.1,arm@6.12 --json

Exit codes: 0 done; 2 wrong usage.`,
    )
    .action(async ({ arch, ...options }) => done(await ledger({ ...options, lane: arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, SearchError. */
export async function ledger(options: LedgerCommandOptions, terminal: Terminal): Promise<number> {
  if (options.depth < 1) throw new UsageError('usage.value', '--depth 0: expected 1 event or more');
  const pairs: LedgerPair[] = [];
  const wanted = pairsOf(options.lane);
  for (const [i, lanes] of wanted.entries()) {
    if (terminal.live)
      terminal.redraw(`pair ${i + 1} of ${wanted.length}: ${lanes.map(({ name }) => name).join(', ')}`);
    pairs.push(await pairOf(lanes, options));
  }
  terminal.redraw();
  await terminal.out(
    options.json === true
      ? `${JSON.stringify({ ...{ depth: options.depth, pages: options.pages, frames: options.frames }, pairs }, null, 1)}\n`
      : markdownFile(ledgerLines(pairs, options)),
  );
  return EXIT.fine;
}

/** Of lanes that were named all pairs; else those of different architectures on one kernel, and of one on different kernels. */
function pairsOf(given: readonly string[] | undefined): (readonly [NamedLane, NamedLane])[] {
  const header = { specialbit: 1, files: SEARCH_FILES } as const;
  const each = (names: readonly string[]): (readonly [NamedLane, NamedLane])[] => {
    const lanes = namedLanes(lanesOf('--lane', header, [...names], []));
    return lanes.flatMap((a, i) => lanes.slice(i + 1).map((b) => [a, b] as const));
  };
  if (given !== undefined) {
    const pairs = each(given);
    if (pairs.length === 0) throw new UsageError('usage.architecture', 'lanes part when there are two or more');
    return pairs;
  }
  const sameArchitecture = ([a, b]: readonly [NamedLane, NamedLane]): boolean =>
    a.options.arch.name === b.options.arch.name;
  return [...each(LANES), ...each(KERNELS).filter(sameArchitecture)];
}
