// SPDX-License-Identifier: GPL-2.0-or-later
/** What parts two lanes on a log as a whole: the smallest set of things that, exchanged from the start, leaves nothing. */
import type { LogEvent } from '@specialbit/events';
import { Comparison } from './comparison.js';
import type { Divergence, ExchangedTrait, ProvedCause } from './divergence.js';
import type { NamedLane } from './lane.js';
import { exchangedLanes } from './prove/traits.js';

/** What two lanes part by. */
export interface Bisection {
  /** At how many events they part. */
  readonly partings: number;
  /** Exchanged together from the start of the log, they leave no difference, where `complete`; one less would leave some. */
  readonly traits: readonly ExchangedTrait[];
  /** With `traits` exchanged the lanes agree over the log. */
  readonly complete: boolean;
  /** The divergences of the lanes as they are. */
  readonly divergences: readonly Divergence[];
}

/** Throws EventError at an event that neither lane can carry out. `tries`: as of a comparison. */
export function bisect(lanes: readonly [NamedLane, NamedLane], events: readonly LogEvent[], tries?: number): Bisection {
  const options = tries === undefined ? {} : { tries };
  const comparison = new Comparison(lanes, options);
  for (const event of events) comparison.step(event);
  const divergences = comparison.divergences.filter(({ minor }) => !minor);
  const traits = traitsIn(divergences.flatMap(({ causes }) => causes));
  const agree = (chosen: readonly ExchangedTrait[]): boolean => leavesNothing(lanes, events, chosen);
  const found = smallest(traits, agree);
  return {
    partings: comparison.count,
    traits: found ?? traits,
    complete: comparison.count === 0 || found !== undefined,
    divergences,
  };
}

function traitsIn(causes: readonly ProvedCause[]): ExchangedTrait[] {
  const byName = new Map<string, ExchangedTrait>();
  for (const { traits } of causes)
    for (const trait of traits) if (!byName.has(trait.name)) byName.set(trait.name, trait);
  return [...byName.values()];
}

/** One that does it alone; else all, less what is not needed. Undefined where all together do not. */
function smallest(
  traits: readonly ExchangedTrait[],
  agree: (chosen: readonly ExchangedTrait[]) => boolean,
): readonly ExchangedTrait[] | undefined {
  if (traits.length === 0) return undefined;
  const alone = traits.find((trait) => agree([trait]));
  if (alone !== undefined) return [alone];
  if (traits.length === 1 || !agree(traits)) return undefined;
  return traits.reduce<readonly ExchangedTrait[]>((needed, trait) => {
    const less = needed.filter((other) => other !== trait);
    return less.length > 0 && agree(less) ? less : needed;
  }, traits);
}

/** The lanes agree where they have `chosen` exchanged from the start. */
function leavesNothing(
  [left, right]: readonly [NamedLane, NamedLane],
  events: readonly LogEvent[],
  chosen: readonly ExchangedTrait[],
): boolean {
  const names = chosen.map(({ name }) => name);
  const pair = exchangedLanes(left.options, right.options, names);
  const lanes = [
    { name: left.name, options: pair.left },
    { name: right.name, options: pair.right },
  ];
  const comparison = new Comparison(lanes, { keep: 1, tries: 0 });
  for (const event of events) {
    try {
      comparison.step(event);
    } catch {
      // neither carries out what one of them could: not what the log says
      return false;
    }
    if (comparison.parted) return false;
  }
  return true;
}
