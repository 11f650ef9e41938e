// SPDX-License-Identifier: GPL-2.0-or-later
/** Faulting ranges in ahead of use (mm/gup.c: populate_vma_page_range, __mm_populate). */

import { VM_ACCESS_FLAGS, VM_IO, VM_LOCKONFAULT, VM_PFNMAP, VM_SHARED, VM_WRITE } from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import { EFAULT } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { FOLL_FORCE, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { lru_add_drain } from '../folio/folio-add-lru.js';
import { __get_user_pages } from './gup.js';

/** populate_vma_page_range(): pages done, or a negative errno. */
export function populate_vma_page_range(k: Kernel, vma: Vma, start: number, end: number): number {
  if ((vma.vm_flags & VM_LOCKONFAULT) !== 0) return end - start;
  if ((vma.vm_flags & VM_ACCESS_FLAGS) === 0) return k.fails('populate_no_access', -EFAULT);
  const write = (vma.vm_flags & (VM_WRITE | VM_SHARED)) === VM_WRITE;
  const flags = FOLL_TOUCH | (write ? FOLL_WRITE : FOLL_FORCE);
  const ret = __get_user_pages(k, vma.mm, start, end - start, flags, null);
  lru_add_drain(k);
  return ret;
}

/** __mm_populate(): 0 or a negative errno; what cannot have pages is skipped. */
export function mm_populate(k: Kernel, mm: Mm, start: number, pages: number): number {
  const end = start + pages;
  let at = start;
  while (at < end) {
    const vma = mm.find_vma(at);
    if (vma === undefined || vma.vm_start >= end) break;
    const stop = Math.min(end, vma.vm_end);
    if ((vma.vm_flags & (VM_IO | VM_PFNMAP)) !== 0) {
      at = stop;
      continue;
    }
    at = Math.max(at, vma.vm_start);
    const ret = populate_vma_page_range(k, vma, at, stop);
    if (ret < 0) return ret;
    at += ret;
  }
  return 0;
}
