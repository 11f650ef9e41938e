// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What grows with what: the time and memory of one unit (a VMA, a process, ...) while there are more and more of them,
 * and the time of one event among them, each against ten times fewer.
 */
import { type Player, Timeline } from '@specialbit/core';
import { packLog } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { processorTime } from './clock.js';
import { collectGarbage, collectYoung } from './collect-garbage.js';
import { growthOfLanes } from './growing-lanes.js';
import { GROWTHS, type Growth } from './growths.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { median } from './pairs.js';
import type { Settings } from './settings.js';

const WORKLOAD = 'growth';
/** From one decade to the next. */
const AT_MOST = 1.5;
/** So many take a minute to make: once is enough. */
const ONCE = 1e7;

/** What was measured with so many units: one figure a round, or one. */
interface Sized {
  readonly n: number;
  readonly make: number[];
  readonly event: number[];
  bytes: number;
}

export async function growing(settings: Settings): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const growth of GROWTHS) {
    const sizes = [...new Set(growth.sizes.map((n) => Math.ceil(n * settings.growth)))];
    metrics.push(...against(growth, await measure(growth, sizes, settings.growthRounds)));
  }
  metrics.push(...against({ unit: 'event', units: 'events' }, await measureEvents(settings)));
  metrics.push(...(await growthOfLanes(settings)));
  return metrics;
}

async function measure(growth: Growth, sizes: readonly number[], rounds: number): Promise<Sized[]> {
  const sized: Sized[] = sizes.map((n) => ({ n, make: [], event: [], bytes: 0 }));
  // the code is warm after some small ones
  for (let i = 0; i < 3; i++) run(growth, sizes[0]!);
  for (let round = 0; round < rounds; round++) {
    for (const one of sized) {
      if (round > 0 && one.n >= ONCE) continue;
      const { make, event } = run(growth, one.n);
      one.make.push(make);
      one.event.push(event);
    }
  }
  for (const one of sized) {
    const before = await collectGarbage();
    const player = growth.build(one.n);
    // what is kept of a moment is its world
    player.world();
    const after = await collectGarbage();
    one.bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / one.n;
    player.step(growth.probe(one.n, 1)[0]!);
  }
  return sized;
}

/** Nanoseconds of a unit that is made, and of an event that follows. */
function run(growth: Growth, n: number): { make: number; event: number } {
  collectYoung();
  const start = processorTime();
  const player = growth.build(n);
  player.world();
  const made = processorTime();
  const event = probe(growth, n, player);
  return { make: ((made - start) * 1000) / n, event };
}

function probe(growth: Growth, n: number, player: Player): number {
  const events = growth.probe(n, growth.probes);
  // as a timeline does, a world now and then: it costs what changed, whatever there is
  const every = Math.ceil(events.length / 8);
  collectYoung();
  const start = processorTime();
  for (const [i, event] of events.entries()) {
    player.step(event);
    if (i % every === 0) player.world();
  }
  return ((processorTime() - start) * 1000) / events.length;
}

async function measureEvents({ growth, growthRounds, seed }: Settings): Promise<Sized[]> {
  const sized: Sized[] = [1e3, 1e4, 1e5, 1e6]
    .map((n) => Math.ceil(n * growth))
    .map((n) => ({ n, make: [], event: [], bytes: 0 }));
  const open = (n: number): Timeline => {
    const { header, events } = workload('driver-mix', { events: n, seed });
    return new Timeline(laneOf(header, 'x86_64'), packLog(header, events));
  };
  open(2000).at(2000);
  for (let round = 0; round < growthRounds; round++) {
    for (const one of sized) {
      const timeline = open(one.n);
      collectYoung();
      const start = processorTime();
      timeline.at(one.n);
      one.make.push(((processorTime() - start) * 1000) / one.n);
    }
  }
  for (const one of sized) {
    const before = await collectGarbage();
    const timeline = open(one.n);
    timeline.at(one.n);
    const after = await collectGarbage();
    one.bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / one.n;
    // still there when memory is looked at
    timeline.event(0);
  }
  return sized;
}

/** Each size against the one before. */
function against({ unit, units }: Pick<Growth, 'unit' | 'units'>, sized: readonly Sized[]): Metric[] {
  const goals = [{ of: 'ratio', atMost: AT_MOST }] as const;
  return sized.flatMap((now, i): Metric[] => {
    const before = sized[i - 1];
    if (before === undefined) return [];
    const metric = (what: string, kind: string, value: number | number[], reference: number | number[]): Metric => {
      // pairs where both were measured as often
      const paired = Array.isArray(value) && Array.isArray(reference) && value.length === reference.length;
      const one = (of: number | number[]): number => (Array.isArray(of) ? median(of) : of);
      return {
        ...{ workload: WORKLOAD, metric: `${now.n} ${units}: ${what}`, unit: kind, goals },
        value: paired ? value : one(value),
        reference: { name: `${before.n} ${units}`, value: paired ? reference : one(reference) },
      };
    };
    return [
      metric('to make one', `ns/${unit}`, now.make, before.make),
      metric('memory', `bytes/${unit}`, now.bytes, before.bytes),
      ...(now.event.length === 0 ? [] : [metric('an event', 'ns/event', now.event, before.event)]),
    ];
  });
}
