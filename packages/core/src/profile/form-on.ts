// SPDX-License-Identifier: GPL-2.0-or-later
/** What the words of one kernel are: functions move, and change names. */
import { compareVersions } from '@specialbit/events';
import type { FeatureName } from './features.js';
import { type Profile, resolveFeatures } from './profile.js';

/** What of a kernel decides its names. */
export interface NamedKernel {
  readonly feature: Readonly<Record<FeatureName, boolean>>;
  readonly profile: { readonly version: string };
}

/** The kernel of a profile, as far as names are concerned. */
export function namedKernel(profile: Profile): NamedKernel {
  return { profile, feature: resolveFeatures(profile) };
}

/** From when on something is otherwise: from a release, or with a feature. */
export interface Later {
  /** `6.18` */
  readonly since?: string;
  readonly feature?: FeatureName;
}

/** `first` as this kernel has it: what its `later` forms say up to this release stands in place of the first words. */
export function formOn<T extends { readonly later?: readonly Later[] }>(k: NamedKernel, first: T): T {
  let on = first;
  for (const { since, feature, ...names } of first.later ?? []) {
    if (since !== undefined && compareVersions(k.profile.version, since) < 0) continue;
    if (feature !== undefined && !k.feature[feature]) continue;
    on = { ...on, ...names };
  }
  return on;
}
