// SPDX-License-Identifier: GPL-2.0-or-later
/** A stack grows when it is touched below its end (mm/mmap.c: expand_downwards, acct_stack_growth). */

import { VM_ACCESS_FLAGS, VM_GROWSDOWN, VM_LOCKED } from '../../mm/vm-flags.js';
import type { Mm, Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { anon_vma_prepare } from '../folio/rmap.js';

/** stack_guard_gap, in pages. */
export const STACK_GUARD_GAP = 256;
/** RLIMIT_STACK as most systems have it, in bytes. */
const STACK_LIMIT = 8 * 2 ** 20;

/** expand_downwards() (mm/mmap.c): the VMA of `vpn` after growth, or undefined where nothing grows down to there. */
export function expand_stack(k: Kernel, mm: Mm, vpn: number): Vma | undefined {
  const vma = mm.find_vma(vpn);
  if (vma === undefined || vma.vm_start <= vpn || (vma.vm_flags & VM_GROWSDOWN) === 0) return vma;
  const prev = mm.vma_before(vpn);
  if (
    prev !== undefined &&
    (prev.vm_flags & VM_GROWSDOWN) === 0 &&
    (prev.vm_flags & VM_ACCESS_FLAGS) !== 0 &&
    vpn - prev.vm_end < STACK_GUARD_GAP
  ) {
    return undefined;
  }
  if ((vma.vm_end - vpn) * k.arch.page.size > STACK_LIMIT) return undefined;
  const grow = vma.vm_start - vpn;
  if (grow > vma.vm_pgoff) return undefined;
  anon_vma_prepare(k, vma);
  if ((vma.vm_flags & VM_LOCKED) !== 0) mm.locked_vm += grow;
  vma.vm_start = vpn;
  vma.vm_pgoff -= grow;
  vma.anon_pgoff -= grow;
  return vma;
}
