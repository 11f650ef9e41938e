// SPDX-License-Identifier: GPL-2.0-or-later
/** A world as text: equal texts are equal worlds. For tests, at the cost of the whole world. */
import { coarseOf, diffWorlds, emptyWorld, type World } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

export function worldText(arch: Architecture, world: World): string {
  const { ptes, frames } = diffWorlds(arch, emptyWorld, world);
  const table = ptes.map(({ mm, level, vpn, after }) => `${mm}:${level}:${vpn}=${after.hi}:${after.lo}`);
  const records = frames.map(({ pfn, after }) => `${pfn}=${after.join(',')}`);
  return `${JSON.stringify(coarseOf(world), sorted)}\n${table.join(' ')}\n${records.join(' ')}`;
}
