// SPDX-License-Identifier: GPL-2.0-or-later
/** The calls of a driver on one of its VMAs, as events name them: one mechanism each. */
import type { DriverCall, RawEntry } from '@specialbit/events';
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { readPte } from '../../arch/raw.js';
import { PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { vm_flags_high } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { ENOMEM } from '../base/errno.js';
import { LogReferenceError } from '../base/errors.js';
import { type Kernel, newPte } from '../base/kernel.js';
import type { OfType } from '../base/mechanism.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { vmf_insert_folio_pmd, vmf_insert_pfn_pmd, vmf_insert_pfn_pud } from '../huge/huge-memory.js';
import { pgprot_writecombine } from '../pte/page-prot.js';
import { set_pte_at } from '../pte/set-pte.js';
import { zap_vma_ptes } from '../zap/zap.js';
import { dma_mmap_attrs, dma_mmap_pages } from './dma-mmap.js';
import { __vm_insert_mixed, pfn_t_devmap } from './insert-mixed.js';
import { __vm_map_pages, vm_insert_page, vm_insert_pages, vm_map_pages } from './insert-page.js';
import { vmf_insert_pfn_prot } from './insert-pfn.js';
import { remap_pfn_range, vm_iomap_memory } from './remap-pfn-range.js';
import { remap_vmalloc_range, remap_vmalloc_range_partial } from './remap-vmalloc-range.js';

/** How a call on a VMA is carried out; `pfn`: that of the call's frame, -1 for none. Returns what the function returns. */
export type DriverMechanism<C> = (k: Kernel, vma: Vma, call: C, vpn: number, pfn: number) => number;

type DriverTable = { readonly [T in DriverCall['type']]: DriverMechanism<OfType<DriverCall, T>> };

/** Calls that may change vm_pgoff, by which i_mmap is ordered. */
export const REINDEXES: ReadonlySet<DriverCall['type']> = new Set([
  'set_vm_pgoff',
  'remap_pfn_range',
  'io_remap_pfn_range',
  'vm_iomap_memory',
  'dma_mmap_coherent',
  'dma_mmap_wc',
  'dma_mmap_pages',
]);

export const DRIVER_CALLS: DriverTable = {
  vm_flags_mod: (k, vma, call) => {
    vma_start_write(k);
    const { vm_flags, vm_flags_hi } = vma;
    vma.vm_flags = (vm_flags | call.set) & ~call.clear;
    if (call.set >= 2 ** 32 || call.clear >= 2 ** 32) {
      vma.vm_flags_hi = (vm_flags_hi | vm_flags_high(call.set)) & ~vm_flags_high(call.clear);
    }
    const { vm_start, vm_end } = vma;
    k.flagsChanged(vma.mm, vm_start, vm_end, vm_flags, vma.vm_flags, 'flags_driver', vm_flags_hi, vma.vm_flags_hi);
    return 0;
  },
  set_vm_pgoff: set_vm_pgoff,
  remap_pfn_range: (k, vma, { pages, fails_after }, vpn, pfn) => remap_pfn_range(k, vma, vpn, pfn, pages, fails_after),
  io_remap_pfn_range: (k, vma, { pages, fails_after }, vpn, pfn) =>
    remap_pfn_range(k, vma, vpn, pfn, pages, fails_after),
  vm_iomap_memory: (k, vma, { pages, fails_after }, _, pfn) => vm_iomap_memory(k, vma, pfn, pages, fails_after),
  vm_insert_page: (k, vma, { pages }, vpn, pfn) => vm_insert_page_each(k, vma, vpn, pfn, pages),
  vm_insert_pages: (k, vma, { pages }, vpn, pfn) => vm_insert_pages(k, vma, vpn, pfn, pages),
  vm_map_pages: (k, vma, { pages }, _, pfn) => vm_map_pages(k, vma, pfn, pages),
  vm_map_pages_zero: (k, vma, { pages }, _, pfn) => __vm_map_pages(k, vma, pfn, pages, 0),
  vmf_insert_pfn: (k, vma, _, vpn, pfn) => vmf_insert_pfn_prot(k, vma, vpn, pfn, vma.vm_page_prot),
  vmf_insert_pfn_prot: (k, vma, { prot }, vpn, pfn) =>
    vmf_insert_pfn_prot(k, vma, vpn, pfn, k.vm_get_page_prot(prot ?? 0)),
  vmf_insert_pfn_pmd: (k, vma, { write, pfn_t }, vpn, pfn) =>
    vmf_insert_pfn_pmd(k, vma, vpn, pfn, write, pfn_t_devmap(k, pfn_t)),
  vmf_insert_pfn_pud: (k, vma, { write, pfn_t }, vpn, pfn) =>
    vmf_insert_pfn_pud(k, vma, vpn, pfn, write, pfn_t_devmap(k, pfn_t)),
  vmf_insert_folio_pmd: (k, vma, { write }, vpn, pfn) => vmf_insert_folio_pmd(k, vma, vpn, pfn, write),
  vmf_insert_mixed: (k, vma, { pfn_t }, vpn, pfn) => __vm_insert_mixed(k, vma, vpn, pfn, pfn_t, false),
  vmf_insert_mixed_mkwrite: (k, vma, { pfn_t }, vpn, pfn) => __vm_insert_mixed(k, vma, vpn, pfn, pfn_t, true),
  remap_vmalloc_range: (k, vma, call, _, pfn) => remap_vmalloc_range(k, vma, call, pfn),
  remap_vmalloc_range_partial: (k, vma, call, vpn, pfn) =>
    remap_vmalloc_range_partial(k, vma, call, vpn, pfn, call.size ?? vma.vm_end - vpn),
  dma_mmap_coherent: (k, vma, call, _, pfn) => dma_mmap_attrs(k, vma, call, pfn),
  dma_mmap_wc: (k, vma, call, _, pfn) => dma_mmap_attrs(k, vma, call, pfn),
  dma_mmap_pages: (k, vma, call, _, pfn) => dma_mmap_pages(k, vma, call, pfn),
  pgprot_noncached: (k, vma) => set_pgprot(vma, (prot) => k.pte.pgprot_noncached(prot)),
  pgprot_writecombine: (k, vma) => set_pgprot(vma, (prot) => pgprot_writecombine(k, prot)),
  pgprot_device: (k, vma) => set_pgprot(vma, (prot) => k.pte.pgprot_device(prot)),
  vm_get_page_prot: (k, vma) => {
    vma.vm_page_prot = k.vm_get_page_prot(vma.vm_flags);
    return 0;
  },
  set_vm_start: (_, vma, __, vpn) => move_vma_end(vma, vpn, vma.vm_end),
  set_vm_end: (_, vma, __, vpn) => move_vma_end(vma, vma.vm_start, vpn),
  zap_vma_ptes: (k, vma, { pages }, vpn) => {
    zap_vma_ptes(k, vma, vpn, pages);
    return 0;
  },
  set_pte: set_pte,
  clear_pte: (_, vma, { pages }, vpn) => {
    for (let i = 0; i < pages; i++) if (!vma.mm.pt.isHuge(vpn + i)) vma.mm.pt.clear(vpn + i);
    return 0;
  },
};

/** vm_insert_page() (mm/memory.c) for page after page, as drivers do that have more than one; the first error ends it. */
function vm_insert_page_each(k: Kernel, vma: Vma, vpn: number, pfn: number, pages: number): number {
  for (let i = 0; i < pages; i++) {
    const ret = vm_insert_page(k, vma, vpn + i, pfn + i);
    if (ret !== 0) return ret;
  }
  return 0;
}

/** Ours: the driver gives vm_page_prot another memory type. */
function set_pgprot(vma: Vma, type: (prot: Pte) => void): number {
  const { lo, hi } = vma.vm_page_prot;
  const prot = { lo, hi };
  type(prot);
  vma.vm_page_prot = prot;
  return 0;
}

/** Ours: the driver writes vm_start or vm_end. Once a VMA is linked, the tree would not hear of it. */
function move_vma_end(vma: Vma, start: number, end: number): number {
  if (vma.linked) {
    throw new LogReferenceError(
      'opened mapping',
      `page 0x${vma.vm_start.toString(16)}`,
      'its VMA is linked, and must not be moved',
    );
  }
  vma.vm_start = start;
  vma.vm_end = end;
  return 0;
}

/** Ours: the driver writes vm_pgoff. */
function set_vm_pgoff(k: Kernel, vma: Vma, call: OfType<DriverCall, 'set_vm_pgoff'>, vpn: number, pfn: number): number {
  if (call.self === true) {
    // such that the page mapped at vpn fits the linear rule
    vma.vm_pgoff = mapped_pfn(k, vma, vpn) - (vpn - vma.vm_start);
  } else {
    vma.vm_pgoff = pfn < 0 ? call.pgoff : pfn - call.pgoff;
  }
  return 0;
}

/** Ours: the pfn that the entry of a page says, whatever its level. */
function mapped_pfn(k: Kernel, vma: Vma, vpn: number): number {
  const p = newPte();
  const level = vma.mm.pt.lookup(vpn, p);
  if (level === PTE) return k.pte.pfn(p);
  const codec = codecOf(k.arch, level) as HugeCodec;
  return codec.pfn(p) + (vpn % codec.pages);
}

/** Ours: the entry as it is given, whatever it means; bits beyond the architecture's width are no part of it. */
function set_raw_pte(k: Kernel, vma: Vma, raw: RawEntry, vpn: number, pages: number): number {
  const entry = readPte(BigInt.asUintN(k.arch.layout.pteBits, BigInt(`0x${raw.value}`)));
  for (let i = 0; i < pages; i++) vma.mm.pt.set(vpn + i, { ...entry });
  return 0;
}

/** Raw set_pte_at() (include/linux/pgtable.h) of consecutive frames: what no driver should do. */
function set_pte(k: Kernel, vma: Vma, call: OfType<DriverCall, 'set_pte'>, vpn: number, pfn: number): number {
  if (call.raw !== undefined && call.raw.arch === k.arch.name) return set_raw_pte(k, vma, call.raw, vpn, call.pages);
  if (pfn < 0) return 0;
  const pteval = newPte();
  for (let i = 0; i < call.pages; i++) {
    if (vma.mm.pt.isHuge(vpn + i)) return k.fails('set_pte_below_huge', -ENOMEM);
    k.pte.pfn_pte(pteval, pfn + i, vma.vm_page_prot as Pte);
    if (call.special) k.pte.mkspecial(pteval);
    if (call.write) {
      k.pte.mkwrite_novma(pteval);
      k.pte.mkdirty(pteval);
    }
    set_pte_at(k, vma.mm.pt, vpn + i, pteval);
  }
  return 0;
}
