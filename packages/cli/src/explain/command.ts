// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit explain LOG 'ring[2]'`: why one PTE is, or is not, a normal page; `--event N`: why an event did what it did. */

import { explainPte, kernelOptions, type PteExplanation } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import type { Mm } from '@specialbit/core/kernel';
import { explanationLines, LanePlayer } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';
import { type OpenedLog, openLog } from '../log/open-log.js';
import { playLog } from '../replay/play-log.js';
import type { Terminal } from '../terminal.js';
import { explainEvent } from './explain-event.js';

export interface ExplainOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly at?: number;
  readonly mm: number;
  readonly event?: number;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('explain')
    .description("vm_normal_page()'s way to its answer for one PTE, or why an event returned and changed what it did")
    .argument('<log>', 'a log, or - for standard input')
    .argument('[page]', '"ring[2]", "ring" or an address such as 0x20001000; not with --event')
    .option('--lane, --arch <names>', "lanes, with commas: arm, x86_64@6.1 (default: the log's, else x86_64)", list)
    .option(...KERNEL_OPTION, list)
    .option('--at <n>', 'after this many events (default: all)', natural)
    .option('--mm <n>', 'the address space', natural, 0)
    .option('--event <n>', 'the event of this number instead of a page', natural)
    .option('--json', 'print the explanations as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit explain examples/s13-cow-linear-rule.jsonl --at 3 'map[1]'
  specialbit explain examples/s17-gup-refused.jsonl --event 2
  specialbit explain ptes.txt 0x7f0000000000   (of specialbit record --ptes)
${EXIT_CODES}`,
    )
    .action(async (log, page, options) => done(await explain(log, page, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function explain(
  file: string,
  target: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.event !== undefined) return explainEvent(file, target, options.event, options, terminal);
  if (target === undefined) {
    throw new UsageError('usage.subject', 'explain needs a page of the log ("ring[2]"), or --event and its number');
  }
  const place = parseTarget(target);
  const log = await openLog(file);
  const players = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel).map(
    (lane) => new LanePlayer(lane, false),
  );
  const done = await playLog(log, players, options.at, terminal);
  const explanations = players.map((player) => {
    const { kernel, lane } = player;
    const mm = kernel.mms.get(options.mm);
    if (mm === undefined) {
      const live = [...kernel.mms.keys()].join(', ') || 'none';
      throw new UsageError(
        'usage.process',
        `--mm ${options.mm}: no such address space after ${done} events (${absence(player.whyAbsent(options.mm))}live: ${live})`,
      );
    }
    const explained = explainPte(kernelOptions(lane), kernel, options.mm, vpnOf(mm, place, lane.arch.page.size));
    // entries of a dump count nothing here: what the machine counted stands below
    return log.seen === undefined ? explained : { ...explained, frame: null, holders: [] };
  });
  await print(
    explanations,
    players.map(({ lane }) => lane.arch),
    file,
    done,
    options.json === true,
    terminal,
    seenAt(log, place, players[0]!.lane.arch.page.size),
  );
  return EXIT.fine;
}

/** What the kernel itself said of the page, where the log is a dump of its page tables. */
function seenAt({ seen }: OpenedLog, place: Target, pageSize: number): readonly string[] | undefined {
  if (seen === undefined || !('address' in place)) return undefined;
  return seen.get(place.address - (place.address % pageSize)) ?? ['no present entry was seen there'];
}

/** `it exited at event 7: --at 6; `: what is to blame, and the moment before it. */
function absence(why: string | undefined): string {
  if (why === undefined) return '';
  const exited = /^it exited at event (\d+)$/.exec(why);
  return `${why}${exited === null ? '' : `: --at ${Number(exited[1]) - 1}`}; `;
}

async function print(
  explanations: readonly PteExplanation[],
  archs: readonly Architecture[],
  file: string,
  events: number,
  json: boolean,
  terminal: Terminal,
  seen: readonly string[] | undefined,
): Promise<void> {
  if (json) {
    const kernel = seen === undefined ? {} : { seen };
    await terminal.out(`${JSON.stringify({ file, events, explanations, ...kernel }, null, 2)}\n`);
    return;
  }
  const texts = explanations.map((explanation, i) =>
    explanationLines(explanation, archs[i]!, events, terminal).join('\n'),
  );
  const kernel =
    seen === undefined ? '' : `\nwhat was seen on the machine:\n${seen.map((line) => `  ${line}\n`).join('')}`;
  await terminal.out(`${texts.join('\n\n')}\n${kernel}`);
}

type Target = { readonly label: string; readonly page: number } | { readonly address: number };

/** `ring[2]`, `ring`, or an address such as 0x20001000. Throws UsageError. */
function parseTarget(text: string): Target {
  if (/^0x[0-9a-f]+$/i.test(text)) {
    const address = Number.parseInt(text, 16);
    if (Number.isSafeInteger(address)) return { address };
  }
  const match = /^([A-Za-z_][\w.-]*)(?:\[(\d+|0x[0-9a-f]+)\])?$/.exec(text);
  if (match !== null) return { label: match[1]!, page: Number(match[2] ?? 0) };
  throw new UsageError(
    'usage.subject',
    `expected a page ("ring[2]", "ring" or an address such as 0x20001000), found ${JSON.stringify(text)}`,
  );
}

function vpnOf(mm: Mm, target: Target, pageSize: number): number {
  if ('address' in target) return Math.floor(target.address / pageSize);
  const start = mm.labels[target.label];
  if (start !== undefined) {
    const vpn = start + target.page;
    if (Number.isSafeInteger(vpn * pageSize)) return vpn;
    throw new UsageError('usage.subject', `no such page: ${target.label}[${target.page}] is beyond every address`);
  }
  const known = Object.keys(mm.labels).join(', ') || 'none';
  throw new InputError('usage.subject', `no such mapping: ${target.label} (known: ${known})`);
}
