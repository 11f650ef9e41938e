// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit shrink LOG`: the smallest form of a log at which lanes still part for the same cause. */
import type { NamedLane } from '@specialbit/core';
import { encodeEvent, type LogHeader } from '@specialbit/events';
import {
  causeOf,
  GOAL_FORMS,
  goalNamed,
  type Kept,
  keepCause,
  keepGoal,
  partings,
  SearchError,
  type Shrunk,
  shrink,
} from '@specialbit/search';
import { namedLanes, wrap } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';
import { foundLines, foundLog, logLines, several, writeLogs } from './found-log.js';

export interface ShrinkCommandOptions {
  readonly lane?: string[];
  readonly event?: number;
  readonly keep?: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('shrink')
    .description('the smallest form of a log at which lanes still part for the same cause')
    .argument('<log>', 'a log, or - for standard input')
    .option('--lane, --arch <names>', "lanes, with commas (default: the log's, else x86_64,arm)", list)
    .option('--event <n>', 'keep why the lanes part at this event (default: the first at which they do)', natural)
    .option('--keep <goal>', `keep something else instead: ${GOAL_FORMS.join(', ')}`)
    .option('-o, --output <file>', 'write the log to a file')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Events are left out first, many at once, then each alone; what is left is made
simpler member by member (pages, flags, calls, frames), and lanes that are not
needed go. The result is minimal: it was tried that no event can go, and no
member be simpler.

Examples:
  specialbit shrink examples/s13-cow-linear-rule.jsonl --lane x86_64,arm
  specialbit shrink examples/bad-page-map.jsonl --lane x86_64 --keep message

Exit codes: 0 done; 2 wrong usage, unreadable input, or a log that does not do
what is to be kept.`,
    )
    .action(async (log, { arch, ...options }) => done(await shrinkLog(log, { ...options, lane: arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError, SearchError. */
export async function shrinkLog(file: string, options: ShrinkCommandOptions, terminal: Terminal): Promise<number> {
  const log = await loadLog(file, terminal);
  const lanes = namedLanes(lanesOf(log.file, log.header, options.lane, ['x86_64', 'arm']));
  const numbered = log.events.filter(({ event }) => event.type !== 'expect');
  const events = numbered.map(({ event }) => event);
  const kept = keptOf(
    lanes,
    events,
    numbered.map(({ number }) => number),
    options,
  );
  const shrunk = shrink(lanes, events, kept, {
    progress: ({ events: left, replays }) => {
      terminal.redraw(`${left} of ${events.length} events, ${replays} replays`);
    },
  });
  terminal.redraw();
  const header = headerOf(log.header, shrunk);
  const found = foundLog(shrunk.lanes, kept.name, shrunk.events);
  if (options.output !== undefined) await writeLogs([logLines(header, found)], options.output, false, terminal);
  if (options.json === true) {
    const json = {
      lanes: shrunk.lanes.map(({ name }) => name),
      ...{ kept: kept.name, before: events.length, replays: shrunk.replays, proof: shrunk.proof },
      events: shrunk.events.map((event) => encodeEvent(event)),
    };
    await terminal.out(`${JSON.stringify(json, null, 2)}\n`);
    return EXIT.fine;
  }
  const lines = [
    ...foundLines(found, terminal),
    '',
    ...wrap(
      `${several(log.events.length, 'event')} became ${shrunk.events.length}, on ${shrunk.lanes.map(({ name }) => name).join(', ')} ` +
        `(${several(shrunk.replays, 'replay')}; the last ${shrunk.proof} showed that no event can go)`,
    ),
  ];
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

/** What is kept: a goal, or why the lanes part. */
function keptOf(
  lanes: readonly NamedLane[],
  events: Parameters<typeof partings>[1],
  numbers: readonly number[],
  { keep, event }: ShrinkCommandOptions,
): Kept {
  if (keep !== undefined) return keepGoal(goalNamed(keep));
  if (lanes.length < 2)
    throw new UsageError(
      'usage.architecture',
      'lanes part when there are two or more: --lane x86_64,arm; or use --keep',
    );
  const names = lanes.map(({ name }) => name).join(', ');
  for (const { index, divergences } of partings(lanes, events)) {
    if (event !== undefined && numbers[index] !== event) continue;
    return keepCause(causeOf(divergences[0]!));
  }
  throw new SearchError(
    'search.kept',
    event === undefined ? `${names} part nowhere in this log` : `${names} do not part at event ${event}`,
  );
}

function headerOf(header: LogHeader, { lanes }: Shrunk): LogHeader {
  return { ...header, arch: lanes.map(({ name }) => name) };
}
