// SPDX-License-Identifier: GPL-2.0-or-later
/** One mapping of 262,144 pages: what it takes, and what a fork of it costs. */
import { createWorld, kernelOptions, Player } from '@specialbit/core';
import { WIDE_PAGES, workload } from '@specialbit/workloads';
import { processorTime } from './clock.js';
import { collectGarbage } from './collect-garbage.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { type Sampler, sampler, takeTurns } from './race.js';
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
  // the code that runs for the first time is no part of a PTE
  for (let i = 0; i < 12; i++) open();
  const before = await collectGarbage();
  const player = open();
  const after = await collectGarbage();
  const bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / WIDE_PAGES;

  const forkAndExit = (): number => {
    const start = processorTime();
    player.step({ type: 'fork', mm: 0, child: 1 });
    player.world();
    const forked = processorTime();
    // a process can be forked but once under one number
    player.step({ type: 'exit', mm: 1 });
    player.world();
    return (forked - start) / 1e6;
  };
  for (let i = 0; i < 10; i++) forkAndExit();
  // some forks a slice; the exits between them are not counted
  const forks: Sampler = () => {
    const count = Math.max(1, Math.ceil(settings.slice / 0.01));
    let seconds = 0;
    for (let i = 0; i < count; i++) seconds += forkAndExit();
    return seconds / count;
  };
  let entries = new Int32Array(2 * WIDE_PAGES).fill(1);
  const copyEntries = (): void => {
    entries = entries.slice();
  };
  const samples = await takeTurns(
    {
      copy: await sampler('copy', copyEntries, settings),
      fork: forks,
      both: await sampler('fork and exit', forkAndExit, settings),
    },
    settings.rounds,
  );
  const ms = (seconds: readonly number[]): number[] => seconds.map((one) => one * 1000);
  const copy = { name: 'copy of as many raw entries', value: ms(samples.copy) };
  const shared = { workload: NAME, unit: 'ms', reference: copy };
  return [
    {
      ...{ workload: NAME, metric: 'memory', value: bytes, unit: 'bytes/PTE' },
      reference: { name: 'the raw entry', value: player.kernel.arch.bits / 8 },
      goals: [{ of: 'value', atMost: 10 }],
    },
    {
      ...{ ...shared, metric: `fork of ${WIDE_PAGES} PTEs`, value: ms(samples.fork) },
      goals: [{ of: 'value', atMost: 4 }],
    },
    { ...shared, metric: 'fork and exit', value: ms(samples.both) },
  ];
}
