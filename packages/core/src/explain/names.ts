// SPDX-License-Identifier: GPL-2.0-or-later
/** Names for what people see: flags of VMAs and frames, labels of frames. */
import { formatVmFlags } from '@specialbit/events';
import type { Kernel } from '../kernel/base/kernel.js';
import { F, PG } from '../machine/frame-table.js';

/** `VM_PFNMAP|VM_IO`; empty for none. Of the lower half (signed, as VMAs have it), or of both as one number. */
export function flagNames(vm_flags: number): string {
  return vm_flags === 0 ? '' : formatVmFlags(vm_flags < 0 ? vm_flags >>> 0 : vm_flags);
}

const PG_NAMES = Object.entries(PG).filter(([, bit]) => bit !== PG.allocated);

/** The page flags that are set, as PG's keys name them: `['anon', 'anon_exclusive']`. */
export function pageFlagNames(flags: number): string[] {
  return PG_NAMES.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
}

/**
 * What a frame is called: its label in the header, `Z` for a zero page, `A<n>` and `F<n>` for an
 * anonymous page and one of a file (n: the allocation, counted from 1), otherwise `pfn:0x...`.
 */
export function frameLabel(k: Kernel, pfn: number): string {
  const label = k.machine.labelOf(pfn);
  if (label !== undefined) return label;
  const seq = k.frames.get(pfn, F.seq);
  if (seq > 0) return `${k.frames.get(pfn, F.mapping) < 0 ? 'F' : 'A'}${seq}`;
  return `pfn:0x${pfn.toString(16)}`;
}

/** `ring[2]` for a page at or behind the start of a labelled mapping that reaches it; undefined elsewhere. */
export function placeName(
  labels: Readonly<Record<string, number>>,
  vma: { readonly vm_start: number } | undefined,
  vpn: number,
): string | undefined {
  let best: string | undefined;
  let start = -1;
  for (const [label, first] of Object.entries(labels)) {
    if (first <= vpn && first > start) {
      best = label;
      start = first;
    }
  }
  if (best === undefined || vma === undefined) return undefined;
  // a mapping that begins behind the label, with a hole between, is another one
  return vma.vm_start > vpn ? undefined : `${best}[${vpn - start}]`;
}
