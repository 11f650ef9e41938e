// SPDX-License-Identifier: GPL-2.0-or-later
/** A million events with the timeline on: memory, and how fast one gets about in them. */
import { diffWorlds, type LaneOptions, Timeline } from '@specialbit/core';
import { packLog } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { processorTime } from './clock.js';
import { collectGarbage } from './collect-garbage.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { median, quantile } from './pairs.js';
import { type Sampler, sampler, takeTurns } from './race.js';
import type { Settings } from './settings.js';

const NAME = 'driver-mix';

function timelineOf(events: number, seed: number): { timeline: Timeline; lane: LaneOptions } {
  const { header, events: generated } = workload(NAME, { events, seed });
  const lane = laneOf(header, 'x86_64');
  return { timeline: new Timeline(lane, packLog(header, generated)), lane };
}

export async function longLog(settings: Settings): Promise<Metric[]> {
  const { long, seed } = settings;
  // code that is compiled and the heap's first growth are no part of what an event costs
  const warm = timelineOf(Math.min(long, 60_000), seed + 1).timeline;
  warm.at(warm.length);
  const before = await collectGarbage();
  const { timeline } = timelineOf(long, seed);
  timeline.at(long);
  const after = await collectGarbage();
  const retained = after.heapUsed + after.external - before.heapUsed - before.external;
  const memory: Metric = {
    ...{ workload: NAME, metric: 'resident memory', value: (after.rss - before.rss) / long, unit: 'bytes/event' },
    reference: { name: 'reachable of it', value: retained / long },
    goals: [{ of: 'value', atMost: 120 }],
  };
  return [memory, ...(await gettingAbout(timeline, settings)), await farDiff(timeline, settings)];
}

async function gettingAbout(timeline: Timeline, settings: Settings): Promise<Metric[]> {
  const { seeks, rounds, seed } = settings;
  const at = positions(timeline.length, seeks * rounds, seed);
  const middle = Math.floor(timeline.length * 0.6);
  let [sought, stepped, compared] = [0, 0, 0];
  const seek = each(seeks, () => timeline.at(at[sought++]!));
  const back = each(
    seeks,
    () => timeline.at(middle - 1 - stepped++),
    () => timeline.at(middle - stepped),
  );
  const neighbours = each(seeks, () => {
    timeline.diff(middle - 1 - compared, middle - compared);
    compared++;
  });
  const thousand = timelineOf(1000, seed);
  const events = Array.from({ length: thousand.timeline.length }, (_, i) => thousand.timeline.event(i));
  const replay = await sampler('replay', () => new Timeline(thousand.lane, events).at(events.length), settings);
  const samples = await takeTurns(
    { replay, seek: seek.sampler, back: back.sampler, neighbours: neighbours.sampler },
    rounds,
  );
  const ms = (seconds: readonly number[]): number[] => seconds.map((one) => one * 1000);
  const reference = { name: 'replay of 1000 events', value: ms(samples.replay) };
  const shared = { workload: NAME, unit: 'ms', reference };
  const slowest = (all: readonly number[]): number => quantile(all, 0.99) * 1000;
  return [
    { ...shared, metric: 'seek, median', value: ms(samples.seek), goals: [{ of: 'value', atMost: 3 }] },
    { ...shared, metric: 'seek, p99', value: slowest(seek.all), goals: [{ of: 'value', atMost: 8 }] },
    { ...shared, metric: 'step back, median', value: ms(samples.back), goals: [{ of: 'value', atMost: 1 }] },
    { ...shared, metric: 'step back, p99', value: slowest(back.all) },
    {
      ...{ ...shared, metric: 'diff of neighbours', value: ms(samples.neighbours) },
      goals: [{ of: 'value', atMost: 0.1 }],
    },
  ];
}

/** Per change, far apart and a hundred events apart: a diff is to cost what changed. */
async function farDiff(timeline: Timeline, settings: Settings): Promise<Metric> {
  const { arch } = timeline.options;
  const middle = Math.floor(timeline.length * 0.6);
  // the diff alone: the worlds are at hand
  const perChange = async (name: string, a: number, b: number): Promise<Sampler> => {
    const [before, after] = [timeline.at(a), timeline.at(b)];
    const diff = diffWorlds(arch, before, after);
    const changes = Math.max(1, diff.ptes.length + diff.frames.length + diff.vmas.length + diff.rss.length);
    const sample = await sampler(name, () => diffWorlds(arch, before, after), settings);
    return async () => ((await sample()) * 1e6) / changes;
  };
  const samples = await takeTurns(
    {
      near: await perChange('near', middle - 100, middle),
      far: await perChange('far', Math.floor(timeline.length / 50), timeline.length),
    },
    settings.rounds,
  );
  return {
    ...{ workload: NAME, metric: 'diff of far moments', value: samples.far, unit: 'us/change' },
    reference: { name: 'of moments 100 events apart', value: samples.near },
    // in proportion: what is far apart is cold, and lies in more places
    goals: [{ of: 'ratio', atMost: 2 }],
  };
}

function positions(length: number, count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % (length + 1);
  });
}

/** Runs so many times a slice, each timed by itself: the slice's median counts, and `all` keeps every one, in seconds. */
function each(
  count: number,
  run: () => unknown,
  prepare: () => unknown = () => undefined,
): { readonly sampler: Sampler; readonly all: readonly number[] } {
  const all: number[] = [];
  const measure: Sampler = () => {
    const first = all.length;
    prepare();
    for (let i = 0; i < count; i++) {
      const start = processorTime();
      run();
      all.push((processorTime() - start) / 1e6);
    }
    return median(all.slice(first));
  };
  return { sampler: measure, all };
}
