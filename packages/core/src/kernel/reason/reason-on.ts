// SPDX-License-Identifier: GPL-2.0-or-later
/** A reason in the names of one kernel: functions move, and change names. */
import { compareVersions } from '@specialbit/events';
import type { FeatureName } from '../../profile/features.js';
import type { Reason } from './reason.js';

/** What of a kernel decides its names. */
export interface NamedKernel {
  readonly feature: Readonly<Record<FeatureName, boolean>>;
  readonly profile: { readonly version: string };
}

/** The reason as this kernel has it: what its `later` forms say up to this release stands in place of the first words. */
export function reasonOn<R extends Reason>(k: NamedKernel, reason: R): R {
  let on = reason;
  for (const { since, feature, ...names } of reason.later ?? []) {
    if (since !== undefined && compareVersions(k.profile.version, since) < 0) continue;
    if (feature !== undefined && !k.feature[feature]) continue;
    on = { ...on, ...names };
  }
  return on;
}
