// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A sweep: rounds of jobs, each of random logs from its own seeds and from what all rounds before it found. Who does the
 * jobs, where and in which order, makes no difference to what comes of it.
 */
import { Corpus, type Entry } from './corpus.js';
import { jobsOf } from './settings.js';
import type { SweepState } from './state.js';
import type { JobResult, Witness } from './sweeper.js';

/** Plain data. */
export type SweepTask =
  | { readonly kind: 'job'; readonly round: number; readonly index: number }
  | { readonly kind: 'shrink'; readonly entries: readonly Entry[] };

/** Plain data. */
export type TaskResult =
  | ({ readonly kind: 'job' } & JobResult)
  | { readonly kind: 'shrink'; readonly witnesses: readonly Witness[] };

/** Who does tasks: threads of this process, or others. */
export interface SweepExecutor {
  /**
   * Does tasks, in whatever order, and hands over each result when it is there. `start`: the logs that all of them start
   * from. Resolves when all are done, or when it was told to stop; rejects where one failed.
   */
  run(
    tasks: readonly SweepTask[],
    start: readonly Entry[],
    hear: (result: TaskResult, task: number) => void,
  ): Promise<void>;
  /** It was told to stop: what is not done stays so. */
  readonly stopped: boolean;
}

export interface SweepPlan {
  /** How many rounds; by default they go on until `until` says so. */
  readonly rounds?: number;
  /** Asked before each round but the first. */
  readonly until?: () => boolean;
  /** Only every `of`th job of each round, from `index` on (from 0). */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Hears of each job that is done. */
  readonly progress?: (state: SweepState) => void;
}

/** Plays what a plan has. `state` begins with what the sweep starts from. */
export async function sweep(state: SweepState, plan: SweepPlan, executor: SweepExecutor): Promise<void> {
  const { rounds = Number.POSITIVE_INFINITY, until, shard, progress } = plan;
  for (let round = 0; round < rounds && !executor.stopped; round++) {
    if (round > 0 && until?.() === true) break;
    const tasks: SweepTask[] = [];
    for (let index = 0; index < jobsOf(state.settings); index++) {
      if (shard !== undefined && index % shard.of !== shard.index) continue;
      tasks.push({ kind: 'job', round, index });
    }
    await executor.run(tasks, state.corpus.sorted(), (result) => {
      if (result.kind !== 'job') return;
      state.add(result);
      progress?.(state);
    });
  }
}

/** Entries that are made small by one task. */
const BATCH = 8;

/** The minimal logs of what was found: one for each cause for which lanes part, and one for each other thing. */
export async function finish(
  state: SweepState,
  executor: SweepExecutor,
  progress?: (done: number, of: number) => void,
): Promise<Witness[]> {
  const { findings } = state;
  const tasks: SweepTask[] = [];
  for (let i = 0; i < findings.length; i += BATCH) {
    tasks.push({ kind: 'shrink', entries: findings.slice(i, i + BATCH) });
  }
  const small = new Map<string, Witness>();
  await executor.run(tasks, [], (result) => {
    if (result.kind !== 'shrink') return;
    for (const witness of result.witnesses) small.set(witness.key, witness);
    progress?.(small.size, findings.length);
  });
  const witnesses = findings.map((entry) => small.get(entry.key) ?? { ...entry, name: entry.key, minimal: false });
  // of logs with one name the smallest
  const smallest = new Corpus(witnesses.map((witness) => ({ ...witness, key: witness.name })));
  const byKey = new Map(
    witnesses.map((witness) => [`${witness.name}\n${witness.lanes.join()}\n${witness.log}`, witness]),
  );
  return smallest.sorted().map(({ key, lanes, log }) => byKey.get(`${key}\n${lanes.join()}\n${log}`)!);
}
