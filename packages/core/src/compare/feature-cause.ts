/** Lanes of one architecture that part because their kernels do: which feature, and which commit brought it. */
import type { Feature } from '../arch/feature.js';
import { FEATURES } from '../profile/features.js';
import type { Part } from './divergence.js';
import type { Lane } from './lane.js';

/**
 * The features that tell lanes apart whose values differ: asked for during the event, or changing the
 * architecture itself. Only lanes of the same architecture can show it.
 */
export function tellingFeatures(lanes: readonly Lane[], parts: readonly Part[]): Feature[] {
  const pairs: [number, number][] = [];
  for (const [a, left] of lanes.entries()) {
    for (const [b, right] of lanes.entries()) {
      if (b <= a || left.k.arch.name !== right.k.arch.name || left.k.profile === right.k.profile) continue;
      if (parts.some((part) => part.values[a] !== part.values[b])) pairs.push([a, b]);
    }
  }
  if (pairs.length === 0) return [];
  const asked = new Set(lanes.flatMap((lane) => [...lane.asked]));
  const own = new Set(pairs.flatMap(([a]) => lanes[a]!.k.arch.changedBy));
  const candidates = [...[...asked].map((name) => FEATURES[name]), ...own];
  const telling = (feature: Feature): boolean =>
    pairs.some(([a, b]) => lanes[a]!.k.profile.has(feature) !== lanes[b]!.k.profile.has(feature));
  const found = candidates.filter(telling);
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
    `before, ${feature.without} (${names(without)}). ${originText(feature)}`
  );
}

/** `Since 6.11, commit 79a61cc3fc04 ("mm: ...")`; a removal where that is what parts the lanes. */
function originText(feature: Feature): string {
  const { since, until, backports } = feature;
  const commit = (origin: { commit?: string; subject: string }): string =>
    `${origin.commit === undefined ? '' : `, commit ${origin.commit}`} ("${origin.subject}")`;
  const removed = until === undefined ? '' : `; removed in ${until.version}${commit(until)}`;
  const back = backports === undefined || backports.length === 0 ? '' : `, backported to ${backports.join(', ')}`;
  return `Since ${since.version}${commit(since)}${back}${removed}`;
}
