// SPDX-License-Identifier: GPL-2.0-or-later
/** Does tasks here, in an order that is asked for. */
import type { NamedLane } from '@specialbit/core';
import type { SweepSettings } from './settings.js';
import type { SweepExecutor } from './sweep.js';
import { Sweeper } from './sweeper.js';

export function inline(
  lanes: readonly NamedLane[],
  settings: SweepSettings,
  order: <T>(tasks: readonly T[]) => readonly T[] = (tasks) => tasks,
): SweepExecutor {
  return {
    stopped: false,
    async run(tasks, start, hear) {
      for (const task of order(tasks)) {
        // each its own: nothing of one job is seen by another
        const sweeper = new Sweeper(lanes, settings);
        const index = tasks.indexOf(task);
        if (task.kind === 'job') hear({ kind: 'job', ...sweeper.job(task.round, task.index, start) }, index);
        else hear({ kind: 'shrink', witnesses: task.entries.map((entry) => sweeper.shrink(entry)) }, index);
      }
    },
  };
}
