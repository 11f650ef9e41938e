// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Numbers that depend on a path alone (a seed, a round, a job, a run) and on nothing that was drawn elsewhere: so a run
 * is the same whoever makes it, and after whatever.
 */
export class Random {
  private state: number;

  private constructor(state: number) {
    this.state = state;
  }

  /** The source at that path. */
  static at(...path: readonly number[]): Random {
    let state = 0x2545f491;
    for (const step of path) {
      state = scrambled(state ^ scrambled(step | 0));
      state = scrambled(state + Math.imul(Math.floor(step / 2 ** 32) + 1, 0x9e3779b9));
    }
    return new Random(state);
  }

  /** An integer in `[0, n)`. */
  below(n: number): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return Math.floor(((scrambled(this.state) >>> 0) / 0x1_0000_0000) * n);
  }

  /** True once in `n` times on average. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Some of the values, at most `n`, in their order. */
  some<T>(values: readonly T[], n: number): T[] {
    const left = values.map((_, i) => i);
    for (let i = 0; i < Math.min(n, left.length); i++) {
      const other = i + this.below(left.length - i);
      [left[i], left[other]] = [left[other]!, left[i]!];
    }
    return left
      .slice(0, n)
      .sort((a, b) => a - b)
      .map((i) => values[i]!);
  }
}

/** Every bit of the result depends on every bit of `z` (the finaliser of MurmurHash3). */
function scrambled(z: number): number {
  let mixed = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
