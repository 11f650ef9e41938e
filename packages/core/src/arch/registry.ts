// SPDX-License-Identifier: GPL-2.0-or-later
import type { Architecture } from './architecture.js';
import { ArchError } from './errors.js';

/** Architectures by name and alias. */
export interface ArchitectureRegistry {
  readonly all: readonly Architecture[];
  /** Throws ArchError `arch.name` with the closest names when none is called so. */
  get(name: string): Architecture;
  find(name: string): Architecture | undefined;
}

/** Throws ArchError `arch.name` when two architectures share a name or alias. */
export function createRegistry(architectures: Iterable<Architecture>): ArchitectureRegistry {
  const all = [...architectures];
  const byName = new Map<string, Architecture>();
  for (const arch of all) {
    for (const name of [arch.name, ...arch.aliases]) {
      const other = byName.get(name);
      if (other) {
        throw new ArchError(
          'arch.name',
          `two architectures are called '${name}': ${other.title} (${other.name}) and ${arch.title} (${arch.name})`,
          'Rename one of them, or take away the alias',
        );
      }
      byName.set(name, arch);
    }
  }
  return {
    all,
    find: (name) => byName.get(name),
    get(name) {
      const found = byName.get(name);
      if (found) return found;
      const near = [...byName.keys()].filter((known) => isNear(known, name)).slice(0, 8);
      throw new ArchError(
        'arch.name',
        `no architecture is called '${name}'`,
        near.length ? `Close to it: ${near.join(', ')}` : `Known: ${all.map((a) => a.name).join(', ')}`,
      );
    },
  };
}

/** One contains the other, or they begin alike. */
function isNear(known: string, name: string): boolean {
  return known.includes(name) || name.includes(known) || (name.length >= 3 && known.startsWith(name.slice(0, 3)));
}

/** What a machine of the laboratory has more than others of its architecture: swap space, huge pages. */
const MORE = /-(?:swap|huge)$/;

/** By name or alias; undefined when none of `known` is called that. A machine with more is called after its architecture. */
export function findArchitecture(known: readonly Architecture[], name: string): Architecture | undefined {
  const exact = known.find((a) => a.name === name) ?? known.find((a) => a.aliases.includes(name));
  if (exact !== undefined || !MORE.test(name)) return exact;
  return findArchitecture(known, name.replace(MORE, ''));
}
