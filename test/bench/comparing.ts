// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes in lockstep against each of them alone, or against one. */
import { Comparison, createWorld, kernelOptions, type LaneOptions, Player, PROVEN_PROFILES } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import { ARCHITECTURES, benchLog, laneOf } from './lanes.js';
import type { Goal, Metric } from './metric.js';
import { race } from './race.js';
import type { Settings } from './settings.js';

const NAME = 'driver-mix';
const ARCHS = ['x86_64', 'arm-lpae', 'arm', 'm68k'];

type Lane = ConstructorParameters<typeof Comparison>[0][number];

export async function comparing(settings: Settings): Promise<Metric[]> {
  const log = benchLog(NAME, Math.ceil(settings.short / 20), settings.seed);
  const few = benchLog(NAME, settings.manyLanes, settings.seed);
  const named = (names: readonly string[]): Lane[] =>
    names.map((name) => ({ name, options: laneOf(log.header, name) }));
  const kernels = PROVEN_PROFILES.map((profile) => ({
    name: `x86_64@${profile.name}`,
    options: { ...laneOf(log.header, 'x86_64'), profile },
  }));
  const all = named(ARCHITECTURES.map((arch) => arch.name));
  const [two, four] = [named(ARCHS.slice(0, 2)), named(ARCHS)];
  const alone = 'each lane alone, added up';
  // every architecture takes seconds: a third of the rounds will do
  const fewer = { ...settings, rounds: Math.ceil(settings.rounds / 3) };
  return [
    await lockstep('compare 2 lanes', log.events, two, { name: alone, lanes: two }, 1.2, settings),
    await lockstep('compare 4 lanes', log.events, four, { name: alone, lanes: four }, 1, settings),
    await lockstep(
      `compare ${kernels.length} kernels`,
      log.events,
      kernels,
      { name: 'one of them', lanes: kernels.slice(0, 1) },
      1.5,
      settings,
    ),
    await lockstep(
      'compare every architecture',
      few.events,
      all,
      { name: 'one of them', lanes: two.slice(0, 1) },
      10,
      fewer,
    ),
  ];
}

async function lockstep(
  metric: string,
  events: readonly LogEvent[],
  lanes: readonly Lane[],
  reference: { readonly name: string; readonly lanes: readonly Lane[] },
  atMost: number,
  settings: Settings,
): Promise<Metric> {
  const samples = await race(
    {
      alone: () => {
        for (const { options } of reference.lanes) play(options, events);
      },
      compared: () => {
        const comparison = new Comparison(lanes);
        for (const event of events) comparison.step(event);
      },
    },
    settings,
  );
  const ns = (seconds: readonly number[]): number[] => seconds.map((one) => (one * 1e9) / events.length);
  const goals: Goal[] = [{ of: 'ratio', atMost }];
  return {
    ...{ workload: NAME, metric, value: ns(samples.compared), unit: 'ns/event', goals },
    reference: { name: reference.name, value: ns(samples.alone) },
  };
}

function play(options: LaneOptions, events: readonly LogEvent[]): void {
  const player = new Player(kernelOptions(options), createWorld(options));
  for (const event of events) player.step(event);
}
