// SPDX-License-Identifier: GPL-2.0-or-later
/** Whose turn it is, and what the input of a turn is: of the seed of a run, and nothing else. */
import { Random } from './random.js';
import type { Input, Reader } from './reader.js';
import { READERS } from './readers.js';

export const readerNamed = (name: string): Reader | undefined => READERS.find((reader) => reader.name === name);

/** Of a turn the seed that its line has: whoever gives it gets the input again. */
export function* seeds(run: number): Generator<number, never, void> {
  const random = new Random(run);
  for (;;) yield random.next();
}

export const inputOf = (reader: Reader, seed: number): Input => reader.make(new Random(seed));

/** Gives each reader its share of the time: the turn is of the one that has had the least of it. */
export class Turns {
  private readonly had = new Map<Reader, number>();

  constructor(only: readonly string[]) {
    for (const reader of READERS) if (only.length === 0 || only.includes(reader.name)) this.had.set(reader, 0);
  }

  next(): Reader {
    let least = Infinity;
    let next: Reader | undefined;
    for (const [reader, had] of this.had) {
      if (had >= least) continue;
      least = had;
      next = reader;
    }
    return next!;
  }

  /** `ms`: what the turn took. */
  took(reader: Reader, ms: number): void {
    this.had.set(reader, this.had.get(reader)! + ms / (reader.weight ?? 1));
  }
}
