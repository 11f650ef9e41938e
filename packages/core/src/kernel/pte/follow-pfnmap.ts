// SPDX-License-Identifier: GPL-2.0-or-later
/** follow_pfnmap_start() (mm/memory.c): a driver asks what frame a user address maps. */
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { type HugeLevel, PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { VM_IO, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import type { FollowResult } from '../base/outcome.js';

/** null where the kernel says -EINVAL. `special` is the PTE's bit, never set without one. */
export function follow_pfnmap_start(k: Kernel, vma: Vma, vpn: number): FollowResult | null {
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('follow_outside', null);
  if ((vma.vm_flags & (VM_IO | VM_PFNMAP)) === 0) return k.fails('follow_not_pfnmap', null);
  const p = newPte();
  const level = vma.mm.pt.lookup(vpn, p);
  if (level !== PTE) return follow_huge_pfnmap(k, vpn, level, p);
  if (!k.pte.present(p)) return k.fails('follow_not_present', null);
  return {
    pfn: k.pte.pfn(p),
    prot: pte_pgprot(k, k.pte, p),
    writable: k.pte.write(p),
    special: k.pte.special(p),
  };
}

/** The same at a PMD or PUD that maps memory; follow_pte(), which came before, takes it for a bad table. */
function follow_huge_pfnmap(k: Kernel, vpn: number, level: HugeLevel, p: Pte): FollowResult | null {
  const codec = codecOf(k.arch, level) as HugeCodec;
  if (!codec.present(p) || !k.feature.follow_pfnmap) return k.fails('follow_not_present', null);
  return {
    pfn: codec.pfn(p) + (vpn % codec.pages),
    prot: pte_pgprot(k, codec, p),
    writable: codec.write(p),
    special: codec.special(p),
  };
}

/** pte_pgprot(), pmd_pgprot(), pud_pgprot(); 0 where the architecture does not tell. */
function pte_pgprot(k: Kernel, codec: Pick<HugeCodec, 'pgprot'>, p: Pte): Pte {
  const prot = { lo: p.lo, hi: p.hi };
  if (k.arch.facts.pte_pgprot) codec.pgprot(prot);
  else prot.lo = prot.hi = 0;
  return prot;
}
