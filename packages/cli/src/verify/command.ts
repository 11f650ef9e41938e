/** `specialbit verify FILE...` */

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { transcriptFiles } from './inputs.js';
import { type KnownDivergence, readKnown } from './known.js';
import { verifyAll } from './pool.js';
import { ProgressBar } from './progress-bar.js';
import { reportJson, reportLines, total, type Verification } from './report.js';

/** Read when it is there; a missing one means that nothing is known. */
const DEFAULT_KNOWN = 'test/known-divergences.json';

export interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly max: number;
  readonly known?: string;
  readonly jobs?: number;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('verify')
    .description('play kernel transcripts on the model and compare every field of every step')
    .argument('<file...>', 'transcripts (*.jsonl, *.jsonl.gz), or directories of them')
    .option('--json', 'print the result as JSON')
    .option('--max <n>', 'mismatches to show in full', natural, 5)
    .option('--known <file>', 'known divergences (default: test/known-divergences.json where there is one)')
    .option('--jobs <n>', 'worker threads (default: one a core)', natural)
    .addHelpText(
      'after',
      `
Examples:
  specialbit verify arm/curated.jsonl.gz
  specialbit verify --json kernel/ > result.json
${EXIT_CODES}`,
    )
    .action(async (files, options) => done(await verify(files, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError and InputError. */
export async function verify(
  paths: readonly string[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const inputs = transcriptFiles(paths);
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
