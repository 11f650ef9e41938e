// SPDX-License-Identifier: GPL-2.0-or-later
/** Everything in which two lanes differ and that can be exchanged, and what cannot. */
import { OutOfRange } from '@specialbit/events';
import type { ArchFacts } from '../../arch/facts.js';
import type { Feature } from '../../arch/feature.js';
import { FACTS_ASKED } from '../../kernel/base/facts-asked.js';
import { FEATURES } from '../../profile/features.js';
import { type ConfigName, type Profile, withConfig, withFeature, withoutConfig } from '../../profile/profile.js';
import { DEFAULT_PROFILE } from '../../profile/profiles.js';
import type { LaneOptions } from '../../world/create.js';
import { entryTraits } from './entry-traits.js';
import { factText } from './fact-words.js';
import { machineTraits } from './machine-traits.js';
import { architectureOf, exchange, type LanePair, type Trait, withArchitecture } from './trait.js';

/** The traits of two lanes, the most telling kinds first. */
export function traitsOf(pair: LanePair): Trait[] {
  const ofKernels = [...featureTraits(pair), ...configTraits(pair)];
  // what differs in one architecture on two kernels is their features' doing
  if (pair.left.arch.name === pair.right.arch.name) return [...ofKernels, ...machineTraits(pair)];
  const { fine, coarse } = entryTraits(pair);
  return [...ofKernels, ...fine, ...factTraits(pair), ...machineTraits(pair), ...coarse];
}

/** What differs and cannot be exchanged, in words. */
export function fixedDifferences({ left, right }: LanePair): string[] {
  const [a, b] = [architectureOf(left), architectureOf(right)];
  return a.page.size === b.page.size ? [] : [`pages of ${a.page.size} and of ${b.page.size} bytes`];
}

const profileOf = ({ profile = DEFAULT_PROFILE }: LaneOptions): Profile => profile;

function featureTraits({ left, right }: LanePair): Trait[] {
  const own = new Set([...left.arch.changedBy, ...right.arch.changedBy].map(({ name }) => name));
  const all = new Map<string, Feature>(Object.entries(FEATURES));
  for (const feature of [...left.arch.changedBy, ...right.arch.changedBy]) all.set(feature.name, feature);
  const ofLeft = new Set([...Object.keys(FEATURES), ...left.arch.changedBy.map(({ name }) => name)]);
  const traits: Trait[] = [];
  for (const feature of all.values()) {
    const there = profileOf(left).has(feature);
    if (there === profileOf(right).has(feature)) continue;
    const side = ofLeft.has(feature.name) ? 'left' : 'right';
    const value = side === 'left' ? !there : there;
    traits.push({
      id: feature.name,
      kind: 'feature',
      side,
      left: there ? feature.summary : feature.without,
      right: there ? feature.without : feature.summary,
      midway: !own.has(feature.name),
      feature,
      exchanged: (now) => ({ ...now[side], profile: withFeature(profileOf(now[side]), feature, value) }),
    });
  }
  return traits;
}

function configTraits({ left, right }: LanePair): Trait[] {
  const here = profileOf(left).config;
  const there = profileOf(right).config;
  const names = [...new Set<ConfigName>([...here, ...there])].filter((name) => here.has(name) !== there.has(name));
  const text = (set: ReadonlySet<ConfigName>, name: ConfigName): string => (set.has(name) ? 'set' : 'not set');
  return names.map((name) => ({
    id: name,
    kind: 'config',
    side: 'left',
    left: text(here, name),
    right: text(there, name),
    midway: true,
    exchanged: ({ left: lane }) => ({
      ...lane,
      profile: here.has(name) ? withoutConfig(profileOf(lane), [name]) : withConfig(profileOf(lane), [name]),
    }),
  }));
}

function factTraits({ left, right }: LanePair): Trait[] {
  const here = architectureOf(left).facts;
  const there = architectureOf(right).facts;
  const traits: Trait[] = [];
  for (const name of Object.keys(here) as (keyof ArchFacts)[]) {
    const [a, b] = [here[name], there[name]];
    if (!FACTS_ASKED.has(name) || JSON.stringify(a) === JSON.stringify(b)) continue;
    traits.push({
      id: name,
      kind: 'fact',
      side: 'left',
      left: factText(name, a),
      right: factText(name, b),
      midway: true,
      exchanged: (now) =>
        withArchitecture(now.left, (arch) => ({ ...arch, facts: { ...arch.facts, [name]: b } as ArchFacts })),
    });
  }
  return traits;
}

/**
 * Two lanes with some of what they differ in exchanged, by the names that a comparison gives its causes: the lane that a
 * trait is `on` has the other one's value. Throws OutOfRange for a name that is none of theirs.
 */
export function exchangedLanes(left: LaneOptions, right: LaneOptions, names: readonly string[]): LanePair {
  const traits = traitsOf({ left, right });
  const chosen = names.map((name) => {
    const found = traits.find(({ id }) => id === name);
    if (found === undefined) throw new OutOfRange('api.trait', `the lanes do not differ in ${name}`);
    return found;
  });
  return exchange({ left, right }, chosen);
}
