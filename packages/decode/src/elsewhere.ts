// SPDX-License-Identifier: GPL-2.0-or-later
/** The same entry on the other architectures: what vm_normal_page() would have said there, and what unmapping does. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import type { Architecture, Pte } from '@specialbit/core/arch';
import type { Known } from './known.js';
import { judge } from './mapped-frame.js';

export interface Elsewhere {
  readonly verdict: string;
  readonly decision: string;
  readonly text: string;
  readonly unmapping: string;
  readonly archs: string[];
}

/** What of a report the others are asked about. */
export interface Reported {
  readonly vm_flags: number;
  /** linear_page_index(); -1 where it is not known. */
  readonly index: number;
}

/** The same page, special or not, with the same flags and the same luck with the linear rule, on every architecture. */
export function elsewhere(
  from: Architecture,
  { vm_flags, index }: Reported,
  p: Pte,
  kinds: readonly boolean[],
  { architectures }: Known,
): { readonly valid: boolean; readonly groups: Elsewhere[] }[] {
  const linear = from.pte.pfn(p) === index;
  return kinds.map((valid) => {
    const groups = new Map<string, Elsewhere>();
    for (const known of architectures) {
      if (known.name === from.name) continue;
      const arch = known.at(DEFAULT_PROFILE);
      const there = translate(from, arch, vm_flags, p);
      const pfn = arch.pte.pfn(there);
      const { path, unmapping } = judge(arch, {
        vm_flags,
        vpn: VPN,
        index: linear ? pfn : pfn + 0x1000,
        pte: there,
        valid,
      });
      const key = `${path.name} ${unmapping}`;
      const group = groups.get(key) ?? {
        verdict: path.verdict,
        decision: path.name,
        text: path.text,
        unmapping,
        archs: [],
      };
      group.archs.push(arch.name);
      groups.set(key, group);
    }
    return { valid, groups: [...groups.values()].sort((a, b) => b.archs.length - a.archs.length) };
  });
}

/** A place that every architecture has, and a frame that fits every pfn field. */
const VPN = 0x400;
const FRAME = 0x1800;

function translate(from: Architecture, to: Architecture, vm_flags: number, p: Pte): Pte {
  const there: Pte = { lo: 0, hi: 0 };
  to.pte.pfn_pte(there, FRAME, { ...to.pte.protection_map[vm_flags & 15] } as Pte);
  if (from.pte.write(p)) to.pte.mkwrite(there);
  if (from.pte.dirty(p)) to.pte.mkdirty(there);
  if (from.pte.special(p)) to.pte.mkspecial(there);
  return there;
}
