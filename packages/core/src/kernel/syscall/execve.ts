// SPDX-License-Identifier: GPL-2.0-or-later
/** The address space of a program that starts (fs/exec.c: exec_mmap), and VMAs placed in it as found. */
import type { Execve, MapVma } from '@specialbit/events';
import { vm_flags_high } from '../../mm/vm-flags.js';
import type { AddressSpace, Mm } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { anon_vma_adopt } from '../folio/rmap.js';
import { has_hstate } from '../hugetlb/hstate.js';
import { vma_set_page_prot } from '../pte/page-prot.js';
import { is_split_refused, vma_modify_flags } from '../vma/vma-merge.js';
import { exit_mmap } from './exit.js';
import { mmap_vm_ops } from './mmap.js';
import { do_munmap } from './munmap.js';

/** exec_mmap(): the old address space goes, the new one is empty. */
export function exec_mmap(k: Kernel, event: Execve): void {
  const old = k.mms.get(event.mm);
  if (old !== undefined) exit_mmap(k, old);
  const merge_any = old?.merge_any === true;
  const mm = k.newMm(event.mm);
  mm.start_brk = event.start_brk;
  mm.brk = event.brk ?? event.start_brk;
  mm.start_stack = event.start_stack;
  mm.comm = event.comm ?? '';
  mm.merge_any = merge_any;
}

/**
 * vma_modify_flags_uffd() (mm/vma.h) for a range, VMA by VMA, as userfaultfd_set_vm_flags(); holes are passed over.
 */
export function modify_range(k: Kernel, mm: Mm, start: number, pages: number, set: number, clear: number): void {
  const end = start + pages;
  let at = start;
  while (at < end) {
    const vma = mm.find_vma(at);
    if (vma === undefined || vma.vm_start >= end) return;
    const from = Math.max(at, vma.vm_start);
    const to = Math.min(end, vma.vm_end);
    const flags = (vma.vm_flags | set) & ~clear;
    const flags_hi = (vma.vm_flags_hi | vm_flags_high(set)) & ~vm_flags_high(clear);
    const same = flags === vma.vm_flags && flags_hi === vma.vm_flags_hi;
    if (!same && !is_split_refused(vma, from, to)) {
      const { vm_flags: vma_flags, vm_flags_hi: vma_flags_hi } = vma;
      const prev = from > vma.vm_start ? vma : mm.vma_before(at);
      const target = vma_modify_flags(k, prev, vma, from, to, flags, flags_hi);
      k.flagsChanged(mm, from, to, vma_flags, flags, 'flags_uffd', vma_flags_hi, flags_hi);
      target.vm_flags = flags;
      target.vm_flags_hi = flags_hi;
    }
    at = to;
  }
}

/**
 * insert_vm_struct() (mm/mmap.c): links a VMA without asking whether it could merge; a snapshot shows what came of
 * that.
 */
export function map_vma(k: Kernel, mm: Mm, event: MapVma, start: number, file: AddressSpace | null): void {
  do_munmap(k, mm, start, event.pages);
  const vma = k.newVma(mm);
  vma.vm_start = start;
  vma.vm_end = start + event.pages;
  vma.vm_flags = event.vm_flags | 0;
  vma.vm_flags_hi = vm_flags_high(event.vm_flags);
  vma.anon_pgoff = start;
  vma.vm_pgoff = event.pgoff ?? (file === null ? start : 0);
  // a name that prctl(PR_SET_VMA_ANON_NAME) gave leaves the memory anonymous, without vm_ops
  const special = event.name !== undefined && !event.name.startsWith('[anon:');
  if (file !== null || event.ops !== undefined || special) {
    mmap_vm_ops(vma, file, event.ops ?? {}, event.name);
    // a kernel without huge pages has nothing to fault in there
    if (file?.kind === 'hugetlbfs' && !has_hstate(k, file)) vma.vm_ops = { kind: 'dummy' };
  }
  vma.vm_page_prot = k.vm_get_page_prot(vma.vm_flags);
  vma_set_page_prot(k, vma);
  vma.link();
  file?.insert(vma);
  if (event.anon_vma !== undefined) anon_vma_adopt(k, vma, event.anon_vma);
}
