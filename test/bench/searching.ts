// SPDX-License-Identifier: GPL-2.0-or-later
/** What a step of a search costs, alone, with other lanes, and beside a search that has next to nothing to do. */
import { createWorld, kernelOptions, laneOf as laneOfHeader, type NamedLane, Player } from '@specialbit/core';
import { Exploration } from '@specialbit/core/kernel';
import { type LogEvent, parseLog } from '@specialbit/events';
import { alphabet, type Goal, goalNamed, keepGoal, search, searchHeader, shrink } from '@specialbit/search';
import { bareStates } from './bare-states.js';
import { processorTime } from './clock.js';
import { collectGarbage } from './collect-garbage.js';
import { ARCHITECTURES, architecture, benchLog, laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { race, takeTurns } from './race.js';
import type { Settings } from './settings.js';

const LETTERS = alphabet({ pages: 1 });

const lanesOf = (names: readonly string[]): NamedLane[] =>
  names.map((name) => ({ name, options: laneOfHeader(searchHeader(), architecture(name)) }));

export async function searching(settings: Settings): Promise<Metric[]> {
  return [
    ...(await speed(settings)),
    ...(await growth(settings)),
    await step(settings),
    await memory(settings),
    replays(settings),
  ];
}

/** Seconds of processor time an event that was tried. */
function secondsAnEvent(lanes: readonly NamedLane[], goal: Goal, depth: number): number {
  const start = processorTime();
  const { generated } = search(lanes, LETTERS, goal, { depth, all: true });
  return (processorTime() - start) / 1e6 / generated;
}

/** Nothing is found that way: every state is met. */
const NOTHING = goalNamed('hang');
const PARTS = goalNamed('parts');

async function speed({ rounds, depth }: Settings): Promise<Metric[]> {
  const [one, two] = [lanesOf(['x86_64']), lanesOf(['x86_64', 'arm'])];
  const { alone, both, parts, bare } = await takeTurns(
    {
      alone: () => secondsAnEvent(one, NOTHING, depth),
      both: () => secondsAnEvent(two, NOTHING, depth),
      parts: () => secondsAnEvent(two, PARTS, depth),
      bare: () => bareStates(depth < 4 ? 2_000 : 200_000),
    },
    Math.ceil(rounds / 6),
  );
  const rate = (seconds: readonly number[]): number[] => seconds.map((one) => 1 / one);
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => one * 1e9);
  const workload = 'search';
  return [
    {
      ...{ workload, metric: 'one lane: events tried', value: rate(alone), unit: '1/s and core', moreIsBetter: true },
      reference: { name: 'bare states of 64 bytes', value: rate(bare) },
      goals: [{ of: 'value', atLeast: 100_000 }],
    },
    {
      ...{ workload, metric: 'two lanes, each for itself', value: ns(both), unit: 'ns/event' },
      reference: { name: 'one lane', value: ns(alone) },
      goals: [{ of: 'ratio', atMost: 2.2 }],
    },
    {
      ...{ workload, metric: 'two lanes that are compared', value: ns(parts), unit: 'ns/event' },
      reference: { name: 'one lane', value: ns(alone) },
      goals: [{ of: 'ratio', atMost: 2.2 }],
    },
  ];
}

/** Every architecture against one. */
async function growth({ depth, growth: part, growthRounds }: Settings): Promise<Metric[]> {
  const all = lanesOf(ARCHITECTURES.filter((_, i) => part === 1 || i % 20 === 0).map(({ name }) => name));
  const [one] = [all.slice(0, 1)];
  const { alone, every } = await takeTurns(
    {
      alone: () => secondsAnEvent(one, NOTHING, depth - 1),
      every: () => secondsAnEvent(all, NOTHING, depth - 1),
    },
    growthRounds,
  );
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => one * 1e9);
  return [
    {
      ...{ workload: 'search', metric: 'every architecture', value: ns(every), unit: 'ns/event' },
      reference: { name: 'one of them', value: ns(alone) },
      goals: [{ of: 'ratio', atMost: 6 }],
    },
  ];
}

