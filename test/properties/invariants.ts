// SPDX-License-Identifier: GPL-2.0-or-later
/** What is true of a running kernel after every event, whatever happened. Each check names what is wrong. */
import { DECISIONS } from '@specialbit/core';
import { decide, F, frameLabel, type Kernel, PG, vmFlags } from '@specialbit/core/kernel';

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
  const wrong: string[] = [];
  const maps = new Map<number, number>();
  const refs = new Map<number, number>();
  const add = (to: Map<number, number>, pfn: number, n: number): void => void to.set(pfn, (to.get(pfn) ?? 0) + n);
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    const rss = [0, 0, 0, 0];
    mm.pt.forEach(0, k.arch.task_pages, p, (vpn) => {
      const open = k.opened.get(mm.id)?.vma;
      const vma = mm.vma_lookup(vpn) ?? open;
      if (vma === undefined) return;
      if (!k.pte.present(p)) {
        rss[2]!++;
        return;
      }
      const pfn = k.pte.pfn(p);
      if (DECISIONS[decide(k, vma, vpn, p)].verdict !== 'page') return;
      add(maps, pfn, 1);
      add(refs, pfn, 1);
      const anon = k.frames.test(pfn, PG.anon);
      rss[anon ? 1 : k.frames.test(pfn, PG.swapbacked) ? 3 : 0]!++;
      if (!anon) return;
      const exclusive = k.frames.test(pfn, PG.anon_exclusive);
      if (exclusive && k.page_mapcount(pfn) > 1)
        wrong.push(`${frameLabel(k, pfn)} is exclusive and mapped ${k.page_mapcount(pfn)} times`);
      if (k.pte.write(p) && !exclusive && (vma.vm_flags & VM_SHARED) === 0) {
        wrong.push(`mm ${mm.id} page 0x${vpn.toString(16)}: ${frameLabel(k, pfn)} is writable and not exclusive`);
      }
    });
    if (rss.some((n, i) => n !== mm.rss[i])) wrong.push(`mm ${mm.id}: rss is ${mm.rss}, its pages are ${rss}`);
  }
  for (const file of k.files.values()) for (const pfn of file.page_cache.values()) add(refs, pfn, 1);
  for (const pfn of k.pins) {
    if (isHugeZero(k, pfn)) add(refs, k.machine.huge_zero_pfn, 1);
    else if (!k.machine.is_zero_pfn(pfn)) add(refs, pfn, 1024);
  }
  for (const [label, pfn] of Object.entries(k.machine.spec.frames)) {
    if (k.machine.is_zero_pfn(pfn) || !k.machine.pfn_valid(pfn)) continue;
    add(refs, pfn, 1 + (gets[label] ?? 0));
  }
  for (const slot of k.swap.slots.values()) if (slot.cache >= 0) add(refs, slot.cache, 1);
  for (const pfn of new Set([...maps.keys(), ...refs.keys(), ...allocated(k)])) {
    const count = k.frames.get(pfn, F.count);
    const mapcount = k.frames.get(pfn, F.mapcount);
    if (count !== (refs.get(pfn) ?? 0))
      wrong.push(`${frameLabel(k, pfn)}: count ${count}, held ${refs.get(pfn) ?? 0} times`);
    if (mapcount !== (maps.get(pfn) ?? 0))
      wrong.push(`${frameLabel(k, pfn)}: mapcount ${mapcount}, mapped ${maps.get(pfn) ?? 0} times`);
  }
  return wrong;
}

/** A large folio: one reference a pin, on its first frame. */
function isHugeZero(k: Kernel, pfn: number): boolean {
  const { huge_zero_pfn } = k.machine;
  return huge_zero_pfn >= 0 && pfn >= huge_zero_pfn && pfn < huge_zero_pfn + (k.arch.pmd?.pages ?? 0);
}

/** Frames that the allocator handed out and nobody freed: found by the order in which it hands them out. */
function allocated(k: Kernel): number[] {
  const found: number[] = [];
  const [start, end] = [...k.machine.spec.ram].sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0]!;
  for (let pfn = Math.floor((start + end) / 2); pfn < k.allocator.next; pfn++)
    if (k.frames.test(pfn, PG.allocated)) found.push(pfn);
  return found;
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
