// SPDX-License-Identifier: GPL-2.0-or-later
/** What the jobs of sweeps, their beginnings and their results are called in Redis. */
import { createRequire } from 'node:module';
import type { Entry, SweepSettings, SweepTask, TaskResult } from '@specialbit/search';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Of one version only: another one's model may answer otherwise. */
export const QUEUE = `specialbit-${version}`;

/** What all tasks of one step of a sweep have in common. */
export interface Work {
  readonly settings: SweepSettings;
  readonly start: readonly Entry[];
}

/** What is in the queue: few words, for the work is kept once for all its tasks. */
export interface QueuedTask {
  /** The name of the work. */
  readonly work: string;
  /** Its place among the tasks. */
  readonly index: number;
  readonly task: SweepTask;
}

/** What is kept of a task that was done. */
export type Kept = { readonly result: TaskResult } | { readonly failure: string };

export const workKey = (work: string): string => `${QUEUE}:work:${work}`;
export const resultsKey = (work: string): string => `${QUEUE}:results:${work}`;

/** What nobody asked for so long is forgotten, seconds. */
export const KEPT_SECONDS = 3600;
