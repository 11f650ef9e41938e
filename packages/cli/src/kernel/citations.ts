// SPDX-License-Identifier: GPL-2.0-or-later
/** All that the model cites of one kernel: functions with their files, changes that brought features, Kconfig symbols. */
import {
  CONFIG_NAMES,
  type FEATURES,
  formOn,
  type KernelOrigin,
  MECHANISMS,
  namedKernel,
  PARTS,
  type Profile,
  REASONS,
  type ReasonName,
  reasonView,
} from '@specialbit/core';
import { compareVersions } from '@specialbit/events';
import type { Citation, Cited } from '@specialbit/lab';
import { knownFeatures } from '../features.js';

export function citationsOf(profile: Profile): Cited {
  const features = knownFeatures().map(({ feature }) => feature);
  return {
    functions: [...ofFacts(profile), ...ofReasons(profile), ...ofFeatures(profile)],
    commits: features
      .filter((feature) => feature.evidence !== 'proposed' && feature.since.commit !== undefined)
      .map(({ name, since }) => ({ by: `feature ${name}`, ...since })),
    symbols: symbolsOf(profile),
  };
}

/** Kconfig symbols that the kernel has: not those of features that came later. */
function symbolsOf(profile: Profile): string[] {
  const features = knownFeatures().map(({ feature }) => feature);
  const named = (some: typeof features): string[] =>
    some.flatMap(({ kconfig, summary }) => [
      ...(kconfig === undefined ? [] : [kconfig]),
      ...(summary.match(/CONFIG_\w+/g) ?? []),
    ]);
  const there = named(features.filter((feature) => profile.has(feature)));
  const later = new Set(
    named(features.filter((feature) => compareVersions(feature.since.version, profile.version) > 0)),
  );
  return [...new Set([...CONFIG_NAMES.filter((name) => !later.has(name)), ...there])].sort();
}

function ofFacts(profile: Profile): Citation[] {
  const k = namedKernel(profile);
  const named = [['event', MECHANISMS] as const, ['part', PARTS] as const];
  return named.flatMap(([kind, all]) =>
    Object.entries<KernelOrigin>(all).flatMap(([name, origin]) => {
      if (origin.since !== undefined && !k.feature[origin.since]) return [];
      const { function: called, file } = formOn(k, origin);
      return [{ by: `${kind} ${name}`, function: called, file }];
    }),
  );
}

function ofReasons(profile: Profile): Citation[] {
  const k = namedKernel(profile);
  return (Object.keys(REASONS) as ReasonName[]).flatMap((name) => {
    const { since, until } = REASONS[name] as { since?: keyof typeof FEATURES; until?: keyof typeof FEATURES };
    if ((since !== undefined && !k.feature[since]) || (until !== undefined && k.feature[until])) return [];
    const { where, file, convention } = reasonView(k, name);
    return convention || file.startsWith('the ') ? [] : [{ by: `reason ${name}`, function: where, file }];
  });
}

/** Of features that the kernel has: `mm/memory.c, set_pte_range()`, several with semicolons. */
function ofFeatures(profile: Profile): Citation[] {
  return knownFeatures().flatMap(({ feature }) => {
    const { name, where = '', since } = feature;
    // one with a backport may have it in functions of other names
    if (!profile.has(feature) || compareVersions(profile.version, since.version) < 0) return [];
    return where.split(/; | and (?=\w+\/)/).flatMap((place) => {
      const file = place.split(',')[0]!;
      if (!/^[\w./*-]+\.[chS]$/.test(file)) return [];
      return [...place.matchAll(/(?<![\w.>])([a-z_]\w+)\(/g)].map(([, called]) => ({
        by: `feature ${name}`,
        function: called!,
        file,
      }));
    });
  });
}
