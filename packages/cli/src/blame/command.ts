// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit blame LOG 'ring[2]'`: which event last changed a PTE, a counter, a frame or a VMA. */
import { encodeEvent } from '@specialbit/events';
import { blamed, blameLines, type Change, parseSubject } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { historiesOf } from '../time/histories.js';
import { loadLog, momentOf } from '../time/loaded-log.js';

export interface BlameOptions {
  readonly arch?: string[];
  readonly at?: number;
  readonly mm: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('blame')
    .description('which event last changed a PTE, a counter, a frame or a VMA')
    .argument('<log>', 'a log, or - for standard input')
    .argument('<what>', '"ring[2]", "ring.vm_flags", "P0", "P0.mapcount", "MM_ANONPAGES", "1:rss"')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option('--at <n>', 'as seen after this many events (default: all)', natural)
    .option('--mm <n>', 'the address space of a page or counter that names none', natural, 0)
    .option('--all', 'every event that changed it, the last first')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
What can be asked about:
  ring[2], ring, 0x20001000   the PTE of a page; 1:ring[2] for the process mm 1
  ring.vm_flags, ring.vm_pgoff, ring.range                 the VMA of the page
  P0, P0.mapcount, P0.flags, P0.content    a frame; its refcount when not said
  MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, rss     of a process

Examples:
  specialbit blame examples/s13-cow-linear-rule.jsonl 'map[1]' --arch arm --at 3
  specialbit blame examples/s13-cow-linear-rule.jsonl rss --all
${EXIT_CODES}`,
    )
    .action(async (log, what, options) => done(await blame(log, what, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function blame(file: string, target: string, options: BlameOptions, terminal: Terminal): Promise<number> {
  const subject = parseSubject(target, options.mm);
  const log = await loadLog(file, terminal);
  const at = momentOf(log, '--at', options.at);
  const blames = historiesOf(log, options).map((history) => blamed(history, subject, at, options.all === true));
  if (options.json === true) {
    const lanes = Object.fromEntries(
      blames.map(({ lane, what, value, changes }) => [lane, { what, value, changes: changes.map(changeJson) }]),
    );
    await terminal.out(`${JSON.stringify({ file: log.file, at, lanes }, null, 2)}\n`);
    return EXIT.fine;
  }
  await terminal.out(`${blames.map((one) => blameLines(one, at, terminal).join('\n')).join('\n\n')}\n`);
  return EXIT.fine;
}

function changeJson({ numbered, returned, before, after }: Change) {
  const { number, line, event } = numbered;
  return { number, line, event: encodeEvent(event), returned, before, after };
}
