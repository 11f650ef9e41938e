// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit mapcount LOG`: what kernels count of large folios, and what /proc reports from it. */
import { folioCounts } from '@specialbit/core/kernel';
import { LanePlayer, laneName, mapcountLines } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';
import { openLog } from '../log/open-log.js';
import { playLog } from '../replay/play-log.js';
import type { Terminal } from '../terminal.js';

export interface MapcountOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly at?: number;
  readonly json?: boolean;
}

/** The rules that there were, are, can be configured, and are proposed. */
const KERNELS = ['6.12', '7.3', '7.3+no_page_mapcount', '7.3+total_mapped_pages'];

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('mapcount')
    .description('what kernels count of large folios, and what /proc reports of each process from it')
    .argument('<log>', 'a log, or - for standard input')
    .option(
      '--lane, --arch <names>',
      'lanes, with commas (default: the first of the log, with counts of pages, owners, without counts of pages, and as proposed)',
      list,
    )
    .option(...KERNEL_OPTION, list)
    .option('--at <n>', 'after this many events (default: all)', natural)
    .option('--json', 'print all of it as JSON')
    .addHelpText(
      'after',
      `
Rss is exact under every rule, Pss, Uss, kpagecount, PM_MMAP_EXCLUSIVE and
mapmax are not: what is off says by how much. Lanes without other names are
6.12 (a count for each page), 7.3 (and two owners of each folio), 7.3 with
CONFIG_NO_PAGE_MAPCOUNT (owners and an average), and 7.3 with what was
proposed after it (total_mapped_pages). docs/mapcount.md has the worst cases.

Examples:
  specialbit mapcount examples/gallery/s39-pss-by-average/events.jsonl
  specialbit mapcount examples/gallery/s38-cow-of-shared-thp/events.jsonl --at 9 \\
    --lane x86_64@6.12,x86_64@7.3
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await mapcount(log, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function mapcount(file: string, options: MapcountOptions, terminal: Terminal): Promise<number> {
  const log = await openLog(file);
  const [first = 'x86_64'] = log.header.arch ?? [];
  const arch = first.replace(/[@:].*$/, '');
  const usual = options.arch === undefined && options.kernel === undefined;
  const names = usual ? KERNELS.map((kernel) => `${arch}@${kernel}`) : options.arch;
  const players = lanesOf(log.file, log.header, names, ['x86_64'], options.kernel).map(
    (lane) => new LanePlayer(lane, false),
  );
  const done = await playLog(log, players, options.at, terminal);
  const lanes = players.map(({ kernel, lane }) => ({ name: laneName(lane), folios: folioCounts(kernel) }));
  if (options.json === true) await terminal.out(`${JSON.stringify({ events: done, lanes }, null, 2)}\n`);
  else await terminal.out(`${mapcountLines(lanes, done).join('\n')}\n`);
  return EXIT.fine;
}
