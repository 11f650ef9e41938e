// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which mapping a page of an address space belongs to. Lanes put the same mapping at different
 * addresses, of pages of different sizes: what is the same is the event that made the mapping, and the
 * page's index in it.
 */

/** A run of pages that one mapping event placed. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Page 0 of the mapping (the run may be what is left of it). */
  readonly base: number;
  /** The index of the event that made the mapping. */
  readonly id: number;
}

interface Mapping {
  readonly base: number;
  /** Runs that are left of it. */
  readonly runs: number;
}

export class Places {
  /** Ascending, disjoint. */
  private pieces: Piece[] = [];
  private mappings = new Map<number, Mapping>();
  /** The two are another's as well. */
  private shared = false;
  private last: Piece | undefined;

  /** The same places for a child; nothing is copied before one of the two changes. */
  fork(): Places {
    const child = new Places();
    child.pieces = this.pieces;
    child.mappings = this.mappings;
    child.shared = true;
    this.shared = true;
    return child;
  }

  /** The mapping that was placed last over `vpn`; it may be unmapped by now. */
  find(vpn: number): Piece | undefined {
    const { last } = this;
    if (last !== undefined && vpn >= last.start && vpn < last.end) return last;
    const piece = this.pieces[this.indexOf(vpn)];
    if (piece === undefined || piece.start > vpn) return undefined;
    this.last = piece;
    return piece;
  }

  /** The page of mapping `id`, wherever it was placed; undefined when this lane has no such mapping. */
  vpn(id: number, page: number): number | undefined {
    const mapping = this.mappings.get(id);
    return mapping === undefined ? undefined : mapping.base + page;
  }

  /** A mapping event placed `[start, start + pages)`. */
  place(id: number, start: number, pages: number): void {
    this.put({ start, end: start + pages, base: start, id });
  }

  /** The mapping at `start` has `pages` pages now; one that nobody knew becomes mapping `id`. */
  grow(start: number, pages: number, id: number): void {
    const old = this.find(start);
    if (old === undefined) this.place(id, start, pages);
    else if (old.end < start + pages) this.put({ start: old.start, end: start + pages, base: old.base, id: old.id });
  }

  private put(piece: Piece): void {
    if (piece.end <= piece.start) return;
    this.own();
    const from = this.indexOf(piece.start);
    let to = from;
    const fresh: Piece[] = [];
    for (; to < this.pieces.length && this.pieces[to]!.start < piece.end; to++) {
      const old = this.pieces[to]!;
      if (old.start < piece.start) fresh.push({ ...old, end: piece.start });
      if (old.end > piece.end) fresh.push({ ...old, start: piece.end });
      this.count(old.id, old.base, -1);
    }
    fresh.push(piece);
    fresh.sort((a, b) => a.start - b.start);
    for (const run of fresh) this.count(run.id, run.base, 1);
    this.pieces.splice(from, to - from, ...fresh);
    this.last = undefined;
  }

  private own(): void {
    if (!this.shared) return;
    this.pieces = this.pieces.slice();
    this.mappings = new Map(this.mappings);
    this.shared = false;
  }

  private count(id: number, base: number, by: number): void {
    const mapping = this.mappings.get(id);
    if (mapping === undefined || mapping.base !== base) {
      this.mappings.set(id, { base, runs: 1 });
      return;
    }
    const runs = mapping.runs + by;
    if (runs === 0) this.mappings.delete(id);
    else this.mappings.set(id, { base, runs });
  }

  /** Index of the first piece that ends above `vpn`. */
  private indexOf(vpn: number): number {
    let lo = 0;
    let hi = this.pieces.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (this.pieces[mid]!.end > vpn) hi = mid;
      else lo = mid + 1;
    }
    return lo;
  }
}
