// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit merge FILE...`: what the shards of a sweep found, as if one had done it all. */
import { formatState, parseState, type SweepState } from '@specialbit/search';
import { count } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, natural } from '../command-context.js';
import { writeOutput } from '../export/output.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { textOfFile } from '../whole-file.js';
import { report } from './command.js';
import { withHands } from './hands.js';
import { checkTogether, type SweepCommandOptions, workersOf } from './options.js';
import { Threads } from './threads.js';

type MergeOptions = Pick<SweepCommandOptions, 'corpus' | 'json' | 'output' | 'workers'>;

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('merge')
    .description('what the shards of a sweep found, in whatever order, as if one had done it all')
    .argument('<file...>', 'files that "specialbit sweep -o" has written')
    .option('--corpus <folder>', 'write there what was found')
    .option('--workers <n>', 'worker threads (default: one a core)', natural)
    .option('-o, --output <file>', 'write all that is known, to be merged again')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Of logs that show one thing the smallest stays: neither the order of the files
matters, nor whether one is there twice, or was merged before.

Examples:
  specialbit merge part1.sweep part2.sweep --corpus corpus/
  specialbit merge part*.sweep --json

Exit codes: 0 something was found; 1 nothing, or shards are missing; 2 wrong
usage, unreadable input, or files of different sweeps.`,
    )
    .action(async (files, options) => done(await merge(files, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, SearchError. */
async function merge(files: readonly string[], options: MergeOptions, terminal: Terminal): Promise<number> {
  checkTogether({ ...options, seed: 0, length: 1, job: 1, pages: 1, mappings: 1 });
  let state: SweepState | undefined;
  for (const file of files) {
    const text = textOfFile(file);
    const read = parseState(file, text);
    if (state === undefined) state = read;
    else state.merge(read, [files[0]!, file]);
  }
  const merged = state!;
  const rounds = Math.max(1, merged.rounds);
  const hands = new Threads(merged.settings, workersOf(options));
  return withHands(hands, terminal, async () => {
    const missing = merged.missing(rounds);
    if (missing > 0) {
      const all = missing + merged.done.size;
      terminal.err(
        `${count(missing)} of ${count(all)} jobs are missing: not all shards are here, or one was interrupted\n`,
      );
    }
    if (options.output !== undefined) await writeOutput(formatState(merged), options.output, terminal);
    const code = await report(merged, rounds, hands, options, terminal);
    return missing > 0 ? EXIT.finding : code;
  });
}
