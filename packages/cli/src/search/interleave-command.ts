// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit interleave LOG`: every end that threads can come to, and an order that leads there. */
import { encodeEvent, type LogHeader } from '@specialbit/events';
import { type End, goalNamed, type Interleaved, interleave } from '@specialbit/search';
import { count, namedLanes } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, natural } from '../command-context.js';
import { folderOf } from '../export/output.js';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';
import { logLines, writeLogs } from './found-log.js';
import { interleavedLines } from './interleaved-text.js';

export interface InterleaveCommandOptions {
  readonly lane?: string;
  readonly limit: number;
  readonly goal?: string;
  readonly whole?: boolean;
  readonly state: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('interleave')
    .description('what can come of threads that run at once: every end, and an order that leads there')
    .argument('<log>', 'a log with blocks of thread.begin and thread.end, or - for standard input')
    .option('--lane, --arch <name>', "the lane (default: the log's first, else x86_64)")
    .option('--limit <n>', 'orders that are run, at most', natural, 10_000)
    .option(
      '--goal <goal>',
      'look for this instead of what must not happen: message, crash, signal, reason:NAME, hang, invariant:NAME',
    )
    .option('--whole', 'leave calls whole: nothing runs while ->mmap does')
    .option('--no-state', 'leave out the states at the ends')
    .option('-o, --output <folder>', 'write the order of each end as a log into a folder')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Blocks that follow each other run at once. Each event is a step, but for an
mmap with calls of the driver (the VMA is in nobody's reach until ->mmap is
done), a fault (it looks for an entry before it makes one), and populating
(page by page): others can run in between, so far as mmap_lock lets them. Of
orders that cannot differ one is run.

Examples:
  specialbit interleave examples/threads/s08-revoke.jsonl
  specialbit interleave examples/threads/s08-revoke.jsonl --lane x86_64@7.3
  specialbit interleave examples/threads/s10-without-lock.jsonl --goal crash

Exit codes: 0 nothing breaks in any order; 1 something does, or the limit was
reached; 2 wrong usage, or unreadable input.`,
    )
    .action(async (log, { arch, ...options }) => done(await interleaveLog(log, { ...options, lane: arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError, SearchError. */
export async function interleaveLog(
  file: string,
  options: InterleaveCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const log = await loadLog(file, terminal);
  if (options.limit < 1) throw new UsageError('usage.value', '--limit 0: expected 1 order or more');
  const names = options.lane === undefined ? undefined : [options.lane];
  const [lane] = namedLanes(lanesOf(log.file, log.header, names, ['x86_64']));
  const found = interleave(lane!, log.events, {
    limit: options.limit,
    whole: options.whole === true,
    ...(options.goal === undefined ? {} : { goal: goalNamed(options.goal) }),
    progress: progressLine(terminal),
  });
  terminal.redraw();
  if (options.output !== undefined) await writeEnds(log.header, lane!.name, found, options.output, terminal);
  await terminal.out(
    options.json === true
      ? `${JSON.stringify(jsonOf(lane!.name, found), null, 2)}\n`
      : `${interleavedLines(lane!, found, { state: options.state, goal: options.goal }, terminal).join('\n')}\n`,
  );
  return found.cut || found.ends.some(({ broken }) => broken.length > 0) ? EXIT.finding : EXIT.fine;
}

async function writeEnds(
  { files, machine, config }: LogHeader,
  lane: string,
  { ends }: Interleaved,
  folder: string,
  terminal: Terminal,
): Promise<void> {
  folderOf(folder);
  const logs = ends.map(({ schedule, broken }) => {
    const header: LogHeader = {
      ...{ specialbit: 1, title: 'Found by interleave', description: broken, arch: [lane] },
      ...(files && { files }),
      ...(machine && { machine }),
      ...(config && { config }),
    };
    return logLines(header, { events: schedule.flatMap(({ part, event }) => (part === 'look' ? [] : [event])) });
  });
  await writeLogs(logs, folder, true, terminal);
}

function jsonOf(lane: string, { ends, ...found }: Interleaved): unknown {
  return { lane, ...found, ends: ends.map(endJson) };
}

function endJson({ world: _, schedule, waiting, ...end }: End): unknown {
  return {
    ...end,
    schedule: schedule.map(({ event, outcome, ...step }) => ({ ...step, event: encodeEvent(event), ...outcome })),
    waiting: waiting.map(({ event, ...one }) => ({ ...one, event: encodeEvent(event) })),
  };
}

/** A line that is drawn over on a terminal. */
function progressLine({ live, redraw }: Terminal): (runs: number, steps: number) => void {
  return (runs, steps) => {
    if (live && runs % 100 === 0) redraw(`${count(runs)} orders, ${count(steps)} steps`);
  };
}
