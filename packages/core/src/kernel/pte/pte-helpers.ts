// SPDX-License-Identifier: GPL-2.0-or-later
/** Small PTE helpers of generic mm (include/linux/mm.h, include/linux/pgtable.h). */
import type { Pte } from '../../arch/contract.js';
import { VM_WRITE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** maybe_mkwrite(): writable only if the VMA is. */
export function maybe_mkwrite(k: Kernel, p: Pte, vma: Vma): void {
  if ((vma.vm_flags & VM_WRITE) !== 0) k.pte.mkwrite(p);
}

/** pte_sw_mkyoung(): young where the architecture asks for it (include/linux/pgtable.h). */
export function pte_sw_mkyoung(k: Kernel, p: Pte): void {
  if (k.arch.facts.pte_sw_mkyoung) k.pte.mkyoung(p);
}
