// SPDX-License-Identifier: GPL-2.0-or-later
/** get_user_pages() and pin_user_pages() (mm/gup.c): the slow walk, the lockless one, and who is refused. */
import type { Pte } from '../../arch/contract.js';
import { PG } from '../../machine/frame-table.js';
import { PTE } from '../../mm/level.js';
import {
  is_cow_mapping,
  VM_IO,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_PFNMAP,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { EEXIST, EFAULT, EINVAL, ENOMEM } from '../base/errno.js';
import { copyPte, type Kernel, newPte, pte_same } from '../base/kernel.js';
import {
  FAULT_FLAG_UNSHARE,
  FAULT_FLAG_WRITE,
  FOLL_FORCE,
  FOLL_GET,
  FOLL_LONGTERM,
  FOLL_MADV_POPULATE,
  FOLL_PIN,
  FOLL_TOUCH,
  FOLL_WRITE,
  VM_FAULT_ERROR,
  VM_FAULT_OOM,
} from '../base/mm-types.js';
import { visits } from '../base/most-pages.js';
import { io_or_pfnmap } from '../base/which-flag.js';
import { handle_mm_fault } from '../fault/fault.js';
import { folio_mark_accessed, folio_mark_dirty } from '../folio/folio-add-lru.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { vm_ops_needs_writenotify } from '../pte/page-prot.js';
import { gup_fast_folio_allowed, gup_must_unshare, sanity_check_pinned_page, try_grab_folio } from './grab-folio.js';
import { follow_huge, gup_fast_leaf, NO_PAGE, NO_PAGEMAP, NO_STRUCT_PAGE, NOT_GRABBED, UNSHARE } from './gup-huge.js';

/** A fault that "succeeds" without effect over and over would hang the caller. */
const MAX_RETRIES = 64;

/** check_vma_flags(): 0 or -EFAULT. */
export function check_vma_flags(k: Kernel, vma: Vma, flags: number): number {
  const { vm_flags } = vma;
  if ((vm_flags & (VM_IO | VM_PFNMAP)) !== 0) return k.fails(`gup_${io_or_pfnmap(vm_flags)}`, -EFAULT);
  if (vma.vm_ops?.driver?.secretmem === true) return k.fails('gup_secretmem', -EFAULT);
  if ((flags & FOLL_WRITE) !== 0) {
    const longtermPin =
      k.feature.longterm_write_pin_refused && (flags & (FOLL_PIN | FOLL_LONGTERM)) === (FOLL_PIN | FOLL_LONGTERM);
    if (!vma_is_anonymous(vma) && longtermPin && vma_needs_dirty_tracking(vma))
      return k.fails('gup_longterm_write', -EFAULT);
    if ((vm_flags & VM_WRITE) === 0 && ((flags & FOLL_FORCE) === 0 || !is_cow_mapping(vm_flags)))
      return k.fails('gup_not_writable', -EFAULT);
    if ((vm_flags & VM_WRITE) === 0 && is_vm_hugetlb_page(vma) && !k.feature.hugetlb_force_write)
      return k.fails('hugetlb_gup_force', -EFAULT);
  } else if ((vm_flags & VM_READ) === 0) {
    if ((flags & FOLL_FORCE) === 0 || (vm_flags & VM_MAYREAD) === 0) return k.fails('gup_not_readable', -EFAULT);
  }
  return 0;
}

/** vma_needs_dirty_tracking() (mm/vma.c): a shared writable file mapping whose file wants to know of writes. */
function vma_needs_dirty_tracking(vma: Vma): boolean {
  if ((vma.vm_flags & (VM_WRITE | VM_SHARED)) !== (VM_WRITE | VM_SHARED)) return false;
  return vm_ops_needs_writenotify(vma);
}

/** can_follow_write_pte(): may this PTE be written through, with FOLL_FORCE if need be? */
function can_follow_write_pte(k: Kernel, pte: Pte, page: number, vma: Vma, flags: number): boolean {
  if (k.pte.write(pte)) return true;
  if ((flags & FOLL_FORCE) === 0) return false;
  if ((vma.vm_flags & (VM_MAYSHARE | VM_SHARED)) !== 0) return false;
  if ((vma.vm_flags & VM_MAYWRITE) === 0 || (vma.vm_flags & VM_WRITE) !== 0) return false;
  return page >= 0 && k.test_anon(page) && k.frames.test(page, PG.anon_exclusive);
}

/** follow_page_mask(): the page's pfn, or NO_PAGE, UNSHARE, NO_STRUCT_PAGE or NOT_GRABBED. `pte`: where to put the entry. */
function follow_page_mask(k: Kernel, vma: Vma, vpn: number, flags: number, pte: Pte): number {
  const level = vma.mm.pt.lookup(vpn, pte);
  return level === PTE ? follow_page_pte(k, vma, vpn, flags, pte) : follow_huge(k, vma, vpn, level, pte, flags);
}

/** follow_page_pte() of the PTE in `pte`. */
function follow_page_pte(k: Kernel, vma: Vma, vpn: number, flags: number, pte: Pte): number {
  if (!k.pte.present(pte)) return NO_PAGE;
  let page = vm_normal_page(k, vma, vpn, pte);
  if ((flags & FOLL_WRITE) !== 0 && !can_follow_write_pte(k, pte, page, vma, flags)) return NO_PAGE;
  if (page < 0 && k.pte.devmap(pte) && (flags & (FOLL_GET | FOLL_PIN)) !== 0) {
    // get_dev_pagemap()
    if (!k.machine.is_zone_device(k.pte.pfn(pte))) return NO_PAGE;
    page = k.pte.pfn(pte);
  } else if (page < 0) {
    const pfn = k.pte.pfn(pte);
    if (!k.machine.is_zero_pfn(pfn)) {
      follow_pfn_pte(k, vma, vpn, flags, pte);
      return NO_STRUCT_PAGE;
    }
    page = pfn;
  }
  if (!k.machine.pfn_valid(page)) k.oops('oops_follow_page_pte', page);
  if (!k.pte.write(pte) && gup_must_unshare(k, vma, flags, page)) return UNSHARE;
  if ((flags & FOLL_PIN) !== 0 && k.test_anon(page) && !k.frames.test(page, PG.anon_exclusive)) {
    if (!k.feature.gup_warns) k.BUG('gup_pins_shared_anon');
    k.warn_once('gup_pins_shared_anon');
  }
  if (!try_grab_folio(k, page, flags)) return NOT_GRABBED;
  if ((flags & FOLL_TOUCH) !== 0) {
    if ((flags & FOLL_WRITE) !== 0 && !k.pte.dirty(pte)) folio_mark_dirty(k, page);
    folio_mark_accessed(k, page);
  }
  return page;
}

/** follow_pfn_pte(): a PTE without struct page is at least touched. */
function follow_pfn_pte(k: Kernel, vma: Vma, vpn: number, flags: number, pte: Pte): void {
  if ((flags & FOLL_TOUCH) === 0) return;
  const touched = newPte();
  copyPte(touched, pte);
  if ((flags & FOLL_WRITE) !== 0) k.pte.mkdirty(touched);
  k.pte.mkyoung(touched);
  if (pte_same(touched, pte)) return;
  if (k.arch.facts.check_safe_pte_update) check_safe_pte_update(k, pte, touched);
  vma.mm.pt.set(vpn, touched);
}

/**
 * __check_safe_pte_update() (arch/arm64/include/asm/pgtable.h): `touched` replaces `pte`, which hardware might be
 * changing.
 */
function check_safe_pte_update(k: Kernel, pte: Pte, touched: Pte): void {
  // valid, as hardware sees it: what user code could reach
  if (!k.pte.user(pte) || !k.pte.user(touched)) return;
  if (!k.pte.young(touched)) k.warn_once('racy_pte_young');
  if (k.pte.write(pte) && !k.pte.dirty(touched)) k.warn_once('racy_pte_dirty');
  // pgattr_change_is_safe(): the access flag is not among what may change in place
  const changes = k.pte.young(pte) !== k.pte.young(touched);
  if (changes && k.feature.pte_update_checks_attributes) k.warn_once('unsafe_pte_change');
}

/** faultin_page(): 0 or a negative errno. */
function faultin_page(k: Kernel, vma: Vma, vpn: number, flags: number, unshare: boolean): number {
  let fault_flags = 0;
  if ((flags & FOLL_WRITE) !== 0) fault_flags |= FAULT_FLAG_WRITE;
  if (unshare) fault_flags |= FAULT_FLAG_UNSHARE;
  const ret = handle_mm_fault(k, vma, vpn, fault_flags);
  if ((ret & VM_FAULT_ERROR) === 0) return 0;
  return (ret & VM_FAULT_OOM) !== 0 ? k.turns('gup_fault_oom', -ENOMEM) : k.turns('gup_fault_failed', -EFAULT);
}

/**
 * __get_user_pages(): how many pages it got, or a negative errno when none. `pages` null: only make
 * sure that they are faulted in.
 */
export function __get_user_pages(
  k: Kernel,
  mm: Mm,
  start: number,
  nr_pages: number,
  flags: number,
  pages: number[] | null,
): number {
  let vma: Vma | undefined;
  let done = 0;
  const pte = newPte();
  visits(nr_pages);
  for (let vpn = start; done < nr_pages; vpn++) {
    if (vma === undefined || vpn >= vma.vm_end) {
      vma = mm.vma_lookup(vpn);
      if (vma === undefined) {
        const madv = (flags & FOLL_MADV_POPULATE) !== 0;
        const error = madv ? k.fails('gup_unmapped', -ENOMEM) : k.fails('gup_unmapped', -EFAULT);
        return done || error;
      }
      const err = check_vma_flags(k, vma, flags);
      if (err !== 0) {
        if ((flags & FOLL_MADV_POPULATE) === 0) return done || err;
        return done || k.turns('populate_madv_refused', -EINVAL);
      }
    }
    let page = follow_page_mask(k, vma, vpn, flags, pte);
    for (let tries = 0; page === NO_PAGE || page === UNSHARE; tries++) {
      if (tries >= MAX_RETRIES) {
        k.out.hang = true;
        const error = k.fails('gup_hangs', -EFAULT);
        return done || error;
      }
      const err = faultin_page(k, vma, vpn, flags, page === UNSHARE);
      if (err !== 0) return done || err;
      page = follow_page_mask(k, vma, vpn, flags, pte);
    }
    if (page === NO_STRUCT_PAGE) {
      if (pages !== null) {
        const error = k.fails('gup_no_struct_page', -EEXIST);
        return done || error;
      }
    } else if (page === NO_PAGEMAP) {
      const error = k.fails('gup_no_pagemap', -EFAULT);
      return done || error;
    } else if (page < 0) {
      const error = k.fails('gup_not_grabbed', -ENOMEM);
      return done || error;
    } else {
      pages?.push(page);
    }
    done++;
  }
  return done;
}

/** pin_user_pages(). */
export function pin_user_pages(k: Kernel, mm: Mm, start: number, nr: number, flags: number, pages: number[]): number {
  mm.has_pinned = true;
  return __get_user_pages(k, mm, start, nr, flags | FOLL_PIN, pages);
}

/** gup_fast_fallback(): the lockless walk, then (unless `fastOnly`) the slow one for the rest. */
export function gup_fast_fallback(
  k: Kernel,
  mm: Mm,
  start: number,
  nr: number,
  flags: number,
  pages: number[],
  fastOnly: boolean,
): number {
  if ((flags & FOLL_PIN) !== 0) mm.has_pinned = true;
  if (start + nr > k.arch.task_pages) return k.fails('gup_fast_range', -EFAULT);
  const fast = gup_fast(k, mm, start, nr, flags, pages);
  if ((flags & FOLL_PIN) !== 0) for (let i = 0; i < fast; i++) sanity_check_pinned_page(k, pages[i]!);
  if (fast === nr || fastOnly) return fast;
  const touch = k.feature.longterm_fast_touches || (flags & FOLL_LONGTERM) === 0;
  const slow = touch ? flags | FOLL_TOUCH : flags;
  const ret = __get_user_pages(k, mm, start + fast, nr - fast, slow, pages);
  if (ret < 0) return fast > 0 ? fast : ret;
  return fast + ret;
}

/**
 * gup_fast_pte_range(): looks at PTEs alone. Without the special bit it cannot tell pages from bare
 * frames, and is compiled to nothing.
 */
function gup_fast(k: Kernel, mm: Mm, start: number, nr: number, flags: number, pages: number[]): number {
  if (!k.arch.facts.HAVE_GUP_FAST) return k.fails('gup_fast_none', 0);
  if (!k.hasPteSpecial) return k.fails('gup_fast_no_special', 0);
  const pte = newPte();
  for (let i = 0; i < nr; i++) {
    const level = mm.pt.lookup(start + i, pte);
    if (level !== PTE) {
      const page = gup_fast_leaf(k, start + i, level, pte, flags);
      if (page < 0) return k.passes(i);
      pages.push(page);
      continue;
    }
    if (!k.pte.present(pte)) return k.fails('gup_fast_not_present', i);
    if (!pte_access_permitted(k, pte, (flags & FOLL_WRITE) !== 0)) return k.fails('gup_fast_permission', i);
    if (k.pte.devmap(pte)) {
      if ((flags & FOLL_LONGTERM) !== 0) return k.fails('gup_fast_devmap_longterm', i);
      if (!k.machine.is_zone_device(k.pte.pfn(pte))) return k.fails('gup_fast_devmap', i);
    } else if (k.pte.special(pte)) {
      return k.fails('gup_fast_special', i);
    }
    const page = k.pte.pfn(pte);
    if (!k.machine.pfn_valid(page)) {
      if (!k.feature.gup_warns) k.BUG('gup_fast_no_struct_page');
      k.warn_once('gup_fast_pfn_invalid');
      k.oops('oops_try_grab_folio_fast', page);
    }
    if (!gup_fast_folio_allowed(k, flags, page)) return k.fails('gup_fast_folio', i);
    if (!k.pte.write(pte) && gup_must_unshare(k, null, flags, page)) return k.fails('gup_fast_unshare', i);
    if (!try_grab_folio(k, page, flags)) return k.fails('gup_fast_not_grabbed', i);
    k.frames.setFlag(k.page_folio(page), PG.referenced);
    pages.push(page);
  }
  return nr;
}

/** pte_access_permitted(). */
function pte_access_permitted(k: Kernel, pte: Pte, write: boolean): boolean {
  if (!k.pte.present(pte) || (write && !k.pte.write(pte))) return false;
  return !k.arch.facts.pte_access_permitted_user || k.pte.user(pte);
}
