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
   * A block of `2 ** order` free frames, aligned to its size: supplied, else chosen from the end of RAM; -1 when there is none.
   */
  allocOrder(order: number, busy: (pfn: number) => boolean): number {
    const size = 1 << order;
    const free = (first: number): boolean => {
      for (let pfn = first; pfn < first + size; pfn++) {
        if (!this.machine.pfn_valid(pfn) || this.taken(pfn) || busy(pfn)) return false;
      }
      return true;
    };
    const supplied = this.suppliedOrders.get(order);
    for (let given = supplied?.shift(); given !== undefined; given = supplied?.shift()) if (free(given)) return given;
    for (const [start, end] of this.machine.spec.ram) {
      for (let at = end - (end % size) - size; at >= start; at -= size) if (free(at)) return at;
    }
    return -1;
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
