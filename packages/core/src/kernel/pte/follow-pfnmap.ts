// SPDX-License-Identifier: GPL-2.0-or-later
/** follow_pfnmap_start() (mm/memory.c): a driver asks what frame a user address maps. */
import type { Pte } from '../../arch/contract.js';
import { VM_IO, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import type { FollowResult } from '../base/outcome.js';

/** null where the kernel says -EINVAL. `special` is the PTE's bit, never set without one. */
export function follow_pfnmap_start(k: Kernel, vma: Vma, vpn: number): FollowResult | null {
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('follow_outside', null);
  if ((vma.vm_flags & (VM_IO | VM_PFNMAP)) === 0) return k.fails('follow_not_pfnmap', null);
  const p = k.peek(vma.mm, vpn);
  if (!k.pte.present(p)) return k.fails('follow_not_present', null);
  return {
    pfn: k.pte.pfn(p),
    prot: pte_pgprot(k, p),
    writable: k.pte.write(p),
    special: k.pte.special(p),
  };
}

/** pte_pgprot(); 0 where the architecture does not tell. */
function pte_pgprot(k: Kernel, p: Pte): Pte {
  const prot = { lo: p.lo, hi: p.hi };
  if (k.arch.facts.pte_pgprot) k.pte.pgprot(prot);
  else prot.lo = prot.hi = 0;
  return prot;
}
