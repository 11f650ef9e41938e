// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes in lockstep against each of them alone. */
import { Comparison, createWorld, kernelOptions, Player } from '@specialbit/core';
import { benchLog, laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { race } from './race.js';
import type { Settings } from './settings.js';

const NAME = 'driver-mix';
const ARCHS = ['x86_64', 'arm-lpae', 'arm', 'm68k'];
export async function comparing(settings: Settings): Promise<Metric[]> {
  const { header, events } = benchLog(NAME, Math.ceil(settings.short / 10), settings.seed);
  const metrics: Metric[] = [];
  for (const archs of [ARCHS.slice(0, 2), ARCHS]) {
    const lanes = archs.map((name) => ({ name, options: laneOf(header, name) }));
    const best = await race(
      {
        alone: () => {
          for (const { options } of lanes) {
            const player = new Player(kernelOptions(options), createWorld(options));
            events.forEach((event, _i) => {
              player.step(event);
            });
          }
        },
        compared: () => {
          const comparison = new Comparison(lanes);
          for (const event of events) comparison.step(event);
        },
      },
      settings,
    );
    const ns = (seconds: number): number => (seconds * 1e9) / events.length;
    metrics.push({
      ...{ workload: NAME, metric: `compare ${archs.length} lanes`, value: ns(best.compared), unit: 'ns/event' },
      reference: { name: 'each lane alone, added up', value: ns(best.alone) },
      goals: [{ of: 'ratio', atMost: 1 }],
    });
  }
  return metrics;
}
