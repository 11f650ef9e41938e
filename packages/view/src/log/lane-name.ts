// SPDX-License-Identifier: GPL-2.0-or-later
/** Names of lanes. */
import { type LaneOptions, linux_6_12 } from '@specialbit/core';

/** `arm`, or `arm@6.1` on a kernel that is not the default. */
export function laneName({ arch, profile = linux_6_12 }: Pick<LaneOptions, 'arch' | 'profile'>): string {
  return profile === linux_6_12 ? arch.name : `${arch.name}@${profile.name.replace(/^linux-/, '')}`;
}
