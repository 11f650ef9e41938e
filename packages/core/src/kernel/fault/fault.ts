// SPDX-License-Identifier: GPL-2.0-or-later
/** Page faults on missing PTEs (mm/memory.c: handle_mm_fault, do_fault, do_anonymous_page). */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import {
  is_cow_mapping,
  VM_ACCESS_FLAGS,
  VM_MAYWRITE,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import { linear_page_index, type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { copyPte, type Kernel, pte_same } from '../base/kernel.js';
import {
  FAULT_FLAG_RACED,
  FAULT_FLAG_UNSHARE,
  FAULT_FLAG_WRITE,
  VM_FAULT_ERROR,
  VM_FAULT_FALLBACK,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV,
} from '../base/mm-types.js';
import { Vmf } from '../base/vmf.js';
import { call_fault, call_huge_fault, call_page_mkwrite, vmf_can_call_fault } from '../driver/vm-ops.js';
import { filemap_fault, has_page_cache } from '../file/filemap.js';
import { filemap_map_pages, shmem_fault } from '../file/shmem.js';
import { folio_add_lru_vma } from '../folio/folio-add-lru.js';
import { anon_vma_prepare, folio_add_new_anon_rmap, mm_counter_file } from '../folio/rmap.js';
import { set_pte_range } from '../folio/set-pte-range.js';
import { do_set_pmd } from '../huge/do-set-pmd.js';
import { handle_huge_fault } from '../huge/huge-memory.js';
import { anon_orders_allowed, thp_vma_suitable_orders } from '../huge/thp-orders.js';
import { hugetlb_fault } from '../hugetlb/fault.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { pte_sw_mkyoung } from '../pte/pte-helpers.js';
import { can_change_pte_writable, vma_wants_manual_pte_write_upgrade } from '../pte/pte-writable.js';
import { ptep_set_access_flags, set_pte_at } from '../pte/set-pte.js';
import { do_swap_page } from './do-swap-page.js';
import { do_wp_page, fault_dirty_shared_page } from './wp.js';

const FAILED = VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY;

/** handle_mm_fault(): a vm_fault_t. `asked`: FAULT_FLAG_*. */
export function handle_mm_fault(k: Kernel, vma: Vma, vpn: number, asked: number): number {
  const flags = sanitize_fault_flags(k, vma, asked);
  if (flags < 0) return k.fails('write_fault_refused', VM_FAULT_SIGSEGV);
  if (is_vm_hugetlb_page(vma)) return hugetlb_fault(k, vma, vpn, flags);
  const vmf = new Vmf(vma, vpn, flags, linear_page_index(vma, vpn));
  if (k.thp.on || k.machine.huge_zero_pfn >= 0 || vma.mm.pt.huge > 0) {
    const ret = handle_huge_fault(k, vmf, call_huge_fault);
    if ((ret & VM_FAULT_FALLBACK) === 0) return ret;
  }
  return handle_pte_fault(k, vmf);
}

/**
 * sanitize_fault_flags(): the flags that count, or -1 for a write that no mapping of this kind can have. That a write needs
 * VM_WRITE or a COW mapping is known here: the architecture's handler and check_vma_flags() have asked.
 */
function sanitize_fault_flags(k: Kernel, { vm_flags }: Vma, flags: number): number {
  if ((flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE)) === 0 || !k.feature.fault_flags_checked) return flags;
  if ((flags & FAULT_FLAG_UNSHARE) !== 0) return is_cow_mapping(vm_flags) ? flags : flags & ~FAULT_FLAG_UNSHARE;
  if ((vm_flags & VM_MAYWRITE) !== 0) return flags;
  k.warn_once('write_fault_maywrite');
  return -1;
}

/** handle_pte_fault(). */
function handle_pte_fault(k: Kernel, vmf: Vmf): number {
  const { pte } = k;
  const { entry } = vmf;
  if ((vmf.flags & FAULT_FLAG_RACED) !== 0) copyPte(vmf.orig_pte, pte.empty);
  else vmf.vma.mm.pt.get(vmf.address, vmf.orig_pte);
  if (pte.none(vmf.orig_pte)) {
    return vma_is_anonymous(vmf.vma) ? do_anonymous_page(k, vmf) : do_fault(k, vmf);
  }
  if (!pte.present(vmf.orig_pte)) return do_swap_page(k, vmf);
  if (is_numa_fault(k, vmf)) return do_numa_page(k, vmf);
  copyPte(entry, vmf.orig_pte);
  if ((vmf.flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE)) !== 0) {
    if (!pte.write(entry)) return do_wp_page(k, vmf);
    if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) pte.mkdirty(entry);
  }
  pte.mkyoung(entry);
  ptep_set_access_flags(k, vmf, entry, (vmf.flags & FAULT_FLAG_WRITE) !== 0);
  return 0;
}

