// SPDX-License-Identifier: GPL-2.0-or-later
/** One mapping of 262,144 pages: what it takes, and what a fork of it costs. */
import { createWorld, kernelOptions, Player } from '@specialbit/core';
import { WIDE_PAGES, workload } from '@specialbit/workloads';
import { collectGarbage } from './collect-garbage.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { race } from './race.js';
import type { Settings } from './settings.js';

const NAME = 'wide';

export async function wideMapping(settings: Settings): Promise<Metric[]> {
  const { header, events } = workload(NAME, { events: 1, seed: settings.seed });
  const lane = laneOf(header, 'x86_64');
  const open = (): Player => {
    const player = new Player(kernelOptions(lane), createWorld(lane));
    for (const event of events) player.step(event);
    return player;
  };
  const before = await collectGarbage();
  const player = open();
  const after = await collectGarbage();
  const bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / WIDE_PAGES;

  let entries = new Int32Array(2 * WIDE_PAGES).fill(1);
  const best = await race(
    {
      // the exit is measured with it and taken off: a process can be forked but once under one number
      forkAndExit: () => {
        player.step({ type: 'fork', mm: 0, child: 1 });
        player.step({ type: 'exit', mm: 1 });
        player.world();
      },
      copy: () => {
        entries = entries.slice();
      },
    },
    settings,
  );
  const forks: number[] = [];
  for (let i = 0; i < settings.forks; i++) {
    const start = performance.now();
    player.step({ type: 'fork', mm: 0, child: 1 });
    player.world();
    forks.push(performance.now() - start);
    player.step({ type: 'exit', mm: 1 });
    player.world();
  }
  const copy = { name: 'copy of as many raw entries', value: best.copy * 1000 };
  return [
    {
      ...{ workload: NAME, metric: 'memory', value: bytes, unit: 'bytes/PTE' },
      reference: { name: 'the raw entry', value: player.kernel.arch.bits / 8 },
      goals: [{ of: 'value', atMost: 16 }],
    },
    {
      ...{
        workload: NAME,
        metric: `fork of ${WIDE_PAGES} PTEs`,
        value: Math.min(...forks),
        unit: 'ms',
        reference: copy,
      },
      goals: [{ of: 'value', atMost: 10 }],
    },
    {
      ...{ workload: NAME, metric: 'fork and exit', value: best.forkAndExit * 1000, unit: 'ms', reference: copy },
    },
  ];
}
