// SPDX-License-Identifier: GPL-2.0-or-later
/** Every architecture that the command knows. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import type { Architecture } from '@specialbit/core/arch';
import type { Known } from '@specialbit/decode';
import { LaneNames } from '@specialbit/view';

const builtIn: readonly Architecture[] = [...x86, ...nospecial, ...special];
/** What is built in, and what plugins of the present command line brought. */
export let architectures: readonly Architecture[] = builtIn;
let plugins: readonly string[] = [];

/** Forgets plugins: every command line starts with what is built in. */
export function builtInOnly(): void {
  architectures = builtIn;
  plugins = [];
}

/** Adds the architectures of a plugin; why not, where a name is taken. */
export function addArchitectures(more: readonly Architecture[], plugin: string): string | undefined {
  const known = [...architectures];
  for (const arch of more) {
    for (const name of [arch.name, ...arch.aliases]) {
      const other = known.find((a) => a.name === name || a.aliases.includes(name));
      if (other !== undefined) return `an architecture is called ${name} already: ${other.title}; rename the plugin's`;
    }
    known.push(arch);
  }
  architectures = known;
  plugins = [...plugins, plugin];
  return undefined;
}

/** The plugins of the present command line, for worker threads. */
export const loadedPlugins = (): readonly string[] => plugins;

/** The architecture of that name or alias. Throws UsageError. */
export function architectureNamed(name: string): Architecture {
  return new LaneNames(() => architectures).architectureNamed(name);
}

/** Both, for the packages that are told which architectures there are. */
export const KNOWN: Known = {
  get architectures() {
    return architectures;
  },
  architectureNamed,
};
