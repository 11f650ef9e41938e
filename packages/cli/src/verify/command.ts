// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify FILE...` */

import { existsSync } from 'node:fs';
import { markdownFile, md } from '@specialbit/view/escape';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { KERNEL_OPTION } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { type Input, transcriptFiles } from './inputs.js';
import { type KnownDivergence, readKnown } from './known.js';
import { verifyAll } from './pool.js';
import { ProgressBar } from './progress-bar.js';
import { reportJson, reportLines, reportMarkdown, total, type Verification } from './report.js';
import { allHold, checkLogs, isLog, logLines, logsMarkdown } from './verify-logs.js';
import { isSnapshotCheck, verifySnapshots } from './verify-snapshot.js';

/** Read when it is there; a missing one means that nothing is known. */
const DEFAULT_KNOWN = 'test/known-divergences.json';

export interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
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
      '[file...]',
      'transcripts (*.jsonl, *.jsonl.gz), logs, directories of either, or recordings; with --maps and the like a log',
    )
    .option('--lane, --arch <names>', "lanes of logs: arm, x86_64@6.1, or all (default: each log's)", list)
    .option(KERNEL_OPTION[0], `${KERNEL_OPTION[1]} (logs only)`, list)
    .option('--json', 'print the result as JSON')
    .option('--markdown', 'print the result as Markdown')
    .option('--max <n>', 'mismatches to show in full', natural, 5)
    .option('--known <file>', 'known divergences (default: test/known-divergences.json where there is one)')
    .option('--maps <file>', 'compare the VMAs at the end of a log with /proc/PID/maps')
    .option('--smaps <file>', 'compare VMAs, VmFlags, Rss, Anonymous, huge pages and Pss with /proc/PID/smaps')
    .option('--pagemap <file>', 'compare the pages with a dump of the page table')
    .option('--at <n>', 'compare after this many events of the log', natural)
    .option('--mm <n>', 'the address space to compare (default: the one that acted last)', natural)
    .option('--jobs <n>', 'worker threads (default: one a core)', natural)
    .option('--corpus', 'the transcripts of @specialbit/corpus, beside those that are named')
    .option('--model <command>', 'score another implementation: it reads stripped transcripts, and writes whole ones')
    .option('--timeout <seconds>', 'of --model: what a transcript may take (default: 60)', natural)
    .addHelpText(
      'after',
      `
Examples:
  specialbit verify arm/curated.jsonl.gz
  specialbit verify --json kernel/ > result.json
  specialbit verify --maps /proc/1234/maps run.jsonl
  specialbit verify examples/claims --lane all --kernel all
  specialbit verify --corpus --model 'specialbit transcribe -'
${EXIT_CODES}`,
    )
    .action(async (named: string[], options) => {
      const files = options.corpus === true ? [...named, ...(await corpusTranscripts())] : named;
      if (files.length === 0)
        throw new UsageError('usage.files', 'expected transcripts, logs or recordings, or --corpus');
      if (options.model !== undefined) {
        const { verifyModel } = await import('./model/verify-model.js');
        done(await verifyModel(transcriptFiles(files), { timeout: 60, ...options }, terminal));
        return;
      }
      if (options.timeout !== undefined) throw new UsageError('usage.options', '--timeout is for --model');
      const snapshots = await isSnapshotCheck(files, options);
      done(await (snapshots ? verifySnapshots(files, options, terminal) : verify(files, options, terminal)));
    });
}

/** The files of the package, which nobody has to install. Throws InputError. */
async function corpusTranscripts(): Promise<string[]> {
  const found = await import('@specialbit/corpus').catch(() => undefined);
  if (found === undefined)
    throw new InputError('input.corpus', '--corpus: the corpus is not installed: npm install @specialbit/corpus');
  return found.corpusFiles().map((file) => found.corpusPath(file));
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
  if (logs.length === 0 && (options.arch !== undefined || options.kernel !== undefined))
    throw new UsageError('usage.files', '--lane and --kernel are for logs: a transcript names its own machine');
  if (options.json === true && options.markdown === true)
    throw new UsageError('usage.options', 'expected either --json or --markdown');
  const checked = await checkLogs(logs, options);
  const transcripts = inputs.length === 0 ? undefined : await playTranscripts(inputs, options, terminal);
  if (options.json === true) {
    const json = {
      ...(logs.length === 0 ? {} : { logs: checked }),
      ...(transcripts === undefined ? {} : (reportJson(transcripts) as object)),
    };
    await terminal.out(`${JSON.stringify(json, null, 2)}\n`);
  } else if (options.markdown === true) {
    const lines = [
      ...(logs.length === 0 ? [] : logsMarkdown(checked, options.max)),
      ...(logs.length === 0 || transcripts === undefined ? [] : [md``]),
      ...(transcripts === undefined ? [] : reportMarkdown(transcripts)),
    ];
    await terminal.out(markdownFile(lines));
  } else {
    const lines = [...(logs.length === 0 ? [] : logLines(checked, options.max))];
    if (transcripts !== undefined && total(transcripts.files).scenarios > 0)
      lines.push(...(lines.length === 0 ? [] : ['']), ...reportLines(transcripts, terminal));
    if (lines.length > 0) await terminal.out(`${lines.join('\n')}\n`);
  }
  const held = allHold(checked) ? EXIT.fine : EXIT.finding;
  return transcripts === undefined ? held : Math.max(held, transcriptsExit(transcripts, terminal));
}

async function playTranscripts(
  inputs: readonly Input[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<Verification> {
  const knownFile = options.known ?? (existsSync(DEFAULT_KNOWN) ? DEFAULT_KNOWN : undefined);
  const known: readonly KnownDivergence[] = knownFile === undefined ? [] : readKnown(knownFile);
  const bar = new ProgressBar(terminal);
  const started = performance.now();
  let files = await verifyAll(inputs, {
    max: options.max,
    known,
    jobs: options.jobs,
    onProgress: (progress) => bar.update(progress),
  });
  bar.end();
  if (files.some(({ error }) => error !== undefined)) {
    const { namedForWhatItIs } = await import('./no-transcript.js');
    files = await Promise.all(files.map(namedForWhatItIs));
  }
  return { files, known, knownFile, max: options.max, wall: performance.now() - started };
}

/** The exit code; what could not be read is told. */
function transcriptsExit({ files }: Verification, terminal: Terminal): number {
  let unusable = false;
  for (const { error } of files) {
    if (error === undefined) continue;
    unusable = true;
    terminal.err(`specialbit: ${error}\n`);
  }
  if (unusable) return EXIT.unusable;
  const sum = total(files);
  return sum.agreeing + sum.known.length === sum.steps ? EXIT.fine : EXIT.finding;
}