/** Ours: handle_pte_fault() takes the entry for one that NUMA balancing took the rights of. */
function is_numa_fault(k: Kernel, vmf: Vmf): boolean {
  if (!k.feature.protnone_everywhere || !k.arch.facts.ARCH_HAS_PTE_PROTNONE) return false;
  return k.pte.protnone(vmf.orig_pte) && (vmf.vma.vm_flags & VM_ACCESS_FLAGS) !== 0;
}

/** do_numa_page() on one node: numa_rebuild_single_mapping() gives the entry the rights of its VMA. */
function do_numa_page(k: Kernel, vmf: Vmf): number {
  const { vma, address, entry } = vmf;
  copyPte(entry, vmf.orig_pte);
  k.pte.modify(entry, vma.vm_page_prot as Pte);
  const upgrade = vma_wants_manual_pte_write_upgrade(vma);
  const writable = k.pte.write(entry) || (upgrade && can_change_pte_writable(k, vma, address, entry));
  // the folio is looked up to find its node
  vm_normal_page(k, vma, address, entry);
  k.pte.mkyoung(entry);
  if (writable) k.pte.mkwrite(entry);
  set_pte_at(k, vma.mm.pt, address, entry);
  return 0;
}

/** do_anonymous_page(). */
function do_anonymous_page(k: Kernel, vmf: Vmf): number {
  const { vma, entry } = vmf;
  const { mm } = vma;
  const { pt } = mm;
  if ((vma.vm_flags & VM_SHARED) !== 0) return k.fails('anonymous_shared', VM_FAULT_SIGBUS);
  pt.allocTable(vmf.address);
  // vmf_pte_changed(): what was allocated for it is given back
  const changed = (vmf.flags & FAULT_FLAG_RACED) !== 0 && !pt.isEmpty(vmf.address, vmf.address + 1);
  if (changed) {
    if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) anon_vma_prepare(k, vma);
    return 0;
  }
  if ((vmf.flags & FAULT_FLAG_WRITE) === 0) {
    k.pte.pfn_pte(entry, k.machine.zeroPage(vmf.address), vma.vm_page_prot as Pte);
    k.pte.mkspecial(entry);
    pt.set(vmf.address, entry);
    return 0;
  }
  anon_vma_prepare(k, vma);
  const order = anon_folio_order(k, vmf);
  const nr_pages = 1 << order;
  const page = k.alloc_folio(order);
  if (page < 0) return k.fails('no_free_page', VM_FAULT_OOM);
  const address = vmf.address - (vmf.address % nr_pages);
  k.frames.setFlag(page, PG.uptodate);
  if (order > 0) {
    k.get_page(page, nr_pages - 1);
    k.vmstat.mod_mthp_stat(order, 'anon_fault_alloc');
  }
  mm.add_mm_counter(MM_ANONPAGES, nr_pages);
  folio_add_new_anon_rmap(k, page, vma, address, true);
  folio_add_lru_vma(k, page, vma);
  k.mk_pte(entry, page, vma.vm_page_prot);
  pte_sw_mkyoung(k, entry);
  if ((vma.vm_flags & VM_WRITE) !== 0) {
    k.pte.mkdirty(entry);
    k.pte.mkwrite(entry);
  }
  pt.set_ptes(address, entry, nr_pages);
  return 0;
}

/**
 * alloc_anon_folio(): the largest order that the VMA may have, whose aligned range lies in it and has nothing
 * mapped yet.
 */
function anon_folio_order(k: Kernel, vmf: Vmf): number {
  if (!k.thp.on) return 0;
  const { vma, address } = vmf;
  // userfaultfd wants to hear of each page
  if ((vma.vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP)) !== 0) return 0;
  const below = k.arch.pmd!.pages - 1;
  let orders = thp_vma_suitable_orders(vma, address, anon_orders_allowed(k, vma) & below);
  while (orders !== 0) {
    const order = 31 - Math.clz32(orders);
    const first = address - (address % (1 << order));
    if (vma.mm.pt.isEmpty(first, first + (1 << order))) return order;
    orders &= ~(1 << order);
  }
  return 0;
}

/** do_fault(). */
function do_fault(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const ops = vma.vm_ops!;
  if (!has_page_cache(vma) && ops.driver?.fault === undefined) return k.fails('no_fault_handler', VM_FAULT_SIGBUS);
  if ((vmf.flags & FAULT_FLAG_WRITE) === 0) return do_read_fault(k, vmf);
  if ((vma.vm_flags & VM_SHARED) === 0) return do_cow_fault(k, vmf);
  return do_shared_fault(k, vmf);
}

/** __do_fault(): the file's or the driver's `.fault`; on success vmf.page is locked and referenced. */
function __do_fault(k: Kernel, vmf: Vmf): number {
  const { kind } = vmf.vma.vm_ops!;
  if (kind === 'file') return filemap_fault(k, vmf);
  return kind === 'shmem' ? shmem_fault(k, vmf) : call_fault(k, vmf);
}