/** An event forth and back, and the state's fingerprint, against the event alone. */
async function step(settings: Settings): Promise<Metric> {
  const [lane] = lanesOf(['x86_64']) as [NamedLane];
  const paths = shortLogs();
  const events = paths.reduce((sum, path) => sum + path.length, 0);
  const samples = await race(
    {
      reduce: () => {
        const options = kernelOptions(lane.options);
        for (const path of paths) {
          const player = new Player(options, createWorld(lane.options));
          for (const event of path) player.step(event);
        }
      },
      walk: () => {
        for (const path of paths) {
          const walk = new Exploration([lane]);
          for (const event of path) {
            walk.forth(event);
            walk.keys();
          }
          while (walk.depth > 0) walk.back();
        }
      },
    },
    settings,
  );
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => (one * 1e9) / events);
  return {
    ...{ workload: 'search', metric: 'forth, fingerprint, back', value: ns(samples.walk), unit: 'ns/event' },
    reference: { name: 'the event, played', value: ns(samples.reduce) },
    goals: [{ of: 'ratio', atMost: 8 }],
  };
}

/** Logs that each go through what drivers and processes do, long enough that a start does not count. */
function shortLogs(): LogEvent[][] {
  const { events } = parseLog(`{"specialbit":1,"files":{"dev":"device"}}
{"type":"mmap","label":"a","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"write","at":"a[0]"}
{"type":"read","at":"a[1]"}
{"type":"fork","child":1}
{"type":"write","at":"a[0]","mm":1}
{"type":"mprotect","at":"a","pages":2,"prot":"r"}
{"type":"exit","mm":1}
{"type":"mprotect","at":"a","pages":2,"prot":"rw"}
{"type":"munmap","at":"a","pages":2}
`);
  return [Array.from({ length: 50 }, () => events).flat()];
}

/** What is kept of a million states, by what a search keeps of as many as it comes to. */
async function memory({ depth }: Settings): Promise<Metric> {
  const lanes = lanesOf(['x86_64']);
  const letters = alphabet({ pages: 2, frames: ['P0', 'D0', 'Z'] });
  const states = depth < 4 ? 500 : 60_000;
  const before = await collectGarbage();
  let most = 0;
  const { distinct } = search(lanes, letters, NOTHING, {
    ...{ depth: 9, states },
    progress: () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      most = Math.max(most, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers);
    },
  });
  const after = await collectGarbage();
  const kept = Math.max(most, after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers);
  // what a million fingerprints take: 9 bytes a slot, twice while the table grows
  const table = (9 * 2 ** 21 * 3) / 2;
  return {
    ...{ workload: 'search', metric: `a million states (garbage of a search of ${distinct} added)`, unit: 'MB' },
    ...{ value: (kept + table) / 1e6, goals: [{ of: 'value', atMost: 500 }] },
  };
}

/** A log of which two events matter, the last one to the last. */
function replays({ shrunk, seed }: Settings): Metric {
  const { header, events } = benchLog('driver-mix', shrunk - 2, seed);
  const lane: NamedLane = { name: 'x86_64', options: laneOf(header, 'x86_64') };
  const end = parseLog(`{"specialbit":1}
{"type":"mmap","label":"end","pages":2,"prot":"rw","file":"shm","call":[{"type":"vm_flags_mod","set":"VM_IO"}]}
{"type":"access_process_vm","at":"end[1]","write":true}
`).events;
  const small = shrink([lane], [...events, ...end], keepGoal(goalNamed('reason:access_no_hook')));
  return {
    ...{ workload: 'search', metric: `${shrunk} events made ${small.events.length}`, unit: 'replays' },
    ...{ value: small.replays, goals: [{ of: 'value', atMost: 2_000 }] },
  };
}
