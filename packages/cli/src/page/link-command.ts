// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit link LOG`: a link that holds the log, and what of it is to be seen. */
import { encodeLink } from '@specialbit/viewer';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { type SeenOptions, seenState } from './state.js';

/** Where the project has its page. */
const HOME = 'https://specialbit.github.io/specialbit/';
/** Longer links are cut off by some mail programs and trackers. */
const LONG = 2000;

export interface LinkOptions extends SeenOptions {
  readonly base: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('link')
    .description('print a link to the page that holds the whole log, and what of it is to be seen')
    .argument('<log>', 'a log, or - for standard input')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64,arm)", list)
    .option('--at <n>', 'after this many events (default: where the lanes part)', natural)
    .option('--select <what>', 'a page or a frame: ring[2], P0')
    .option('--differs', 'only what differs')
    .option('--base <url>', 'where the page is hosted', HOME)
    .option('--json', 'print the link and its length as JSON')
    .addHelpText(
      'after',
      `
The log is in the part of the link behind the #, which no browser sends to a
server. \`specialbit open\` reads such a link without a browser.

Examples:
  specialbit link examples/s01-same-driver.jsonl --at 2 --select 'bo[0]'
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await link(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function link(file: string, options: LinkOptions, terminal: Terminal): Promise<number> {
  const text = `${options.base.replace(/#.*$/, '')}#${await encodeLink(await seenState(file, options, terminal))}`;
  await terminal.out(options.json === true ? `${JSON.stringify({ link: text, length: text.length })}\n` : `${text}\n`);
  if (text.length > LONG)
    terminal.err(
      `specialbit: the link has ${text.length} characters; some programs cut off links of more than ${LONG}\n`,
    );
  return EXIT.fine;
}