/** do_read_fault(), with do_fault_around() before. */
function do_read_fault(k: Kernel, vmf: Vmf): number {
  if (has_page_cache(vmf.vma)) {
    const around = do_fault_around(k, vmf);
    if (around !== 0) return around;
  }
  const retry = vmf_can_call_fault(vmf);
  if (retry !== 0) return retry;
  let ret = __do_fault(k, vmf);
  if ((ret & FAILED) !== 0) return ret;
  ret |= finish_fault(k, vmf);
  if ((ret & FAILED) !== 0) k.put_page(vmf.page);
  return ret;
}

/** do_fault_around(): maps what the page cache has around the address, within one page table. */
function do_fault_around(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const nr_pages = 65536 / k.arch.page.size;
  if (nr_pages <= 1) return 0;
  const ptrs = k.ptrs_per_pte;
  const pte_off = vmf.address % ptrs;
  const vma_off = vmf.address - vma.vm_start;
  const from_pte = Math.max(pte_off - (pte_off % nr_pages), pte_off - Math.min(pte_off, vma_off));
  const to_pte = Math.min(from_pte + nr_pages, ptrs, pte_off + vma.pages - vma_off) - 1;
  return filemap_map_pages(k, vmf, vmf.pgoff + from_pte - pte_off, vmf.pgoff + to_pte - pte_off);
}

/** do_cow_fault(). */
function do_cow_fault(k: Kernel, vmf: Vmf): number {
  const retry = vmf_can_call_fault(vmf);
  if (retry !== 0) return retry;
  anon_vma_prepare(k, vmf.vma);
  const page = k.alloc_page();
  if (page < 0) return k.fails('no_free_page', VM_FAULT_OOM);
  vmf.cow_page = page;
  let ret = __do_fault(k, vmf);
  if ((ret & FAILED) !== 0) {
    k.put_page(page);
    return ret;
  }
  k.frames.set(page, F.content, k.frames.get(vmf.page, F.content));
  k.frames.setFlag(page, PG.uptodate);
  ret |= finish_fault(k, vmf);
  k.put_page(vmf.page);
  if ((ret & FAILED) !== 0) k.put_page(page);
  return ret;
}

/** do_shared_fault(). */
function do_shared_fault(k: Kernel, vmf: Vmf): number {
  const retry = vmf_can_call_fault(vmf);
  if (retry !== 0) return retry;
  let ret = __do_fault(k, vmf);
  if ((ret & FAILED) !== 0) return ret;
  if (vmf.vma.vm_ops!.driver?.page_mkwrite === true) {
    const tmp = call_page_mkwrite(k);
    if (tmp === 0 || (tmp & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)) !== 0) {
      k.put_page(vmf.page);
      return tmp;
    }
  }
  ret |= finish_fault(k, vmf);
  if ((ret & FAILED) !== 0) {
    k.put_page(vmf.page);
    return ret;
  }
  return ret | fault_dirty_shared_page(k, vmf);
}

/** finish_fault(): maps vmf.page, or vmf.cow_page; all of a folio where a PMD can, or where it is shared anonymous memory. */
function finish_fault(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const { mm } = vma;
  const { pt } = mm;
  const is_cow = (vmf.flags & FAULT_FLAG_WRITE) !== 0 && (vma.vm_flags & VM_SHARED) === 0;
  const page = is_cow ? vmf.cow_page : vmf.page;
  if (k.thp.on && pt.pmdNone(vmf.address)) {
    // a device's file has no size: what lies behind its end must not be mapped by a PMD
    if (vma.vm_ops!.kind === 'shmem' && do_set_pmd(k, vmf, page)) return 0;
    pt.allocTable(vmf.address);
  }
  const folio = k.thp.on && vma.vm_file?.unlinked === true ? k.large_folio(page) : undefined;
  if (folio !== undefined && map_whole_folio(k, vmf, folio, page)) return 0;
  pt.get(vmf.address, vmf.entry);
  if (!pte_same(vmf.entry, vmf.orig_pte)) return VM_FAULT_NOPAGE;
  set_pte_range(k, vmf, page, vmf.address);
  mm.inc_mm_counter(is_cow ? MM_ANONPAGES : mm_counter_file(k, page));
  return 0;
}

/** finish_fault() of a large folio of shared anonymous memory: false where VMA, table or PTEs have no room for all of it. */
function map_whole_folio(k: Kernel, vmf: Vmf, folio: Folio, page: number): boolean {
  const { vma, address } = vmf;
  const { pt } = vma.mm;
  const idx = page - folio.id;
  const vma_off = vmf.pgoff - vma.vm_pgoff;
  const pte_off = address % k.ptrs_per_pte;
  if (vma_off < idx || vma_off + (folio.pages - idx) > vma.pages) return false;
  if (pte_off < idx || pte_off + (folio.pages - idx) > k.ptrs_per_pte) return false;
  const first = address - idx;
  if (!pt.isEmpty(first, first + folio.pages)) return false;
  k.get_page(folio.id, folio.pages - 1);
  set_pte_range(k, vmf, folio.id, first, folio.pages);
  vma.mm.add_mm_counter(mm_counter_file(k, page), folio.pages);
  return true;
}
