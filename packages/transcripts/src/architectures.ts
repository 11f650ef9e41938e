/** Finding the plugin for a transcript's header. */
import type { Architecture } from '@specialbit/core/arch';

/** By name or alias; undefined when none of `known` is called that. */
export function findArchitecture(known: readonly Architecture[], name: string): Architecture | undefined {
  return known.find((a) => a.name === name) ?? known.find((a) => a.aliases.includes(name));
}
