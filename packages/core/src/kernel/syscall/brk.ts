// SPDX-License-Identifier: GPL-2.0-or-later
/** brk() (mm/mmap.c). */

import { VM_ACCOUNT, VM_GROWSDOWN, VM_MAYEXEC, VM_MAYREAD, VM_MAYWRITE, VM_READ, VM_WRITE } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { STACK_GUARD_GAP } from '../vma/expand-stack.js';
import { vma_merge_new_range } from '../vma/vma-merge.js';
import { ksm_add_vma, ksm_vma_flags } from './ksm.js';
import { do_munmap } from './munmap.js';

/** VM_DATA_DEFAULT_FLAGS without the permission to execute, as on architectures that have an NX bit. */
const DATA_FLAGS = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT;

/**
 * SYSCALL_DEFINE1() (mm/mmap.c) of brk: the end of the data segment afterwards, in bytes; where it refuses, the old
 * one.
 */
export function do_brk(k: Kernel, mm: Mm, brk: number): number {
  if (brk < mm.start_brk) return k.fails('brk_below_start', mm.brk);
  const { size } = k.arch.page;
  const newbrk = Math.ceil(brk / size);
  const oldbrk = Math.ceil(mm.brk / size);
  if (newbrk < oldbrk) {
    const vma = mm.find_vma(newbrk);
    if (vma === undefined || vma.vm_start >= oldbrk) return k.fails('brk_nothing_there', mm.brk);
    if (do_munmap(k, mm, newbrk, oldbrk - newbrk) !== 0) return k.turns('brk_not_unmapped', mm.brk);
  } else if (newbrk > oldbrk) {
    const next = mm.find_vma(oldbrk);
    if (next !== undefined) {
      // vm_start_gap(): a stack needs room to grow
      const gap = (next.vm_flags & VM_GROWSDOWN) !== 0 ? STACK_GUARD_GAP : 0;
      if (newbrk + 1 > next.vm_start) return k.fails('brk_no_room', mm.brk);
      if (newbrk + 1 > next.vm_start - gap) return k.fails('brk_stack_gap', mm.brk);
    }
    do_brk_flags(k, mm, oldbrk, newbrk - oldbrk);
  }
  mm.brk = brk;
  return brk;
}

/** do_brk_flags(): extends what lies before, but never a VMA that ends at or below start_brk. */
function do_brk_flags(k: Kernel, mm: Mm, addr: number, len: number): void {
  const vm_flags = k.feature.ksm_flags_first ? ksm_vma_flags(mm, DATA_FLAGS, 0) : DATA_FLAGS;
  const before = mm.vma_before(addr);
  const brkvma = before !== undefined && before.vm_end * k.arch.page.size > mm.start_brk ? before : undefined;
  if (brkvma !== undefined && brkvma.vm_end === addr) {
    const merged = vma_merge_new_range(k, {
      mm,
      prev: brkvma,
      next: undefined,
      vma: undefined,
      start: addr,
      end: addr + len,
      pgoff: addr,
      anon_pgoff: addr,
      flags: vm_flags,
      flags_hi: 0,
      file: null,
      anon_vma: null,
    });
    if (merged !== undefined) return;
  }
  const vma = k.newVma(mm);
  vma.vm_start = addr;
  vma.vm_end = addr + len;
  vma.vm_pgoff = addr;
  vma.anon_pgoff = addr;
  vma.vm_flags = vm_flags;
  vma.vm_page_prot = k.vm_get_page_prot(vm_flags);
  vma.link();
  if (!k.feature.ksm_flags_first) ksm_add_vma(k, mm, vma);
}
