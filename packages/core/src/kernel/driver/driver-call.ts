// SPDX-License-Identifier: GPL-2.0-or-later
/** The calls of a driver on one of its VMAs, as events name them. */
import type { DriverCall, FrameRef, RawEntry } from '@specialbit/events';
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { readPte } from '../../arch/raw.js';
import { PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import type { Vma } from '../../mm/vma.js';
import { ENOMEM } from '../base/errno.js';
import { LogReferenceError } from '../base/errors.js';
import { framePfn } from '../base/frame-ref.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { vmf_insert_pfn_pmd, vmf_insert_pfn_pud } from '../huge/huge-memory.js';
import { set_pte_at } from '../pte/set-pte.js';
import { zap_vma_ptes } from '../zap/zap.js';
import { __vm_insert_mixed } from './insert-mixed.js';
import { __vm_map_pages, vm_insert_page, vm_insert_pages } from './insert-page.js';
import { vmf_insert_pfn_prot } from './insert-pfn.js';
import { remap_pfn_range, vm_iomap_memory } from './remap-pfn-range.js';

/** The pfn of an event's frame. Throws LogReferenceError when no such label exists. */
export function resolveFrame(k: Kernel, ref: FrameRef): number {
  const pfn = framePfn(k, ref);
  if (pfn === undefined) throw new LogReferenceError('frame', 'label' in ref ? ref.label : String(ref.pfn));
  return pfn;
}

/**
 * Runs `call` on `vma` at page `vpn`. `linked`: the VMA is in its file's i_mmap, which is ordered by
 * vm_pgoff: a call that changes vm_pgoff takes it out and puts it back. Returns what the kernel
 * function returns: 0, a negative errno, or a vm_fault_t.
 */
export function driver_call(k: Kernel, vma: Vma, call: DriverCall, vpn: number, linked: boolean): number {
  switch (call.type) {
    case 'vm_flags_mod':
      vma.vm_flags = (vma.vm_flags | call.set) & ~call.clear;
      return 0;
    case 'set_vm_pgoff':
    case 'remap_pfn_range':
    case 'io_remap_pfn_range':
    case 'vm_iomap_memory': {
      const pfn = call.type === 'set_vm_pgoff' ? -1 : resolveFrame(k, call.frame);
      if (linked) vma.vm_file?.remove(vma);
      const ret = reindexing_call(k, vma, call, vpn, pfn);
      if (linked) vma.vm_file?.insert(vma);
      return ret;
    }
    case 'vm_insert_page':
      return vm_insert_page_each(k, vma, vpn, resolveFrame(k, call.frame), call.pages);
    case 'vm_insert_pages':
      return vm_insert_pages(k, vma, vpn, resolveFrame(k, call.frame), call.pages);
    case 'vm_map_pages':
      return __vm_map_pages(k, vma, resolveFrame(k, call.frame), call.pages, vma.vm_pgoff);
    case 'vm_map_pages_zero':
      return __vm_map_pages(k, vma, resolveFrame(k, call.frame), call.pages, 0);
    case 'vmf_insert_pfn':
      return vmf_insert_pfn_prot(k, vma, vpn, resolveFrame(k, call.frame), vma.vm_page_prot);
    case 'vmf_insert_pfn_prot':
      return vmf_insert_pfn_prot(k, vma, vpn, resolveFrame(k, call.frame), k.vm_get_page_prot(call.prot ?? 0));
    case 'vmf_insert_pfn_pmd':
      return vmf_insert_pfn_pmd(k, vma, vpn, resolveFrame(k, call.frame), call.write);
    case 'vmf_insert_pfn_pud':
      return vmf_insert_pfn_pud(k, vma, vpn, resolveFrame(k, call.frame), call.write);
    case 'vmf_insert_mixed':
    case 'vmf_insert_mixed_mkwrite': {
      const mkwrite = call.type === 'vmf_insert_mixed_mkwrite';
      return __vm_insert_mixed(k, vma, vpn, resolveFrame(k, call.frame), call.pfn_t, mkwrite);
    }
    case 'zap_vma_ptes':
      zap_vma_ptes(k, vma, vpn, call.pages);
      return 0;
    case 'set_pte':
      return set_pte(k, vma, call, vpn);
    case 'clear_pte':
      for (let i = 0; i < call.pages; i++) if (!vma.mm.pt.isHuge(vpn + i)) vma.mm.pt.clear(vpn + i);
      return 0;
  }
}

type ReindexingCall = Extract<
  DriverCall,
  { type: 'set_vm_pgoff' | 'remap_pfn_range' | 'io_remap_pfn_range' | 'vm_iomap_memory' }
>;

/** The calls that may change vm_pgoff. `pfn`: the call's frame, where it is known before. */
function reindexing_call(k: Kernel, vma: Vma, call: ReindexingCall, vpn: number, pfn: number): number {
  if (call.type === 'set_vm_pgoff') return set_vm_pgoff(k, vma, call, vpn);
  if (call.type === 'vm_iomap_memory') return vm_iomap_memory(k, vma, pfn, call.pages, call.fails_after);
  return remap_pfn_range(k, vma, vpn, pfn, call.pages, call.fails_after);
}

/** vm_insert_page() for page after page, as drivers do that have more than one; the first error ends it. */
function vm_insert_page_each(k: Kernel, vma: Vma, vpn: number, pfn: number, pages: number): number {
  for (let i = 0; i < pages; i++) {
    const ret = vm_insert_page(k, vma, vpn + i, pfn + i);
    if (ret !== 0) return ret;
  }
  return 0;
}

/** The driver writes vm_pgoff. */
function set_vm_pgoff(k: Kernel, vma: Vma, call: Extract<DriverCall, { type: 'set_vm_pgoff' }>, vpn: number): number {
  if (call.self === true) {
    // such that the page mapped at vpn fits the linear rule
    vma.vm_pgoff = mapped_pfn(k, vma, vpn) - (vpn - vma.vm_start);
  } else if (call.frame !== undefined) {
    vma.vm_pgoff = resolveFrame(k, call.frame) - call.pgoff;
  } else {
    vma.vm_pgoff = call.pgoff;
  }
  return 0;
}

/** The pfn that the entry of a page says, whatever its level. */
function mapped_pfn(k: Kernel, vma: Vma, vpn: number): number {
  const p = newPte();
  const level = vma.mm.pt.lookup(vpn, p);
  if (level === PTE) return k.pte.pfn(p);
  const codec = codecOf(k.arch, level) as HugeCodec;
  return codec.pfn(p) + (vpn % codec.pages);
}

/** The entry as it is given, whatever it means; bits beyond the architecture's width are no part of it. */
function set_raw_pte(k: Kernel, vma: Vma, raw: RawEntry, vpn: number, pages: number): number {
  const entry = readPte(BigInt.asUintN(k.arch.layout.pteBits, BigInt(`0x${raw.value}`)));
  for (let i = 0; i < pages; i++) vma.mm.pt.set(vpn + i, { ...entry });
  return 0;
}

/** Raw set_pte_at() of consecutive frames: what no driver should do. */
function set_pte(k: Kernel, vma: Vma, call: Extract<DriverCall, { type: 'set_pte' }>, vpn: number): number {
  if (call.raw !== undefined && call.raw.arch === k.arch.name) return set_raw_pte(k, vma, call.raw, vpn, call.pages);
  if (call.frame === undefined) return 0;
  const pfn = resolveFrame(k, call.frame);
  const pteval = newPte();
  for (let i = 0; i < call.pages; i++) {
    if (vma.mm.pt.isHuge(vpn + i)) return -ENOMEM;
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
