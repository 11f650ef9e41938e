// SPDX-License-Identifier: GPL-2.0-or-later
/** Random logs over an alphabet: fresh ones, and those that were worth keeping with something changed. */
import type { LogEvent } from '@specialbit/events';
import type { Alphabet } from '../alphabet.js';
import { what } from '../goal.js';
import type { Random } from './random.js';

/** Changes of one log, at most. */
const CHANGES = 4;
/** A fresh log once in so many times, where there is one to change. */
const FRESH = 4;

export class LogSource {
  /** Letters by what they do, so that what there are many of is not tried more often. */
  private readonly kinds: readonly (readonly number[])[];
  private readonly maps: readonly number[];

  constructor(
    private readonly letters: Alphabet,
    private readonly length: number,
  ) {
    const kinds = new Map<string, number[]>();
    for (const [i, event] of letters.events.entries()) {
      const kind = kinds.get(what(event));
      if (kind === undefined) kinds.set(what(event), [i]);
      else kind.push(i);
    }
    this.kinds = [...kinds.values()];
    this.maps = letters.makes.flatMap((makes, i) => (makes === 0 ? [i] : []));
  }

  /** The next log; `pool`: logs that showed something. */
  next(random: Random, pool: readonly (readonly LogEvent[])[]): LogEvent[] {
    if (pool.length === 0 || random.oneIn(FRESH)) return this.fresh(random);
    return this.changed(random, pool);
  }

  private fresh(random: Random): LogEvent[] {
    const { events, makes } = this.letters;
    // what comes first makes a mapping, where these events can
    const first = this.maps.length > 0 ? random.pick(this.maps) : this.letter(random);
    const log = [events[first]!];
    let made = this.maps.length > 0 ? 1 : 0;
    for (let left = random.below(this.length); left > 0; left--) {
      const letter = this.letter(random);
      // a second mapping is made after the first
      if (makes[letter]! > made) continue;
      if (makes[letter] === made) made++;
      log.push(events[letter]!);
    }
    return log;
  }

  private changed(random: Random, pool: readonly (readonly LogEvent[])[]): LogEvent[] {
    const log = [...random.pick(pool)];
    for (let left = 1 + random.below(CHANGES); left > 0; left--) this.change(random, log, pool);
    return log.slice(0, this.length);
  }

  private change(random: Random, log: LogEvent[], pool: readonly (readonly LogEvent[])[]): void {
    const any = (): LogEvent => this.letters.events[this.letter(random)]!;
    const at = random.below(log.length + 1);
    switch (random.below(7)) {
      case 0:
      case 1:
        log.splice(at, 0, any());
        return;
      case 2:
        // more at the end, where what was worth keeping happened
        for (let more = 1 + random.below(4); more > 0; more--) log.push(any());
        return;
      case 3:
        if (log.length > 1) log.splice(at, 1);
        return;
      case 4:
        if (at < log.length) log[at] = any();
        return;
      case 5: {
        const [event] = log.splice(random.below(log.length), 1);
        log.splice(random.below(log.length + 1), 0, event!);
        return;
      }
      case 6: {
        const other = random.pick(pool);
        log.splice(at, log.length, ...other.slice(random.below(other.length)));
        if (log.length === 0) log.push(any());
      }
    }
  }

  private letter(random: Random): number {
    return random.pick(random.pick(this.kinds));
  }
}
