// SPDX-License-Identifier: GPL-2.0-or-later
/** States that were met, by their fingerprints, and how many events they were expanded for: 9 bytes a slot. */
const FIRST = 1 << 12;
/** Of the slots, used at most. */
const FULL = 0.6;
const NONE = -1;

export class Visited {
  size = 0;
  private keys = new Float64Array(FIRST).fill(NONE);
  private left = new Uint8Array(FIRST);

  /** True: the state is to be expanded for `left` more events, and was not for as many before. */
  enter(key: number, left: number): boolean {
    const at = this.find(key);
    if (this.keys[at] === key) {
      if (this.left[at]! >= left) return false;
      this.left[at] = left;
      return true;
    }
    this.keys[at] = key;
    this.left[at] = left;
    this.size++;
    if (this.size > FULL * this.keys.length) this.grow();
    return true;
  }

  private find(key: number): number {
    const mask = this.keys.length - 1;
    let at = (Math.imul(key | 0, 0x9e3779b1) ^ Math.floor(key / 2 ** 32)) & mask;
    while (this.keys[at] !== NONE && this.keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { keys, left } = this;
    this.keys = new Float64Array(2 * keys.length).fill(NONE);
    this.left = new Uint8Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === NONE) continue;
      const at = this.find(keys[i]!);
      this.keys[at] = keys[i]!;
      this.left[at] = left[i]!;
    }
  }
}

/** One number of 53 bits for those of several lanes. */
export function together(keys: readonly number[]): number {
  let high = 0;
  let low = 0;
  for (const key of keys) {
    low = Math.imul(low ^ (key | 0), 0x01000193) ^ (low >>> 15);
    high = Math.imul((high << 5) ^ (high >>> 27) ^ Math.floor(key / 2 ** 32), 0x27d4eb2f) ^ low;
  }
  return ((high >>> 0) & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
