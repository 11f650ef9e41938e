// SPDX-License-Identifier: GPL-2.0-or-later
/** How much an event costs, decoded events in memory and the timeline on. */
import { Timeline } from '@specialbit/core';
import { WORKLOADS, type WorkloadName } from '@specialbit/workloads';
import { noteWrites, runBare } from './bare-reducer.js';
import { benchLog, laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { race } from './race.js';
import type { Settings } from './settings.js';

const ARCH = 'x86_64';

/** The line's own JSON.parse one and a half times, or 600 ns. */
const GOALS = [
  { of: 'ratio', atMost: 1.5 },
  { of: 'value', atMost: 600 },
] as const;

export async function reducing(settings: Settings): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const name of WORKLOADS) metrics.push(...(await reduceOne(name, settings)));
  return metrics;
}

async function reduceOne(workload: WorkloadName, settings: Settings): Promise<Metric[]> {
  const count = workload === 'wide' ? settings.wide : settings.short;
  const { header, lines, events } = benchLog(workload, count, settings.seed);
  const lane = laneOf(header, ARCH);
  // of wide each fork writes as often as all of driver-mix does
  const mix = workload === 'driver-mix';
  const writes = mix ? noteWrites(lane, events) : undefined;
  const samples = await race(
    {
      parse: () => {
        for (const line of lines) JSON.parse(line);
      },
      reduce: () => new Timeline(lane, events).at(count),
      ...(writes === undefined ? {} : { bare: () => runBare(events, writes) }),
    } as Record<'parse' | 'reduce' | 'bare', () => unknown>,
    settings,
  );
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => (one * 1e9) / count);
  const value = ns(samples.reduce);
  const metrics: Metric[] = [
    {
      workload,
      metric: 'reduce',
      value,
      unit: 'ns/event',
      reference: { name: 'JSON.parse of its line', value: ns(samples.parse) },
      ...(mix ? { goals: GOALS } : {}),
    },
  ];
  if (mix) {
    metrics.push({
      workload,
      metric: 'reduce, against a bare reducer',
      value,
      unit: 'ns/event',
      reference: { name: 'bare reducer', value: ns(samples.bare) },
      goals: [{ of: 'ratio', atMost: 10 }],
    });
  }
  return metrics;
}
