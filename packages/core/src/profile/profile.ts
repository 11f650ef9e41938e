// SPDX-License-Identifier: GPL-2.0-or-later
import { compareVersions } from '@specialbit/events';
import type { Feature, FeatureSet } from '../arch/feature.js';
import { FEATURES, type FeatureName } from './features.js';

/**
 * A kernel profile: the features of one kernel version, with features added to it or taken away.
 * Immutable. Two profiles of the same name have the same features.
 */
export interface Profile extends FeatureSet {
  /** `linux-6.12`, or `linux-6.12+a-b` when features were changed. */
  readonly name: string;
  /** The release whose features it has, `6.12` or `6.1.192`. */
  readonly version: string;
  readonly plus: readonly string[];
  readonly minus: readonly string[];
  /** Kconfig symbols that matter to the model and are set. */
  readonly config: ReadonlySet<ConfigName>;
}

/**
 * The configuration that changes answers. The kernels of the transcripts (tinyconfig) have CONFIG_FIND_NORMAL_PAGE,
 * which only Xen selects elsewhere, and none of the others.
 */
export type ConfigName =
  | 'CONFIG_FIND_NORMAL_PAGE'
  | 'CONFIG_KSM'
  /** Pages of large folios have no map count of their own (6.15 and later, with transparent huge pages). */
  | 'CONFIG_NO_PAGE_MAPCOUNT'
  | 'CONFIG_SECRETMEM'
  | 'CONFIG_TRANSPARENT_HUGEPAGE'
  /** x86 with a page attribute table: write combining is a memory type of its own. */
  | 'CONFIG_X86_PAT';

export interface ProfileChanges {
  readonly name?: string;
  readonly plus?: readonly string[];
  readonly minus?: readonly string[];
  readonly config?: readonly ConfigName[];
}

/** The profile of a release: all features that were in it. A point release counts for `backports`. */
export function defineProfile(version: string, changes: ProfileChanges = {}): Profile {
  const plus = [...new Set(changes.plus ?? [])].sort();
  const minus = [...new Set(changes.minus ?? [])].sort();
  const suffix = plus.map((f) => `+${f}`).join('') + minus.map((f) => `-${f}`).join('');
  return {
    name: changes.name ?? `linux-${version}${suffix}`,
    version,
    plus,
    minus,
    config: new Set(changes.config ?? []),
    has: (feature) => plus.includes(feature.name) || (!minus.includes(feature.name) && releaseHas(version, feature)),
  };
}

/** Every Kconfig symbol that the model asks for. */
export const CONFIG_NAMES: readonly ConfigName[] = [
  'CONFIG_FIND_NORMAL_PAGE',
  'CONFIG_KSM',
  'CONFIG_NO_PAGE_MAPCOUNT',
  'CONFIG_SECRETMEM',
  'CONFIG_TRANSPARENT_HUGEPAGE',
  'CONFIG_X86_PAT',
];

/** Whether the model asks for this Kconfig symbol. */
export function isConfigName(name: string): name is ConfigName {
  return CONFIG_NAMES.some((known) => known === name);
}
const configured = new WeakMap<Profile, Map<string, Profile>>();

/** The same kernel with these Kconfig symbols set; symbols that the model does not ask for are passed over. */
export function withConfig(profile: Profile, symbols: readonly string[] = []): Profile {
  const config = CONFIG_NAMES.filter((name) => symbols.includes(name) || profile.config.has(name));
  if (config.length === profile.config.size) return profile;
  const known = configured.get(profile) ?? new Map<string, Profile>();
  configured.set(profile, known);
  const key = config.join();
  const found = known.get(key) ?? { ...profile, config: new Set(config) };
  known.set(key, found);
  return found;
}

/** The same kernel without any of these Kconfig symbols. */
export function withoutConfig(profile: Profile, symbols: readonly ConfigName[]): Profile {
  const left = [...profile.config].filter((name) => !symbols.includes(name));
  return withConfig({ ...profile, config: new Set() }, left);
}

/**
 * The same kernel with a feature that it lacks, or without one that it has: `linux-6.12+mremap_several_vmas`.
 * The profile itself where it is so already.
 */
export function withFeature(profile: Profile, feature: Feature, has: boolean): Profile {
  if (profile.has(feature) === has) return profile;
  const { name } = feature;
  const others = (list: readonly string[]): string[] => list.filter((other) => other !== name);
  const released = releaseHas(profile.version, feature);
  const plus = has && !released ? [...profile.plus, name] : others(profile.plus);
  const minus = !has && released ? [...profile.minus, name] : others(profile.minus);
  return defineProfile(profile.version, {
    name: `${baseName(profile)}${[...plus]
      .sort()
      .map((f) => `+${f}`)
      .join('')}${[...minus]
      .sort()
      .map((f) => `-${f}`)
      .join('')}`,
    plus,
    minus,
    config: [...profile.config],
  });
}

/** A profile's name without the features that were changed. */
function baseName({ name, plus, minus }: Profile): string {
  const changes = [...plus.map((f) => `+${f}`), ...minus.map((f) => `-${f}`)];
  return changes.reduce((left, change) => left.replace(change, ''), name);
}

/**
 * Whether the release `version` had the feature: new enough, or old with a backport; and not yet removed. No
 * release has what is only proposed, nor what takes a Kconfig symbol (`withConfig`).
 */
export function releaseHas(version: string, feature: Feature): boolean {
  if (feature.evidence === 'proposed' || feature.kconfig !== undefined) return false;
  return couldHave(version, feature);
}

/** With the right Kconfig symbols. */
function couldHave(version: string, feature: Feature): boolean {
  if (feature.until !== undefined && compareVersions(version, feature.until.version) >= 0) return false;
  if (compareVersions(version, feature.since.version) >= 0) return true;
  return (feature.backports ?? []).some((point) => {
    const series = point.split('.').slice(0, 2).join('.');
    return version.startsWith(`${series}.`) && compareVersions(version, point) >= 0;
  });
}

const resolved = new WeakMap<Profile, Readonly<Record<FeatureName, boolean>>>();

/** The core's features, answered once for a profile. */
export function resolveFeatures(profile: Profile): Readonly<Record<FeatureName, boolean>> {
  let answers = resolved.get(profile);
  if (answers === undefined) {
    const entries = Object.entries(FEATURES).map(([name, feature]) => [
      name,
      profile.has(feature) || isConfigured(profile, feature),
    ]);
    answers = Object.fromEntries(entries) as Record<FeatureName, boolean>;
    resolved.set(profile, answers);
  }
  return answers;
}

/** The Kconfig symbol that the feature takes is set, on a kernel that knows it. */
function isConfigured({ config, minus, version }: Profile, { kconfig, name, ...feature }: Feature): boolean {
  const set: ReadonlySet<string> = config;
  return kconfig !== undefined && set.has(kconfig) && !minus.includes(name) && couldHave(version, { ...feature, name });
}
