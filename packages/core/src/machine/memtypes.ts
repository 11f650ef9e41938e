// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which memory type each physical range is reserved with: the state of arch/x86/mm/pat/memtype.c, one for the
 * machine. Empty on kernels without a page attribute table. Frames by number, ends exclusive.
 */
import type { CacheMode } from '../arch/layout.js';
import type { Journal } from '../mm/journal.js';

/** struct memtype: a reservation of device memory. */
export interface Memtype {
  readonly start: number;
  readonly end: number;
  readonly type: CacheMode;
}

/** struct pfnmap_track_ctx: a reservation that VMAs share, and how many do. */
export interface TrackContext {
  readonly id: number;
  readonly pfn: number;
  readonly pages: number;
  readonly kref: number;
}

export interface MemtypeState {
  /** memtype_rbroot: ascending by start, those of equal start by age. They may overlap; then they have one type. */
  readonly reserved: readonly Memtype[];
  /** Contexts in use, by age. */
  readonly contexts: readonly TrackContext[];
}

export const emptyMemtypes: MemtypeState = Object.freeze({
  reserved: Object.freeze([]),
  contexts: Object.freeze([]),
});

export class Memtypes {
  constructor(
    private readonly journal: Journal,
    private current: MemtypeState = emptyMemtypes,
  ) {}

  get state(): MemtypeState {
    return this.current;
  }
  set state(state: MemtypeState) {
    if (this.journal.on) this.journal.field(this, 'current', this.current);
    this.current = state;
  }

  /** interval_insert(). */
  insert(entry: Memtype): void {
    const { reserved } = this.state;
    const at = reserved.findIndex(({ start }) => start > entry.start);
    const place = at < 0 ? reserved.length : at;
    this.state = { ...this.state, reserved: [...reserved.slice(0, place), entry, ...reserved.slice(place)] };
  }

  /** interval_remove(). */
  remove(entry: Memtype): void {
    this.state = { ...this.state, reserved: this.state.reserved.filter((other) => other !== entry) };
  }

  /** interval_iter_first(), interval_iter_next(): what overlaps a range, ascending. */
  overlapping(start: number, end: number): readonly Memtype[] {
    const { reserved } = this.state;
    return reserved.length === 0 ? reserved : reserved.filter((entry) => entry.start < end && entry.end > start);
  }

  /** A context with one user. */
  addContext(id: number, pfn: number, pages: number): void {
    this.state = { ...this.state, contexts: [...this.state.contexts, { id, pfn, pages, kref: 1 }] };
  }

  /** kref_get(), kref_put(): the context when its last user went, which is gone then. */
  countContext(id: number, by: 1 | -1): TrackContext | undefined {
    const { contexts } = this.state;
    const of = contexts.find((context) => context.id === id);
    if (of === undefined) return undefined;
    const kref = of.kref + by;
    const rest = contexts.filter((context) => context !== of);
    const left = kref === 0 ? rest : contexts.map((context) => (context === of ? { ...of, kref } : context));
    this.state = { ...this.state, contexts: left };
    return kref === 0 ? of : undefined;
  }
}
