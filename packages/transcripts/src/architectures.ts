// SPDX-License-Identifier: GPL-2.0-or-later
/** Finding the plugin for a transcript's header. */
import type { Architecture } from '@specialbit/core/arch';

/**
 * By name or alias; undefined when none of `known` is called that. A machine with swap space is called
 * after its architecture, with `-swap` behind.
 */
export function findArchitecture(known: readonly Architecture[], name: string): Architecture | undefined {
  const exact = known.find((a) => a.name === name) ?? known.find((a) => a.aliases.includes(name));
  if (exact !== undefined || !name.endsWith('-swap')) return exact;
  return findArchitecture(known, name.slice(0, -'-swap'.length));
}
