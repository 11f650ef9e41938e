// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * An event costs what it changes, not what there is: with ten times as many VMAs, processes or events before it, one
 * more takes about as long. What is linear in them would take ten times as long; `npm run bench` has the exact figures.
 */
import { createWorld, kernelOptions, Player } from '@specialbit/core';
import { workload } from '@specialbit/workloads';
import { expect, it } from 'vitest';
import { processorTime } from './clock.js';
import { GROWTHS } from './growths.js';
import { laneOf } from './lanes.js';

/** Far above what caches and the collector make of it on a busy machine, far below ten. */
const AT_MOST = 6;
/** The best of so many counts: what disturbs only adds. */
const ROUNDS = 3;
/** Before the code is compiled, the few would cost what the many do not. */
const WARM = 12;

interface Cost {
  /** Microseconds of processor time, of one unit that is made, and of one event among all of them. */
  readonly make: number;
  readonly event: number;
}

function best(rounds: number, measure: () => Cost): Cost {
  const all = Array.from({ length: rounds }, measure);
  return { make: Math.min(...all.map(({ make }) => make)), event: Math.min(...all.map(({ event }) => event)) };
}

const SMALL = new Map([
  ['VMA', 1000],
  ['VMA of one file', 1000],
  ['process', 100],
]);
const growths = GROWTHS.filter(({ unit }) => SMALL.has(unit));

it.each(growths)('ten times as many $units cost each of them, and an event among them, no more', (growth) => {
  const cost = (n: number): Cost => {
    const start = processorTime();
    const player = growth.build(n);
    player.world();
    const made = processorTime();
    const events = growth.probe(n, 1000);
    const before = processorTime();
    for (const event of events) player.step(event);
    player.world();
    return { make: (made - start) / n, event: (processorTime() - before) / events.length };
  };
  const n = SMALL.get(growth.unit)!;
  for (let i = 0; i < WARM; i++) cost(n);
  const few = best(ROUNDS, () => cost(n));
  const many = best(ROUNDS, () => cost(10 * n));
  expect(many.make / few.make).toBeLessThan(AT_MOST);
  expect(many.event / few.event).toBeLessThan(AT_MOST);
});

it('ten times as many events cost each of them no more', () => {
  const { header, events } = workload('driver-mix', { events: 10_000 });
  const all = [...events];
  const lane = laneOf(header, 'x86_64');
  const each = (n: number): Cost => {
    const start = processorTime();
    const player = new Player(kernelOptions(lane), createWorld(lane));
    for (const event of all.slice(0, n)) player.step(event);
    player.world();
    return { make: (processorTime() - start) / n, event: 0 };
  };
  for (let i = 0; i < WARM; i++) each(1000);
  const few = best(ROUNDS, () => each(1000));
  const many = best(ROUNDS, () => each(10_000));
  expect(many.make / few.make).toBeLessThan(AT_MOST);
});

it('as many units are all measured', () => {
  expect(growths.map(({ unit }) => unit).sort()).toEqual([...SMALL.keys()].sort());
});
