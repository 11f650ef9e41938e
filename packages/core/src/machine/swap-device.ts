// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Swap space (mm/swapfile.c): use counts of slots, and what is stored in them. `pages` 0 is a kernel
 * without CONFIG_SWAP, for which a swap entry in a PTE means nothing.
 */
import type { Journal } from '../mm/journal.js';
import { ObjectTable } from '../mm/object-table.js';
import { emptySlots, type SlotsRoot } from '../mm/slots.js';

/** A slot as a world holds it. */
export interface SwapSlotRecord {
  readonly id: number;
  readonly count: number;
  readonly cache: number;
  readonly content: number;
  readonly shadow: boolean;
}

/** `id`: its offset. */
export interface SwapSlot {
  readonly id: number;
  /** PTEs and page cache entries that hold the slot (swap_map without SWAP_HAS_CACHE). */
  count: number;
  /** The page in the swap cache, or -1. */
  cache: number;
  /** First byte of what was written out; null before that. */
  content: number;
  /** Reclaim remembers when the page was evicted (its shadow entry): coming back soon makes it active. */
  shadow: boolean;
  record: SwapSlotRecord | null;
}

const SWAPFILE_CLUSTER = 256;

/** Statics of swapin_nr_pages() (mm/swap_state.c), as a machine has them after boot. */
export interface ClusterReadahead {
  readonly prev_offset: number;
  readonly hits: number;
  readonly last_pages: number;
}

export interface SwapState {
  readonly next: number;
  readonly cluster: ClusterReadahead;
  readonly slots: SlotsRoot<SwapSlotRecord>;
}

export const emptySwap: SwapState = {
  next: 1,
  cluster: { prev_offset: 0, hits: 4, last_pages: 0 },
  slots: emptySlots,
};

export class SwapDevice {
  readonly slots: ObjectTable<SwapSlot, SwapSlotRecord>;
  private free: number;
  private readahead: ClusterReadahead;

  constructor(
    readonly pages: number,
    private readonly journal: Journal,
    private state: SwapState = emptySwap,
  ) {
    // slot 0 is the header, so that its cluster is not free
    this.free = Math.max(state.next, pages > SWAPFILE_CLUSTER ? SWAPFILE_CLUSTER : 1);
    this.readahead = state.cluster;
    this.slots = new ObjectTable<SwapSlot, SwapSlotRecord>(state.slots, journal, {
      open: (record) => ({ ...record, record }),
      close: ({ id, count, cache, content, shadow }) => ({ id, count, cache, content, shadow }),
    });
  }

  get enabled(): boolean {
    return this.pages > 0;
  }

  /** The next slot that was never used: from the first cluster (SWAPFILE_CLUSTER, 256) that is wholly free. */
  get next(): number {
    return this.free;
  }

  /** swap_cluster_readahead()'s memory, one for the machine: it outlives the swap space. */
  get cluster(): ClusterReadahead {
    return this.readahead;
  }
  set cluster(v: ClusterReadahead) {
    if (this.journal.on) this.journal.field(this, 'readahead', this.readahead);
    this.readahead = v;
  }

  /** folio_alloc_swap(): a free slot, or -1. */
  alloc(): number {
    if (this.free > this.pages) return -1;
    if (this.journal.on) this.journal.field(this, 'free', this.free);
    const id = this.free++;
    this.slots.set(id, { id, count: 0, cache: -1, content: 0, shadow: false, record: null });
    return id;
  }

  slot(offset: number): SwapSlot | undefined {
    return this.slots.get(offset);
  }

  /** The slot, for writing. */
  edit(offset: number): SwapSlot | undefined {
    const slot = this.slots.get(offset);
    if (slot === undefined) return undefined;
    if (this.journal.on) this.journal.step(restore, slot, { ...slot });
    this.slots.touch(slot);
    return slot;
  }

  /** Frees a slot that nothing holds any more. */
  freeIfUnused(offset: number): void {
    const slot = this.slots.get(offset);
    if (slot !== undefined && slot.count <= 0 && slot.cache < 0) this.slots.delete(offset);
  }

  /** The state for a world; the same as before where nothing changed. */
  commit(seal: (record: object) => void): SwapState {
    const slots = this.slots.commit(seal);
    const { state } = this;
    if (slots !== state.slots || this.free !== state.next || this.readahead !== state.cluster) {
      this.state = { next: this.free, cluster: this.readahead, slots };
    }
    return this.state;
  }
}

function restore(slot: SwapSlot, { count, cache, content, shadow }: SwapSlot): void {
  slot.count = count;
  slot.cache = cache;
  slot.content = content;
  slot.shadow = shadow;
}
