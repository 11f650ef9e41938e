// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes of one architecture that part because their kernels do: which feature, and which commit brought it. */
import type { Feature } from '../arch/feature.js';
import { FEATURES } from '../profile/features.js';
import type { LaneOptions } from '../world/create.js';
import type { Part } from './divergence.js';
import type { Lane, NamedLane } from './lane.js';

/** Two lanes of one architecture on different kernels, by index, and whether anything differs between them. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly differ: boolean;
}

/** Some lanes are of one architecture under different kernels: only then do features tell why they part. */
export function featuresTell(lanes: readonly NamedLane[]): boolean {
  const profiles = new Map<string, LaneOptions['profile']>();
  for (const { options } of lanes) {
    const { name } = options.arch;
    if (profiles.has(name) && profiles.get(name) !== options.profile) return true;
    profiles.set(name, options.profile);
  }
  return false;
}

/**
 * The features that tell lanes apart whose values differ: asked for during the event, or changing the
 * architecture itself; the likeliest first. Only lanes of the same architecture can show it.
 */
export function tellingFeatures(lanes: readonly Lane[], parts: readonly Part[]): Feature[] {
  const pairs: Pair[] = [];
  for (const [a, left] of lanes.entries()) {
    for (const [b, right] of lanes.entries()) {
      if (b <= a || left.k.arch.name !== right.k.arch.name || left.k.profile === right.k.profile) continue;
      pairs.push({ a, b, differ: parts.some((part) => part.values[a] !== part.values[b]) });
    }
  }
  if (!pairs.some(({ differ }) => differ)) return [];
  const asked = new Set(lanes.flatMap((lane) => [...lane.asked]));
  const own = new Set(pairs.flatMap(({ a }) => lanes[a]!.k.arch.changedBy));
  const candidates = [...[...asked].map((name) => FEATURES[name]), ...own];
  const tells = (feature: Feature, { a, b }: Pair): boolean =>
    lanes[a]!.k.profile.has(feature) !== lanes[b]!.k.profile.has(feature);
  // the best one is there where the lanes differ, and only there
  const fitting = (feature: Feature): number => pairs.filter((pair) => tells(feature, pair) === pair.differ).length;
  // and the surest one is alone in telling two lanes apart
  const company = (feature: Feature): number => {
    const told = pairs.filter((pair) => pair.differ && tells(feature, pair));
    return Math.min(...told.map((pair) => candidates.filter((other) => tells(other, pair)).length));
  };
  const found = candidates
    .filter((feature) => pairs.some((pair) => pair.differ && tells(feature, pair)))
    .sort((left, right) => fitting(right) - fitting(left) || company(left) - company(right));
  // what the architecture changed is only suspect when no mechanism asked for anything
  const mechanisms = found.filter((feature) => !own.has(feature));
  return mechanisms.length > 0 ? mechanisms : found;
}

/** In words: the feature, where it is and where not, and its commit. */
export function featureCause(lanes: readonly Lane[], feature: Feature): string {
  const withIt = lanes.filter((lane) => lane.k.profile.has(feature));
  const without = lanes.filter((lane) => !lane.k.profile.has(feature));
  const names = (list: readonly Lane[]): string => list.map((lane) => lane.name).join(', ');
  return (
    `${feature.name}: ${feature.summary} (${names(withIt)}); ` +
    `without it, ${feature.without} (${names(without)}). ${originText(feature)}`
  );
}

/** `Since 6.11, commit 79a61cc3fc04 ("mm: ...")`; a removal where that is what parts the lanes. */
function originText(feature: Feature): string {
  const { since, until, backports } = feature;
  const commit = (origin: { commit?: string; subject: string }): string =>
    origin.commit === undefined ? ` (${origin.subject})` : `, commit ${origin.commit} ("${origin.subject}")`;
  const removed = until === undefined ? '' : `; removed in ${until.version}${commit(until)}`;
  const back = backports === undefined || backports.length === 0 ? '' : `, backported to ${backports.join(', ')}`;
  return `Since ${since.version}${commit(since)}${back}${removed}`;
}
