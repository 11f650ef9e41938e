// SPDX-License-Identifier: GPL-2.0-or-later
/** What the command line says of a sweep. */
import { availableParallelism } from 'node:os';
import { digest, type Entry, type KnownLog, Sweeper, type SweepSettings, searchHeader } from '@specialbit/search';
import { namedLanes } from '@specialbit/view';
import { UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import { framesOf } from '../search/command.js';

export interface SweepCommandOptions {
  readonly lane?: string[];
  readonly time?: number;
  readonly runs?: number;
  readonly rounds?: number;
  readonly seed: number;
  readonly length: number;
  readonly job: number;
  readonly events?: string[];
  readonly pages: number;
  readonly frames?: string[];
  readonly mappings: number;
  readonly workers?: number;
  readonly shard?: string;
  readonly corpus?: string;
  readonly queue?: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** With the bit and without, of both word lengths and both byte orders. */
const LANES = ['x86_64', 'arm64', 's390x', 'arm-lpae', 'arm', 'm68k', 'alpha'];
/** Random logs of a round: where the time is limited, rounds are short. */
const RUNS = 16_000;
const RUNS_OF_TIMED = 4_000;

/** What is swept, and what it starts from. Throws UsageError, SearchError. */
export function settingsOf(
  options: SweepCommandOptions,
  logs: readonly KnownLog[],
): { readonly settings: SweepSettings; readonly start: Entry[] } {
  for (const name of ['job', 'length'] as const) {
    if (options[name] < 1) throw new UsageError('usage.value', `--${name} 0: expected 1 or more`);
  }
  const { frames = ['P0', 'D0', 'Z'] } = options;
  const lanes = namedLanes(lanesOf('--lane', searchHeader(frames), options.lane, LANES));
  const { seed, length, job, pages, mappings, events = null } = options;
  const runs = options.runs ?? (options.time === undefined ? RUNS : RUNS_OF_TIMED);
  if (runs < 1) throw new UsageError('usage.value', '--runs 0: expected 1 run or more');
  const settings: SweepSettings = {
    lanes: lanes.map(({ name }) => name),
    ...{ seed, runs, job, length, pages, mappings, events, start: '' },
    frames: framesOf(lanes, frames),
  };
  // what the events are made of is looked at here, before anything is started
  const start = new Sweeper(lanes, settings).seen(logs);
  return { settings: { ...settings, start: start.length > 0 ? digest(start) : '' }, start };
}

export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** `3/8`, from 1. Throws UsageError. */
export function shardOf(text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || Number(index) < 1 || Number(index) > Number(of))
    throw new UsageError('usage.value', `--shard ${text}: expected a shard of some, as 1/8 to 8/8`);
  return { index: Number(index) - 1, of: Number(of) };
}

/** What excludes what. Throws UsageError. */
export function checkTogether({ shard, time, rounds, output, queue, workers }: SweepCommandOptions): void {
  if (time !== undefined && rounds !== undefined)
    throw new UsageError('usage.options', '--time and --rounds: how many rounds there are is said by one of them');
  if (time === 0 || rounds === 0)
    throw new UsageError('usage.value', `--${time === 0 ? 'time' : 'rounds'} 0: expected 1 or more`);
  if (workers === 0) throw new UsageError('usage.value', '--workers 0: expected 1 thread or more');
  if (queue !== undefined && workers !== undefined)
    throw new UsageError('usage.options', '--queue and --workers: "specialbit worker --queue" has the threads');
  if (shard === undefined) return;
  shardOf(shard);
  if (output === undefined)
    throw new UsageError('usage.options', '--shard needs -o FILE: what "specialbit merge" takes');
  if (time !== undefined || (rounds ?? 1) > 1)
    throw new UsageError(
      'usage.options',
      '--shard has one round, and neither --time nor --rounds: a second one starts from what all shards found (merge into --corpus, and sweep again)',
    );
}

export const workersOf = ({ workers }: Pick<SweepCommandOptions, 'workers'>): number =>
  workers ?? availableParallelism();
