// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify FILE...` */

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { KERNEL_OPTION } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { type Input, transcriptFiles } from './inputs.js';
import { type KnownDivergence, readKnown } from './known.js';
import { verifyAll } from './pool.js';
import { ProgressBar } from './progress-bar.js';
import { reportJson, reportLines, total, type Verification } from './report.js';

import { isLog, verifyLogs } from './verify-logs.js';
import { isSnapshotCheck, verifySnapshots } from './verify-snapshot.js';

/** Read when it is there; a missing one means that nothing is known. */
const DEFAULT_KNOWN = 'test/known-divergences.json';

export interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly max: number;
  readonly known?: string;
  readonly jobs?: number;
  readonly arch?: string[];
  readonly kernel?: string[];
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('verify')
    .description('play kernel transcripts and compare every field of every step; or check what logs expect')
    .argument(
      '<file...>',
      'transcripts (*.jsonl, *.jsonl.gz), logs, directories of either, or recordings; with --maps and the like a log',
    )
    .option('--lane, --arch <names>', "lanes of logs: arm, x86_64@6.1, or all (default: each log's)", list)
    .option(KERNEL_OPTION[0], `${KERNEL_OPTION[1]} (logs only)`, list)
    .option('--json', 'print the result as JSON')
    .option('--max <n>', 'mismatches to show in full', natural, 5)
    .option('--known <file>', 'known divergences (default: test/known-divergences.json where there is one)')
    .option('--maps <file>', 'compare the VMAs at the end of a log with /proc/PID/maps')
    .option('--smaps <file>', 'compare VMAs, VmFlags, Rss, Anonymous, huge pages and Pss with /proc/PID/smaps')
    .option('--pagemap <file>', 'compare the pages with a dump of the page table')
    .option('--at <n>', 'compare after this many events of the log', natural)
    .option('--mm <n>', 'the address space to compare (default: the one that acted last)', natural)
    .option('--jobs <n>', 'worker threads (default: one a core)', natural)
    .addHelpText(
      'after',
      `
Examples:
  specialbit verify arm/curated.jsonl.gz
  specialbit verify --json kernel/ > result.json
  specialbit verify --maps /proc/1234/maps run.jsonl
  specialbit verify examples/claims --lane all --kernel all
${EXIT_CODES}`,
    )
    .action(async (files, options) => {
      const snapshots = await isSnapshotCheck(files, options);
      done(await (snapshots ? verifySnapshots(files, options, terminal) : verify(files, options, terminal)));
    });
}

/** Resolves to the exit code. Throws UsageError and InputError. */
export async function verify(
  paths: readonly string[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const found = transcriptFiles(paths);
  const logs: Input[] = [];
  const inputs: Input[] = [];
  for (const input of found) ((await isLog(input)) ? logs : inputs).push(input);
  if (logs.length > 0 && inputs.length > 0 && options.json === true)
    throw new UsageError('usage.files', 'logs and transcripts have no JSON in common: name the ones or the others');
  const checked = logs.length === 0 ? EXIT.fine : await verifyLogs(logs, options, terminal);
  if (inputs.length === 0) return checked;
  if (logs.length === 0 && (options.arch !== undefined || options.kernel !== undefined))
    throw new UsageError('usage.files', '--lane and --kernel are for logs: a transcript names its own machine');
  return Math.max(checked, await verifyTranscripts(inputs, options, terminal));
}

/** Resolves to the exit code. */
async function verifyTranscripts(
  inputs: readonly Input[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const knownFile = options.known ?? (existsSync(DEFAULT_KNOWN) ? DEFAULT_KNOWN : undefined);
  const known: readonly KnownDivergence[] = knownFile === undefined ? [] : readKnown(knownFile);
  const bar = new ProgressBar(terminal);
  const started = performance.now();
  const files = await verifyAll(inputs, {
    max: options.max,
    known,
    jobs: options.jobs,
    onProgress: (progress) => bar.update(progress),
  });
  bar.end();
  const verification: Verification = { files, known, knownFile, max: options.max, wall: performance.now() - started };
  const sum = total(files);
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(reportJson(verification), null, 2)}\n`);
  } else if (sum.scenarios > 0) {
    await terminal.out(`${reportLines(verification, terminal).join('\n')}\n`);
  }
  let unusable = false;
  for (const { error } of files) {
    if (error === undefined) continue;
    unusable = true;
    terminal.err(`specialbit: ${error}\n`);
  }
  if (unusable) return EXIT.unusable;
  return sum.agreeing + sum.known.length === sum.steps ? EXIT.fine : EXIT.finding;
}
