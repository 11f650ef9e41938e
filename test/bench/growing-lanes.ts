// SPDX-License-Identifier: GPL-2.0-or-later
/** An event in one lane of few, and of all architectures on all proven kernels. */
import { Comparison, PROVEN_PROFILES } from '@specialbit/core';
import { ARCHITECTURES, benchLog, laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { sampler, takeTurns } from './race.js';
import type { Settings } from './settings.js';

/** So many architectures, each on all proven kernels. */
const COUNTS = [1, 7, ARCHITECTURES.length];

export async function growthOfLanes(settings: Settings): Promise<Metric[]> {
  const { header, events } = benchLog('driver-mix', settings.manyLanes, settings.seed);
  const lanesOf = (architectures: number): ConstructorParameters<typeof Comparison>[0] =>
    ARCHITECTURES.filter((_, i) => i % Math.ceil(ARCHITECTURES.length / architectures) === 0).flatMap(({ name }) =>
      PROVEN_PROFILES.map((profile) => ({
        name: `${name}@${profile.name}`,
        options: { ...laneOf(header, name), profile },
      })),
    );
  const all = COUNTS.slice(0, settings.growth < 1 ? 2 : 3).map(lanesOf);
  const samplers = Object.fromEntries(
    await Promise.all(
      all.map(async (lanes, i) => [
        String(i),
        await sampler(
          `${lanes.length} lanes`,
          () => {
            const comparison = new Comparison(lanes);
            for (const event of events) comparison.step(event);
          },
          settings,
        ),
      ]),
    ),
  );
  const samples = await takeTurns(samplers, settings.growthRounds);
  const ns = (i: number): number[] =>
    samples[String(i)]!.map((seconds) => (seconds * 1e9) / events.length / all[i]!.length);
  return all.slice(1).map((lanes, i) => ({
    ...{ workload: 'growth', metric: `${lanes.length} lanes: an event`, value: ns(i + 1), unit: 'ns/event and lane' },
    reference: { name: `${all[i]!.length} lanes`, value: ns(i) },
    goals: [{ of: 'ratio', atMost: 1.5 }],
  }));
}
