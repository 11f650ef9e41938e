// SPDX-License-Identifier: GPL-2.0-or-later
/** Which sizes of folios the page cache of tmpfs may get (mm/shmem.c). Orders are sets, one bit each. */
import { VM_HUGEPAGE } from '../../mm/vm-flags.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { thp_vma_suitable_orders, vma_thp_disabled } from '../huge/thp-orders.js';

/** shmem_huge_global_enabled(): the PMD's order, or none. `write_end`: pages that the file will have. */
function shmem_huge_global_enabled(
  k: Kernel,
  file: AddressSpace,
  index: number,
  write_end: number,
  vm_flags: number,
): number {
  const { shmem_enabled, shmem_mount } = k.thp.state;
  const { pages } = k.arch.pmd!;
  if (shmem_enabled === 'deny') return 0;
  if (shmem_enabled === 'force') return pages;
  const advised = (vm_flags & VM_HUGEPAGE) !== 0 ? pages : 0;
  switch (file.nameless ? shmem_mount : file.huge) {
    case 'always':
      return pages;
    case 'within_size':
      return Math.max(write_end, file.pages) >= Math.ceil((index + 1) / pages) * pages ? pages : advised;
    case 'advise':
      return advised;
    default:
      return 0;
  }
}

/** shmem_allowable_huge_orders(). `vma` null: not for a fault. */
export function shmem_allowable_huge_orders(
  k: Kernel,
  file: AddressSpace,
  vma: Vma | null,
  index: number,
  write_end: number,
): number {
  if (!k.thp.on || (vma !== null && vma_thp_disabled(vma))) return 0;
  const vm_flags = vma?.vm_flags ?? 0;
  const global = shmem_huge_global_enabled(k, file, index, write_end, vm_flags);
  // vma_is_anon_shmem(): the sizes' own settings are for shared anonymous memory
  if (vma === null || !file.unlinked) return global;
  const { shmem_enabled, shmem_orders } = k.thp.state;
  if (shmem_enabled === 'deny') return 0;
  if (shmem_enabled === 'force') return shmem_orders.inherit;
  let mask = shmem_orders.always;
  for (let left = shmem_orders.within_size; left !== 0; ) {
    const order = 31 - Math.clz32(left);
    if (file.pages >= Math.ceil((index + 1) / (1 << order)) << order) {
      mask |= left;
      break;
    }
    left &= ~(1 << order);
  }
  if ((vm_flags & VM_HUGEPAGE) !== 0) mask |= shmem_orders.madvise;
  if (global > 0) mask |= shmem_orders.inherit;
  // THP_ORDERS_ALL_FILE_DEFAULT: no single pages
  return mask & ~1 & (2 * k.arch.pmd!.pages - 1);
}

/** shmem_suitable_orders(): those of a set for which VMA and page cache have room around the page. */
export function shmem_suitable_orders(
  file: AddressSpace,
  vma: Vma | null,
  vpn: number,
  index: number,
  orders: number,
): number {
  let suitable = vma === null ? orders : thp_vma_suitable_orders(vma, vpn, orders);
  while (suitable !== 0) {
    const order = 31 - Math.clz32(suitable);
    const first = index - (index % (1 << order));
    if (
      file.page_cache
        .range(first, first + (1 << order))
        [Symbol.iterator]()
        .next().done === true
    )
      break;
    suitable &= ~(1 << order);
  }
  return suitable;
}
