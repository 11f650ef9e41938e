// SPDX-License-Identifier: GPL-2.0-or-later
/** A million events with the timeline on: memory, and how fast one gets about in them. */
import { diffWorlds, type LaneOptions, Timeline } from '@specialbit/core';
import { packLog } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { collectGarbage } from './collect-garbage.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
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
  const start = performance.now();
  timeline.at(long);
  const replayMs = performance.now() - start;
  const after = await collectGarbage();
  const retained = after.heapUsed + after.external - before.heapUsed - before.external;
  const metrics: Metric[] = [
    {
      ...{ workload: NAME, metric: 'resident memory', value: (after.rss - before.rss) / long, unit: 'bytes/event' },
      reference: { name: 'reachable of it', value: retained / long },
      goals: [{ of: 'value', atMost: 120 }],
    },
  ];
  metrics.push(...gettingAbout(timeline, settings, (replayMs / long) * 1000));
  return metrics;
}

/** `perThousand`: what replaying a thousand events cost, in ms. */
function gettingAbout(timeline: Timeline, { seeks, seed }: Settings, perThousand: number): Metric[] {
  const reference = { name: 'replay of 1000 events', value: perThousand };
  const at = positions(timeline.length, seeks, seed);
  const seek = times(seeks, (i) => timeline.at(at[i]!));
  const middle = Math.floor(timeline.length * 0.6);
  timeline.at(middle);
  const back = times(seeks, (i) => timeline.at(middle - 1 - i));
  const neighbours = times(seeks, (i) => timeline.diff(middle - 1 - i, middle - i));
  const unit = 'ms';
  const shared = { workload: NAME, unit };
  return [
    { ...shared, metric: 'seek, median', value: share(seek, 0.5), reference, goals: [{ of: 'value', atMost: 3 }] },
    { ...shared, metric: 'seek, p99', value: share(seek, 0.99), reference, goals: [{ of: 'value', atMost: 16 }] },
    { ...shared, metric: 'step back, median', value: share(back, 0.5), reference, goals: [{ of: 'value', atMost: 1 }] },
    { ...shared, metric: 'step back, p99', value: share(back, 0.99), reference },
    {
      ...{ ...shared, metric: 'diff of neighbours', value: share(neighbours, 0.5), reference },
      goals: [{ of: 'value', atMost: 0.1 }],
    },
    farDiff(timeline, middle),
  ];
}

/** Per change, far apart and a hundred events apart: a diff is to cost what changed. */
function farDiff(timeline: Timeline, middle: number): Metric {
  const { arch } = timeline.options;
  // the diff alone: the worlds are at hand
  const perChange = (a: number, b: number): number => {
    const [before, after] = [timeline.at(a), timeline.at(b)];
    let changes = 0;
    const [first] = times(20, () => {
      const diff = diffWorlds(arch, before, after);
      changes = diff.ptes.length + diff.frames.length + diff.vmas.length + diff.rss.length;
    });
    return (first! * 1000) / Math.max(1, changes);
  };
  const near = perChange(middle - 100, middle);
  const far = perChange(Math.floor(timeline.length / 50), timeline.length);
  return {
    ...{ workload: NAME, metric: 'diff of far moments', value: far, unit: 'us/change' },
    reference: { name: 'of moments 100 events apart', value: near },
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

/** Milliseconds of each call, ascending. */
function times(count: number, run: (i: number) => unknown): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    run(i);
    all.push(performance.now() - start);
  }
  return all.sort((a, b) => a - b);
}

function share(ascending: readonly number[], part: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))]!;
}
