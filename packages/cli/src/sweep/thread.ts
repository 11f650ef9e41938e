// SPDX-License-Identifier: GPL-2.0-or-later
/** A worker thread of a sweep: does one task after the other, for whichever sweep it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from '@specialbit/events';
import { type Entry, Sweeper, type SweepSettings, type SweepTask, type TaskResult } from '@specialbit/search';
import { onlyPlugins } from '../plugin/only-plugins.js';
import { sweptLanes } from './swept-lanes.js';

export type ToThread =
  | { readonly kind: 'begin'; readonly settings: SweepSettings; readonly start: readonly Entry[] }
  | { readonly kind: 'task'; readonly task: SweepTask };
export type FromThread =
  | { readonly kind: 'result'; readonly result: TaskResult }
  | { readonly kind: 'failure'; readonly message: string; readonly code: string | undefined };

/** What a thread gets when it starts. */
export interface ThreadData {
  readonly plugins: readonly string[];
}

const port = parentPort!;
await onlyPlugins((workerData as ThreadData).plugins);
let of = '';
let sweeper: Sweeper | undefined;
let start: readonly Entry[] = [];

function done(task: SweepTask): TaskResult {
  if (task.kind === 'job') return { kind: 'job', ...sweeper!.job(task.round, task.index, start) };
  return { kind: 'shrink', witnesses: task.entries.map((entry) => sweeper!.shrink(entry)) };
}

port.on('message', (message: ToThread) => {
  try {
    if (message.kind === 'task') {
      port.postMessage({ kind: 'result', result: done(message.task) } satisfies FromThread);
      return;
    }
    start = message.start;
    const settings = JSON.stringify(message.settings);
    if (settings === of) return;
    sweeper = new Sweeper(sweptLanes(message.settings), message.settings);
    of = settings;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    port.postMessage({ kind: 'failure', message: text, code: codeOf(error) } satisfies FromThread);
  }
});
