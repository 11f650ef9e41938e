// SPDX-License-Identifier: GPL-2.0-or-later
/** get_user_pages() at an entry of the PMD or PUD level (mm/gup.c). */
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { PG } from '../../machine/frame-table.js';
import { type HugeLevel, PMD } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { VM_ACCESS_FLAGS, VM_MAYSHARE, VM_MAYWRITE, VM_SHARED, VM_WRITE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { FOLL_FORCE, FOLL_GET, FOLL_LONGTERM, FOLL_PIN, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { touch_huge } from '../huge/huge-memory.js';
import { gup_fast_folio_allowed, gup_must_unshare, page_folio, try_grab_folio } from './grab-folio.js';

/** follow_page_mask() found nothing: fault it in. */
export const NO_PAGE = -1;
/** -EMLINK: an unshare fault is needed. */
export const UNSHARE = -2;
/** -EEXIST: a PTE without struct page. */
export const NO_STRUCT_PAGE = -3;
/** -ENOMEM: the page has no reference that could be added to. */
export const NOT_GRABBED = -4;
/** -EFAULT: a devmap entry of memory that no driver has registered. */
export const NO_PAGEMAP = -5;

/**
 * follow_huge_pmd(), follow_huge_pud() of the entry in `p`: the pfn of the page at `vpn`, or one of the codes
 * above. They do not ask whether it is special.
 */
export function follow_huge(k: Kernel, vma: Vma, vpn: number, level: HugeLevel, p: Pte, flags: number): number {
  const codec = codecOf(k.arch, level) as HugeCodec;
  if (!codec.present(p)) return NO_PAGE;
  if (codec.devmap(p)) return follow_devmap(k, vma, vpn, level, p, flags);
  // pmd_page(): what is asked is asked of the first page
  const head = codec.pfn(p);
  const page = head + (vpn % codec.pages);
  if ((flags & FOLL_WRITE) !== 0 && !codec.write(p) && !can_force_write(k, vma, level, head, flags)) return NO_PAGE;
  // gup_can_follow_protnone(): where nobody may access, it is no NUMA hint
  if (level === PMD && codec.protnone(p) && (vma.vm_flags & VM_ACCESS_FLAGS) !== 0) return NO_PAGE;
  if (!k.machine.pfn_valid(page)) k.oops('oops_try_grab_folio', page);
  if (!codec.write(p) && gup_must_unshare(k, vma, flags, head)) return UNSHARE;
  if (!try_grab_folio(k, page, flags)) return NOT_GRABBED;
  if (level === PMD && (flags & FOLL_TOUCH) !== 0) {
    touch_huge(k, vma, level, vpn - (vpn % codec.pages), p, (flags & FOLL_WRITE) !== 0);
  }
  return page;
}

/** follow_devmap_pmd() (mm/huge_memory.c), and follow_huge_pud() (mm/gup.c) of such an entry. */
function follow_devmap(k: Kernel, vma: Vma, vpn: number, level: HugeLevel, p: Pte, flags: number): number {
  const codec = codecOf(k.arch, level) as HugeCodec;
  const write = (flags & FOLL_WRITE) !== 0;
  if (write && !codec.write(p)) return NO_PAGE;
  if ((flags & FOLL_TOUCH) !== 0) touch_huge(k, vma, level, vpn - (vpn % codec.pages), p, write);
  if ((flags & (FOLL_GET | FOLL_PIN)) === 0) return NO_STRUCT_PAGE;
  // get_dev_pagemap()
  const page = codec.pfn(p) + (vpn % codec.pages);
  if (!k.machine.is_zone_device(page)) return NO_PAGEMAP;
  return try_grab_folio(k, page, flags) ? page : NOT_GRABBED;
}

/** can_follow_write_pmd(): FOLL_FORCE writes through a read-only PMD of a private page. */
function can_force_write(k: Kernel, vma: Vma, level: HugeLevel, page: number, flags: number): boolean {
  if (level !== PMD || (flags & FOLL_FORCE) === 0) return false;
  if ((vma.vm_flags & (VM_MAYSHARE | VM_SHARED)) !== 0) return false;
  if ((vma.vm_flags & VM_MAYWRITE) === 0 || (vma.vm_flags & VM_WRITE) !== 0) return false;
  return k.test_anon(page) && k.frames.test(page, PG.anon_exclusive);
}

/** gup_fast_pmd_leaf(), gup_fast_pud_leaf(): the page that a lockless walk takes, -1 where it gives up. */
export function gup_fast_leaf(k: Kernel, vpn: number, level: HugeLevel, p: Pte, flags: number): number {
  const codec = codecOf(k.arch, level) as HugeCodec;
  const of = level === PMD ? 'pmd' : 'pud';
  if (!codec.present(p)) return k.fails('gup_fast_not_present', -1);
  const permitted =
    !codec.protnone(p) &&
    ((flags & FOLL_WRITE) === 0 || codec.write(p)) &&
    (!k.arch.facts.pte_access_permitted_user || codec.user(p));
  if (!permitted) return k.fails(`gup_fast_${of}_permission`, -1);
  // without a special bit of this level it looks like any transparent huge page
  if (codec.special(p)) return k.fails(`gup_fast_${of}_special`, -1);
  const page = codec.pfn(p) + (vpn % codec.pages);
  if (codec.devmap(p)) {
    if ((flags & FOLL_LONGTERM) !== 0) return k.fails(`gup_fast_${of}_devmap_longterm`, -1);
    if (!k.machine.is_zone_device(page)) return k.fails(`gup_fast_${of}_devmap`, -1);
  }
  if (!k.machine.pfn_valid(page)) {
    k.oops(level === PMD ? 'oops_gup_fast_pmd_leaf' : 'oops_gup_fast_pud_leaf', page);
  }
  if (!gup_fast_folio_allowed(k, flags, page)) return k.fails('gup_fast_folio', -1);
  if (!codec.write(p) && gup_must_unshare(k, null, flags, codec.pfn(p))) return k.fails('gup_fast_unshare', -1);
  if (!try_grab_folio(k, page, flags)) return k.fails('gup_fast_not_grabbed', -1);
  k.frames.setFlag(page_folio(k, page), PG.referenced);
  return page;
}
