// SPDX-License-Identifier: GPL-2.0-or-later
import { createWorld, judge, kernelOptions, LogReferenceError, type Outcome, Player } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { namedLane } from '../docs/named-lane.testkit.js';

/** Plays a log on the lanes of its header; the expectations that are not met. */
export function replayed(text: string): unknown[] {
  const { header, events } = parseLog(text);
  const lanes = [header.arch ?? []].flat().map((lane) => {
    const { name, options } = namedLane(lane, header);
    const player = new Player(kernelOptions(options), createWorld(options));
    return { name, player, outcomes: [] as (Outcome | null)[] };
  });
  const against: unknown[] = [];
  for (const event of events) {
    if (event.type === 'expect') {
      const judged = lanes.map(({ name, player, outcomes }) => ({
        name,
        kernel: player.kernel,
        outcomes: { last: outcomes.length, of: (n: number): Outcome | null => outcomes[n - 1] ?? null },
      }));
      against.push(...judge(event, judged).against);
      continue;
    }
    for (const { player, outcomes } of lanes) {
      try {
        outcomes.push(player.step(event));
      } catch (error) {
        if (!(error instanceof LogReferenceError)) throw error;
        player.skip();
        outcomes.push(null);
      }
    }
  }
  return against;
}
