// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a machine with transparent huge pages has once: the settings below /sys/kernel/mm/transparent_hugepage,
 * the huge zero folio, the deferred split list and counters of the node.
 */
import type { HugeMount } from '../mm/address-space.js';
import { IdList } from '../mm/id-list.js';
import type { Journal } from '../mm/journal.js';

/** Values of `enabled`. */
export type ThpMode = 'always' | 'madvise' | 'never';

/** Sizes by order, one bit each: as mm/huge_memory.c and mm/shmem.c keep them. */
export interface ThpOrders {
  readonly always: number;
  readonly madvise: number;
  readonly inherit: number;
  /** `within_size`, of shared memory alone. */
  readonly within_size: number;
}

export interface ThpState {
  readonly enabled: ThpMode;
  readonly use_zero_page: boolean;
  readonly shrink_underused: boolean;
  /** `shmem_enabled`: also `within_size`, `advise`, `deny`, `force`. */
  readonly shmem_enabled: string;
  /** huge= of the mount of shared anonymous memory: what was last written to `shmem_enabled` but deny and force. */
  readonly shmem_mount: HugeMount;
  readonly anon_orders: ThpOrders;
  readonly shmem_orders: ThpOrders;
  readonly max_ptes_none: number;
  readonly max_ptes_swap: number;
  readonly max_ptes_shared: number;
  /** First frame of the huge zero folio, -1 while there is none, and huge_zero_refcount. */
  readonly huge_zero_pfn: number;
  readonly huge_zero_refcount: number;
  /** The deferred split list: first frames, oldest first. */
  readonly deferred: IdList;
  /** NR_ANON_THPS, NR_SHMEM_THPS, NR_SHMEM_PMDMAPPED, NR_FILE_THPS, NR_FILE_PMDMAPPED in pages. */
  readonly anon_thps: number;
  readonly shmem_thps: number;
  readonly shmem_pmdmapped: number;
  readonly file_thps: number;
  readonly file_pmdmapped: number;
}

const NO_ORDERS: ThpOrders = { always: 0, madvise: 0, inherit: 0, within_size: 0 };

/** Of a kernel with CONFIG_TRANSPARENT_HUGEPAGE_MADVISE, as it boots. */
export const emptyThp: ThpState = Object.freeze({
  enabled: 'madvise',
  use_zero_page: true,
  shrink_underused: true,
  shmem_enabled: 'never',
  shmem_mount: 'never',
  anon_orders: NO_ORDERS,
  shmem_orders: NO_ORDERS,
  max_ptes_none: 0,
  max_ptes_swap: 0,
  max_ptes_shared: 0,
  huge_zero_pfn: -1,
  huge_zero_refcount: 0,
  deferred: IdList.empty,
  anon_thps: 0,
  shmem_thps: 0,
  shmem_pmdmapped: 0,
  file_thps: 0,
  file_pmdmapped: 0,
} as const);

/** hugepage_init() (mm/huge_memory.c), khugepaged_init(): what a machine with PMDs of `order` boots with. */
export function bootThp(order: number): ThpState {
  const pages = 1 << order;
  return {
    ...emptyThp,
    anon_orders: { ...NO_ORDERS, inherit: pages },
    shmem_orders: { ...NO_ORDERS, inherit: pages },
    max_ptes_none: pages - 1,
    max_ptes_swap: pages / 8,
    max_ptes_shared: pages / 2,
  };
}

export class Thp {
  constructor(
    private readonly journal: Journal,
    /** Are there folios of more than one page at all? */
    readonly on: boolean,
    private current: ThpState,
  ) {}

  /** Nobody but us and the journal holds `current`: it may change in place. */
  private own = false;
  /** What the last world got of it, null when it has changed since. */
  private written: ThpState | null = null;

  /** What it is now: read at once, since the next change may be made in place. */
  get state(): ThpState {
    return this.current;
  }

  /** The state for a world, which stays as it is. */
  commit(): ThpState {
    if (!this.own) return this.current;
    if (this.written === null) {
      if (this.journal.on) this.journal.field(this, 'written', null);
      this.written = { ...this.current };
    }
    return this.written;
  }

  change(fields: Partial<ThpState>): void {
    const { journal } = this;
    if (!this.own) {
      if (journal.on) {
        journal.field(this, 'current', this.current);
        journal.field(this, 'own', false);
      }
      this.current = { ...this.current };
      this.own = true;
    }
    if (this.written !== null) {
      if (journal.on) journal.field(this, 'written', this.written);
      this.written = null;
    }
    const current = this.current as Record<keyof ThpState, unknown>;
    for (const name of Object.keys(fields) as (keyof ThpState)[]) {
      if (journal.on) journal.field(current, name, current[name]);
      current[name] = fields[name];
    }
  }
}
