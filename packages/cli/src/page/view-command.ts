// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit view LOG`: the log in a browser, served from this machine, or as one file. */
import { cpSync } from 'node:fs';
import { encodeLink } from '@specialbit/viewer';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { writeOutput } from '../export/output.js';
import { EXIT, InputError, UsageError, warningLine } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { pageFolder, reportOf, wholePage } from './files.js';
import { serve } from './serve.js';
import { type SeenOptions, seenToMend } from './state.js';

export interface ViewOptions extends SeenOptions {
  readonly output?: string;
  readonly static?: string;
  readonly proof?: string[];
  readonly port: number;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('view')
    .description('a log in the browser: served from this machine, or written as one file that opens anywhere')
    .argument('[log]', 'a log, or a recording')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64,arm)", list)
    .option('--at <n>', 'begin after this many events (default: where the lanes part)', natural)
    .option('--select <what>', 'a page or a frame: ring[2], P0')
    .option('--differs', 'only what differs')
    .option(
      '--proof <files>',
      'proofs of the log, or their folder (specialbit prove -o): its events are marked as seen on a real kernel',
      list,
    )
    .option('-o, --output <file>', 'write one HTML file with everything in it, instead of serving')
    .option('--static <folder>', 'write the page into a folder that any web server can host')
    .option('--port <n>', 'the port to serve at (default: a free one)', natural, 0)
    .option('--json', 'print where it is served, or what was written, as JSON')
    .addHelpText(
      'after',
      `
Without --output and --static it serves the page at a port that only this
machine can reach, until it is interrupted; the page follows the file when it
changes. The model runs in the browser, and nothing of a log is sent anywhere.
A log with errors opens in the page's editor, with the errors in its margin.
Without a log, the page begins with the examples and the gallery.

Examples:
  specialbit view examples/s01-same-driver.jsonl
  specialbit view examples/s01-same-driver.jsonl -o report.html
  specialbit view -o viewer.html
  specialbit prove examples/s01-same-driver.jsonl -o proofs
  specialbit view examples/s01-same-driver.jsonl --proof proofs
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await view(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function view(file: string | undefined, options: ViewOptions, terminal: Terminal): Promise<number> {
  const say = (json: object, text: string): Promise<void> =>
    terminal.out(options.json === true ? `${JSON.stringify(json)}\n` : text);
  if (options.static !== undefined) {
    if (options.output !== undefined || file !== undefined)
      throw new UsageError('usage.options', '--static writes the page alone: without a log, and without --output');
    copyPage(options.static);
    await say(
      { folder: options.static },
      `the page is in ${options.static}; open its index.html through a web server\n`,
    );
    return EXIT.fine;
  }
  if (options.proof !== undefined && (file === undefined || file === '-'))
    throw new UsageError('usage.options', '--proof needs the log that it is of');
  let told = '';
  const link = async (): Promise<string> => {
    if (file === undefined) return '';
    const { state, error } = await seenToMend(file, options, terminal);
    const warning = error === null ? '' : warningLine(error);
    // told once, not for each page that asks
    if (warning !== '' && warning !== told)
      terminal.err(`${warning}specialbit: the page plays the log up to there, and has it in its editor\n`);
    told = warning;
    if (options.proof === undefined) return await encodeLink(state);
    const { seenOnKernels } = await import('./proofs.js');
    return await encodeLink({ ...state, seen: await seenOnKernels(file, options.proof) });
  };
  if (options.output !== undefined) {
    const text = file === undefined ? wholePage() : reportOf(await link(), titleOf(file));
    await writeOutput([text], options.output, terminal);
    await say({ output: options.output }, '');
    return EXIT.fine;
  }
  // what is wrong with a log is told here as well
  await link();
  const served = await serve(options.port, link, file === undefined || file === '-' ? null : file);
  await say({ url: served.url }, `${served.url} (until interrupted)\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await served.close();
  return EXIT.fine;
}

const titleOf = (file: string): string => `${file.replace(/^.*[/\\]/, '')} - specialbit`;

function copyPage(folder: string): void {
  try {
    cpSync(pageFolder(), folder, { recursive: true });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      'input.unwritable',
      `${folder}: cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
    );
  }
}
