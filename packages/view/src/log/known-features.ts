// SPDX-License-Identifier: GPL-2.0-or-later
/** Every kernel feature that there is: the core's, and what architectures bring. */
import { API_CHANGES, FEATURES } from '@specialbit/core';
import type { Architecture, Feature } from '@specialbit/core/arch';
import { compareVersions } from '@specialbit/events';

/** A feature, and the architectures whose own it is; none for the core's. */
export interface KnownFeature {
  readonly feature: Feature;
  readonly architectures: readonly string[];
}

/** By the release that brought them, then by name; what is only proposed last. */
export function knownFeatures(architectures: readonly Architecture[]): KnownFeature[] {
  const byName = new Map<string, { feature: Feature; architectures: string[] }>();
  for (const feature of [...Object.values(FEATURES), ...API_CHANGES])
    byName.set(feature.name, { feature, architectures: [] });
  for (const arch of architectures) {
    for (const feature of arch.changedBy) {
      const entry = byName.get(feature.name) ?? { feature, architectures: [] };
      if (!entry.architectures.includes(arch.name)) entry.architectures.push(arch.name);
      byName.set(feature.name, entry);
    }
  }
  return [...byName.values()].sort(
    (a, b) =>
      Number(a.feature.evidence === 'proposed') - Number(b.feature.evidence === 'proposed') ||
      compareVersions(a.feature.since.version, b.feature.since.version) ||
      a.feature.name.localeCompare(b.feature.name),
  );
}
