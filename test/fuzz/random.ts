// SPDX-License-Identifier: GPL-2.0-or-later
/** Random numbers from a seed: the same ones whenever the seed is the same. */

export class Random {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private d = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 bits (sfc32 of PractRand). */
  next(): number {
    const t = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** From 0 to n - 1; 0 where there is nothing to choose from. */
  below(n: number): number {
    return n < 1 ? 0 : this.next() % n;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  /** One time in `n`. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }
}
