// SPDX-License-Identifier: GPL-2.0-or-later
/** What is true of a running kernel after every event, whatever happened. Each check names what is wrong. */
import { DECISIONS } from '@specialbit/core';
import { decide, frameLabel, type Kernel, PG, vmFlags } from '@specialbit/core/kernel';
import { brokenInvariants } from '@specialbit/search';

const { VM_SHARED } = vmFlags;

/** VMAs are ascending, disjoint and not empty; every entry belongs to one. */
export function checkStructure(k: Kernel): string[] {
  const wrong: string[] = [];
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    let end = 0;
    for (const vma of mm.vmas) {
      if (vma.vm_start < end) wrong.push(`mm ${mm.id}: VMA ${vma.id} begins before the one below it ends`);
      if (vma.vm_end <= vma.vm_start) wrong.push(`mm ${mm.id}: VMA ${vma.id} is empty`);
      end = vma.vm_end;
    }
    const open = k.opened.get(mm.id)?.vma;
    mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn) => {
      if (mm.vma_lookup(vpn) !== undefined) return;
      if (open !== undefined && vpn >= open.vm_start && vpn < open.vm_end) return;
      wrong.push(`mm ${mm.id}: an entry at page 0x${vpn.toString(16)} outside of every VMA`);
    });
  }
  return wrong;
}

/**
 * Counts are what page tables and holders add up to, and rss is what vm_normal_page() calls pages. Holds
 * as long as no driver lied. `gets`: references that get_page and put_page added to labelled frames.
 */
export function checkCounts(k: Kernel, gets: Readonly<Record<string, number>>): string[] {
  const driver = new Map(Object.entries(gets).map(([label, n]) => [k.machine.spec.frames[label]!, n]));
  return [...brokenInvariants(k, { driver }).map(({ text }) => text), ...checkExclusive(k)];
}

/** A page that is exclusive has one owner, and only such a one is writable in a private mapping. */
function checkExclusive(k: Kernel): string[] {
  const wrong: string[] = [];
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    mm.pt.forEach(0, k.arch.task_pages, p, (vpn) => {
      const vma = mm.vma_lookup(vpn) ?? k.opened.get(mm.id)?.vma;
      if (vma === undefined || !k.pte.present(p)) return;
      const pfn = k.pte.pfn(p);
      if (DECISIONS[decide(k, vma, vpn, p)].verdict !== 'page' || !k.frames.test(pfn, PG.anon)) return;
      const exclusive = k.frames.test(pfn, PG.anon_exclusive);
      if (exclusive && k.page_mapcount(pfn) > 1)
        wrong.push(`${frameLabel(k, pfn)} is exclusive and mapped ${k.page_mapcount(pfn)} times`);
      if (k.pte.write(p) && !exclusive && (vma.vm_flags & VM_SHARED) === 0) {
        wrong.push(`mm ${mm.id} page 0x${vpn.toString(16)}: ${frameLabel(k, pfn)} is writable and not exclusive`);
      }
    });
  }
  return wrong;
}

/** Nothing is left behind when every address space is gone. */
export function checkEnd(k: Kernel): string[] {
  const wrong: string[] = [];
  if (k.mms.size > 0) wrong.push(`${k.mms.size} address spaces are left`);
  if (k.anon_vmas.size > 0) wrong.push(`${k.anon_vmas.size} anon_vmas are left`);
  if (k.pins.length > 0) wrong.push(`${k.pins.length} pins are left`);
  for (const file of k.files.values())
    if (file.i_mmap.length > 0) wrong.push(`${file.name}: ${file.i_mmap.length} VMAs are left in i_mmap`);
  const used = [...k.swap.slots.values()].filter((slot) => slot.cache >= 0).length;
  if (used > 0) wrong.push(`${used} pages are left in the swap cache`);
  return wrong;
}
