// SPDX-License-Identifier: GPL-2.0-or-later
/** Names of lanes. */
import { DEFAULT_PROFILE, type LaneOptions } from '@specialbit/core';

/** `arm`, or `arm@6.1` on a kernel that is not the default. */
export function laneName({ arch, profile = DEFAULT_PROFILE }: Pick<LaneOptions, 'arch' | 'profile'>): string {
  return profile === DEFAULT_PROFILE ? arch.name : `${arch.name}@${profile.name.replace(/^linux-/, '')}`;
}
