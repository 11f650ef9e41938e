// SPDX-License-Identifier: GPL-2.0-or-later
/** Worlds that are kept: one every K events, and more of them near the cursor. */
import type { World } from '../world/world.js';

/**
 * Events between two snapshots that are always kept, unless a timeline is told otherwise. Measured
 * (test/bench): a snapshot takes 70 to 100 bytes for each event of 3072, and half of them replay in 2 ms.
 */
export const K = 3072;
/** Extra snapshots that are kept at most; those farthest from the cursor go first. */
const EXTRA = 768;
/**
 * Of them, those that lie in another stretch than the cursor: so many that two moments can be looked at in turn. What random seeks
 * leave is dropped while it is young: a hundred of them had left 160 MB in a page, most of it dead.
 */
const ELSEWHERE = 8;

export class Snapshots {
  /** The world after `i * every` events; filled from the start on, without holes. */
  private readonly sparse: World[];
  /** Positions of the extra ones, ascending. */
  private keys: number[] = [];
  private worlds = new Map<number, World>();

  constructor(
    first: readonly World[],
    readonly every: number = K,
    private readonly extra: number = EXTRA,
  ) {
    this.sparse = [...first];
  }

  /** As far as `position`, for a branch that goes its own way from there. */
  fork(position: number): Snapshots {
    const fork = new Snapshots(this.sparse.slice(0, Math.floor(position / this.every) + 1), this.every, this.extra);
    fork.keys = this.keys.filter((key) => key <= position);
    for (const key of fork.keys) fork.worlds.set(key, this.worlds.get(key)!);
    return fork;
  }

  get(position: number): World | undefined {
    return position % this.every === 0 ? this.sparse[position / this.every] : this.worlds.get(position);
  }

  has(position: number): boolean {
    return this.get(position) !== undefined;
  }

  /** The nearest snapshot at or before `position`. */
  floor(position: number): { readonly position: number; readonly world: World } {
    const { every } = this;
    const block = Math.min(Math.floor(position / every), this.sparse.length - 1);
    const key = this.keys[this.indexAbove(position) - 1];
    if (key !== undefined && key > block * every) return { position: key, world: this.worlds.get(key)! };
    return { position: block * every, world: this.sparse[block]! };
  }

  /** `cursor`: where the reader is; what lies far from it may be dropped. */
  put(position: number, world: World, cursor: number): void {
    if (position % this.every === 0) {
      const block = position / this.every;
      if (block <= this.sparse.length) this.sparse[block] = world;
      return;
    }
    if (!this.worlds.has(position)) this.keys.splice(this.indexAbove(position), 0, position);
    this.worlds.set(position, world);
    while (this.keys.length > this.extra || this.elsewhere(cursor) > ELSEWHERE) this.drop(cursor);
  }

  /** How many are farther from the cursor than a stretch. */
  private elsewhere(cursor: number): number {
    const { keys, every } = this;
    return this.indexAbove(cursor - every - 1) + keys.length - this.indexAbove(cursor + every);
  }

  private drop(cursor: number): void {
    const first = this.keys[0]!;
    const last = this.keys[this.keys.length - 1]!;
    const key = cursor - first > last - cursor ? this.keys.shift()! : this.keys.pop()!;
    this.worlds.delete(key);
  }

  private indexAbove(position: number): number {
    let lo = 0;
    let hi = this.keys.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (this.keys[mid]! <= position) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}
