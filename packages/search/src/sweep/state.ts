// SPDX-License-Identifier: GPL-2.0-or-later
/** What a sweep knows: which jobs are done, and the smallest log so far of each thing. States are merged as sets are. */

import { SearchError } from '../errors.js';
import { Corpus, type Entry } from './corpus.js';
import { differingSetting, jobsOf, runsOf, type SweepSettings } from './settings.js';
import { isWitness } from './shown.js';
import type { JobResult } from './sweeper.js';

export class SweepState {
  /** Of each job that is done how many events it played, by `round:index`. */
  readonly done = new Map<string, number>();
  readonly corpus: Corpus;

  /** `start`: what is known before the first round. */
  constructor(
    readonly settings: SweepSettings,
    start: Iterable<Entry> = [],
  ) {
    this.corpus = new Corpus(start);
  }

  add({ round, index, events, entries }: JobResult): void {
    this.done.set(jobName(round, index), events);
    this.corpus.merge(entries);
  }

  /** Throws SearchError `search.settings` where the other is of another sweep; `names`: what the two are called. */
  merge(other: SweepState, names: readonly [string, string]): void {
    const differs = differingSetting(this.settings, other.settings);
    if (differs !== undefined) {
      throw new SearchError('search.settings', `${names[0]} and ${names[1]} are of different sweeps: ${differs}`);
    }
    for (const [job, events] of other.done) this.done.set(job, events);
    this.corpus.merge(other.corpus.sorted());
  }

  /** Of the first `rounds` rounds those that are not done. */
  missing(rounds: number): number {
    let done = 0;
    for (const job of this.done.keys()) if (Number(job.split(':')[0]) < rounds) done++;
    return rounds * jobsOf(this.settings) - done;
  }

  /** Rounds that were begun. */
  get rounds(): number {
    let rounds = 0;
    for (const job of this.done.keys()) rounds = Math.max(rounds, 1 + Number(job.split(':')[0]));
    return rounds;
  }

  get runs(): number {
    let runs = 0;
    for (const job of this.done.keys()) runs += runsOf(this.settings, Number(job.split(':')[1]));
    return runs;
  }

  get events(): number {
    let events = 0;
    for (const of of this.done.values()) events += of;
    return events;
  }

  /** Things of which a minimal log is kept. */
  get findings(): Entry[] {
    return this.corpus.sorted().filter(({ key }) => isWitness(key));
  }
}

export const jobName = (round: number, index: number): string => `${round}:${index}`;
