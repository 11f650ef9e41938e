// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where anonymous and page cache pages come from. Which pfn the real allocator picks is not part of
 * the model: a recorded log supplies the choices, otherwise frames are taken upwards from a place in
 * RAM that no label uses.
 */
import type { Machine } from './machine.js';

export class Allocator {
  /** Choices supplied from outside for the coming allocations, in order. */
  supplied: number[] = [];
  /** The same for folios of more than one page, by their order. */
  suppliedOrders = new Map<number, number[]>();
  /** Allocations so far. */
  count = 0;

  /**
   * For each order the highest block that may be free: all above are taken. Known again only by looking once something was
   * undone.
   */
  private readonly highest = new Map<number, number>();

  /** Frames of RAM. */
  private readonly frames: number;

  constructor(
    private readonly machine: Machine,
    public next: number,
  ) {
    this.frames = machine.spec.ram.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** A frame that is free: supplied, else chosen; -1 when RAM is full. `busy` tells which frames are taken. */
  alloc(busy: (pfn: number) => boolean): number {
    const given = this.supplied.length > 0 ? this.supplied.shift() : undefined;
    if (given !== undefined && !busy(given)) return given;
    // once around all of RAM, from wherever it is
    for (let left = this.frames; left > 0; ) {
      const pfn = this.next++;
      if (!this.machine.pfn_valid(pfn)) {
        this.next = this.wrap(pfn);
        continue;
      }
      if (!this.taken(pfn) && !busy(pfn)) return pfn;
      left--;
    }
    return -1;
  }

  /**
   * A block of `2 ** order` free frames, aligned to its size: supplied, else the last of the first piece of RAM that has one; -1
   * when there is none. `busy` tells whether a frame of `[first, first + size)` is taken.
   */
  allocOrder(order: number, busy: (first: number, size: number) => boolean): number {
    const size = 1 << order;
    const free = (first: number): boolean =>
      this.machine.pfn_valid(first) &&
      this.machine.pfn_valid(first + size - 1) &&
      !this.machine.reserves(first, first + size) &&
      !busy(first, size);
    const supplied = this.suppliedOrders.get(order);
    for (let given = supplied?.shift(); given !== undefined; given = supplied?.shift()) if (free(given)) return given;
    // what a log supplies is in one list, whatever its order: the next one is meant where such a block can begin there
    const next = this.suppliedOrders.size === 0 ? this.supplied[0] : undefined;
    if (next !== undefined && next % size === 0 && free(next)) {
      this.supplied.shift();
      return next;
    }
    // of the pieces only the first is remembered: most machines have no second that is needed
    const [first, ...others] = this.machine.spec.ram;
    const top = first![1] - (first![1] % size) - size;
    for (let at = Math.min(top, this.highest.get(order) ?? top); at >= first![0]; at -= size) {
      this.highest.set(order, at);
      if (free(at)) return at;
    }
    this.highest.set(order, first![0] - size);
    for (const [start, end] of others) {
      for (let at = end - (end % size) - size; at >= start; at -= size) if (free(at)) return at;
    }
    return -1;
  }

  /** Frames from `pfn` on are free again. */
  freed(pfn: number): void {
    for (const [order, at] of this.highest) {
      const block = pfn - (pfn % (1 << order));
      if (block > at) this.highest.set(order, block);
    }
  }

  /** What was taken and freed is not known any more: something was undone, or moved. */
  forget(): void {
    if (this.highest.size > 0) this.highest.clear();
  }

  /** The frame is somebody's from the start. */
  private taken(pfn: number): boolean {
    const { machine } = this;
    return machine.isLabelled(pfn) || machine.is_zone_device(pfn) || machine.pageType(pfn) !== undefined;
  }

  private wrap(pfn: number): number {
    const ram = this.machine.spec.ram;
    for (const [start] of ram) if (start > pfn) return start;
    return ram[0]![0];
  }

  /** Where a fresh machine starts to allocate: the middle of its largest piece of RAM. */
  static start(machine: Machine): number {
    let best: readonly [number, number] = [0, 0];
    for (const piece of machine.spec.ram) if (piece[1] - piece[0] > best[1] - best[0]) best = piece;
    return Math.floor((best[0] + best[1]) / 2);
  }
}
