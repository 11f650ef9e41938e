// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit link LOG`: a link that holds the log, and what of it is to be seen. */

import type { Level } from '@specialbit/decode';
import { encodeLink } from '@specialbit/viewer';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { levelOption } from '../decode/options.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { decodedState, type SeenOptions, seenState } from './state.js';

/** Where the project has its page. */
export const HOME = 'https://specialbit.github.io/specialbit/';
/** Longer links are cut off by some mail programs and trackers. */
const LONG = 2000;

export interface LinkOptions extends SeenOptions {
  readonly base: string;
  /** A value or a report, instead of a log. */
  readonly decode?: string;
  readonly level?: Level;
  /** Without what is around it, for a frame in another page. */
  readonly embed?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('link')
    .description('print a link to the page that holds the whole log, and what of it is to be seen')
    .argument('[log]', 'a log, or - for standard input')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64,arm)", list)
    .option('--at <n>', 'after this many events (default: where the lanes part)', natural)
    .option('--select <what>', 'a page or a frame: ring[2], P0')
    .option('--differs', 'only what differs')
    .option('--decode <what>', 'instead of a log: the value of an entry, or a file with the report of a kernel')
    .option('--level <level>', 'the level of values: pte, pmd, pud, p4d, pgd (default: pte)', levelOption)
    .option('--embed', 'for a frame in another page: without what is around the lanes')
    .option('--base <url>', 'where the page is hosted', HOME)
    .option('--json', 'print the link and its length as JSON')
    .addHelpText(
      'after',
      `
The log is in the part of the link behind the #, which no browser sends to a
server. \`specialbit open\` reads such a link without a browser.

Examples:
  specialbit link examples/s01-same-driver.jsonl --at 2 --select 'bo[0]'
  specialbit link --decode 8000000008000227 --lane x86_64,arm64
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await link(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function link(file: string | undefined, options: LinkOptions, terminal: Terminal): Promise<number> {
  const { decode, embed = false } = options;
  if ((file === undefined) === (decode === undefined))
    throw new UsageError('usage.options', 'expected either a log, or --decode with a value or a report');
  const state = decode === undefined ? await seenState(file!, options, terminal) : await decodedState(decode, options);
  const shown = { ...state, switches: { ...state.switches, embed } };
  const text = `${options.base.replace(/#.*$/, '')}#${await encodeLink(shown)}`;
  await terminal.out(options.json === true ? `${JSON.stringify({ link: text, length: text.length })}\n` : `${text}\n`);
  if (text.length > LONG)
    terminal.err(
      `specialbit: the link has ${text.length} characters; some programs cut off links of more than ${LONG}\n`,
    );
  return EXIT.fine;
}
