// SPDX-License-Identifier: GPL-2.0-or-later
/** Every entry of a world's page tables, in words. */

import { hexAddress } from '../kernel/base/format.js';
import type { Kernel, KernelOptions } from '../kernel/base/kernel.js';
import type { Mm } from '../mm/vma.js';

import { openWorld } from '../world/open.js';
import type { World } from '../world/world.js';
import { describeEntry, type PteView } from './describe.js';

/** One entry that is not empty, and where it is. */
export interface EntryView extends PteView {
  /** The address space. */
  readonly mm: number;
  /** The first virtual page that it maps. */
  readonly vpn: number;
  /** Its address in hex, without `0x`. */
  readonly address: string;
  /** `ring[2]`, or the address with `0x` where no label covers it. */
  readonly at: string;
}

/** The entries of all address spaces, ascending, of all levels, also of a VMA whose `->mmap` still runs. */
export function entriesOf(options: KernelOptions, world: World): EntryView[] {
  const k = openWorld(options, world);
  return [...k.mms.values()].sort((a, b) => a.id - b.id).flatMap((mm) => entriesOfMm(k, mm));
}

function entriesOfMm(k: Kernel, mm: Mm): EntryView[] {
  const list: EntryView[] = [];
  const open = k.opened.get(mm.id)?.vma;
  const p = { lo: 0, hi: 0 };
  mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn, level) => {
    const opened = open !== undefined && vpn >= open.vm_start && vpn < open.vm_end;
    const vma = opened ? open : mm.vma_lookup(vpn);
    const address = hexAddress(k.arch, vpn);
    const at = mm.placeName(vpn) ?? `0x${address}`;
    list.push({ mm: mm.id, vpn, address, at, ...describeEntry(k, vma, vpn, level, p) });
  });
  return list;
}
