// SPDX-License-Identifier: GPL-2.0-or-later
/** What is written to the files below /sys/kernel/mm/transparent_hugepage (mm/huge_memory.c, mm/shmem.c, mm/khugepaged.c). */
import type { HugeMount } from '../mm/address-space.js';
import type { ThpMode, ThpOrders, ThpState } from './thp.js';

const MODES: readonly string[] = ['always', 'madvise', 'never'];
const SHMEM: readonly string[] = ['always', 'within_size', 'advise', 'never', 'deny', 'force'];
const SIZE = /^hugepages-(?:(\d+)kB|order(\d+)|(pmd))\/(shmem_)?enabled$/;

/**
 * enabled_store(), anon_enabled_store() and their likes: the settings after `value` was written to `key`; `value`: the file
 * does not take it, `file`: there is no such file. `pageShift`: log2 of the bytes of a page; `pmdOrder`: of the pages of a PMD.
 */
export function thp_store(
  state: ThpState,
  key: string,
  value: string,
  pageShift: number,
  pmdOrder: number,
): Partial<ThpState> | 'value' | 'file' {
  const size = SIZE.exec(key);
  if (size !== null) {
    const [, kilobytes, given, pmd, forShmem] = size;
    const order = pmd !== undefined ? pmdOrder : Number(given ?? Math.log2(Number(kilobytes) * 1024) - pageShift);
    const shmem = forShmem !== undefined;
    if (!Number.isInteger(order) || order < (shmem ? 1 : 2) || order > pmdOrder) return 'file';
    const orders = store_order(shmem ? state.shmem_orders : state.anon_orders, 1 << order, value, shmem);
    if (orders === null) return 'value';
    return shmem ? { shmem_orders: orders } : { anon_orders: orders };
  }
  switch (key) {
    case 'enabled':
      return MODES.includes(value) ? { enabled: value as ThpMode } : 'value';
    case 'shmem_enabled':
      if (!SHMEM.includes(value)) return 'value';
      if (value === 'deny' || value === 'force') return { shmem_enabled: value };
      return { shmem_enabled: value, shmem_mount: value as HugeMount };
    case 'use_zero_page':
      return flag(value, (on) => ({ use_zero_page: on }));
    case 'shrink_underused':
      return flag(value, (on) => ({ shrink_underused: on }));
    case 'defrag':
    case 'khugepaged/defrag':
      // the allocator of the model never has to reclaim for a folio
      return {};
    case 'khugepaged/max_ptes_none':
      return limit(value, pmdOrder, (n) => ({ max_ptes_none: n }));
    case 'khugepaged/max_ptes_swap':
      return limit(value, pmdOrder, (n) => ({ max_ptes_swap: n }));
    case 'khugepaged/max_ptes_shared':
      return limit(value, pmdOrder, (n) => ({ max_ptes_shared: n }));
    default:
      return 'file';
  }
}

/** anon_enabled_store(), thpsize_shmem_enabled_store(): an order is in one set at most. */
function store_order(orders: ThpOrders, bit: number, value: string, shmem: boolean): ThpOrders | null {
  const { always, madvise, inherit, within_size } = orders;
  const left = {
    always: always & ~bit,
    madvise: madvise & ~bit,
    inherit: inherit & ~bit,
    within_size: within_size & ~bit,
  };
  switch (value) {
    case 'always':
      return { ...left, always: left.always | bit };
    case shmem ? 'advise' : 'madvise':
      return { ...left, madvise: left.madvise | bit };
    case 'inherit':
      return { ...left, inherit: left.inherit | bit };
    case 'never':
      return left;
    case 'within_size':
      return shmem ? { ...left, within_size: left.within_size | bit } : null;
    default:
      return null;
  }
}

function flag(value: string, make: (on: boolean) => Partial<ThpState>): Partial<ThpState> | 'value' {
  return value === '0' || value === '1' ? make(value === '1') : 'value';
}

function limit(value: string, pmdOrder: number, make: (n: number) => Partial<ThpState>): Partial<ThpState> | 'value' {
  const n = Number(value);
  return Number.isInteger(n) && n >= 0 && n <= (1 << pmdOrder) - 1 ? make(n) : 'value';
}
