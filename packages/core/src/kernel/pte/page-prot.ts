// SPDX-License-Identifier: GPL-2.0-or-later
/** vm_page_prot of a VMA (mm/mmap.c: vma_set_page_prot, vma_wants_writenotify). */
import type { Pte } from '../../arch/contract.js';
import { VM_SHARED, VM_WRITE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** vm_ops_needs_writenotify() (mm/vma.c): the driver wants to hear of the first write to each page. */
export function vm_ops_needs_writenotify(vma: Vma): boolean {
  const driver = vma.vm_ops?.driver;
  return driver?.page_mkwrite === true || driver?.pfn_mkwrite === true;
}

/** vma_wants_writenotify(): for shared writable mappings only; tmpfs and devices track no dirty pages. */
export function vma_wants_writenotify(vma: Vma): boolean {
  return (vma.vm_flags & (VM_WRITE | VM_SHARED)) === (VM_WRITE | VM_SHARED) && vm_ops_needs_writenotify(vma);
}

/** vma_set_page_prot(). */
export function vma_set_page_prot(k: Kernel, vma: Vma): void {
  const flags = vma_wants_writenotify(vma) ? vma.vm_flags & ~VM_SHARED : vma.vm_flags;
  vma.vm_page_prot = vm_pgprot_modify(k, vma.vm_page_prot, flags);
}

/** vm_pgprot_modify() (mm/mmap.c): the protection of the flags, with the memory type that the driver gave it. */
function vm_pgprot_modify(k: Kernel, oldprot: Readonly<Pte>, vm_flags: number): Readonly<Pte> {
  const newprot = k.vm_get_page_prot(vm_flags);
  const { lo, hi } = oldprot;
  const prot = { lo, hi };
  k.pte.pgprot_modify(prot, newprot);
  return prot.lo === newprot.lo && prot.hi === newprot.hi ? newprot : prot;
}

/** pgprot_writecombine(): without a page attribute table x86 has no such memory type, and takes UC- (cachemode2protval). */
export function pgprot_writecombine(k: Kernel, prot: Pte): void {
  if (k.profile.config.has('CONFIG_X86_PAT')) k.pte.pgprot_writecombine(prot);
  else k.pte.pgprot_writecombine_nopat(prot);
}
