// SPDX-License-Identifier: GPL-2.0-or-later
/** Which sizes of huge pages a VMA may have (include/linux/huge_mm.h, mm/huge_memory.c). Orders are sets, one bit each. */
import { VM_HUGEPAGE, VM_NOHUGEPAGE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** thp_vma_allowable_orders() of a page fault in anonymous memory (TVA_IN_PF and TVA_ENFORCE_SYSFS). */
export function anon_orders_allowed(k: Kernel, vma: Vma): number {
  const { anon_orders, enabled } = k.thp.state;
  const madvised = (vma.vm_flags & VM_HUGEPAGE) !== 0;
  let orders = anon_orders.always;
  if (madvised) orders |= anon_orders.madvise;
  if (enabled === 'always' || (madvised && enabled !== 'never')) orders |= anon_orders.inherit;
  if (vma_thp_disabled(vma)) return 0;
  // THP_ORDERS_ALL_ANON: neither single pages nor pairs
  return orders & ~3;
}

/** vma_thp_disabled() (include/linux/huge_mm.h). */
export function vma_thp_disabled(vma: Vma): boolean {
  return (vma.vm_flags & VM_NOHUGEPAGE) !== 0;
}

/** thp_vma_suitable_order() (include/linux/huge_mm.h) for every order of a set: its aligned range lies in the VMA. */
export function thp_vma_suitable_orders(vma: Vma, vpn: number, orders: number): number {
  let suitable = 0;
  for (let order = 1; orders >>> order !== 0; order++) {
    if ((orders & (1 << order)) !== 0 && thp_vma_suitable_order(vma, vpn, order)) suitable |= 1 << order;
  }
  return suitable;
}

/** thp_vma_suitable_order() (include/linux/huge_mm.h); of a file, VMA and offset must also be aligned alike. */
export function thp_vma_suitable_order(vma: Vma, vpn: number, order: number): boolean {
  const pages = 1 << order;
  if (vma.vm_file !== null && (vma.vm_start - vma.vm_pgoff) % pages !== 0) return false;
  const first = vpn - (vpn % pages);
  return first >= vma.vm_start && first + pages <= vma.vm_end;
}
