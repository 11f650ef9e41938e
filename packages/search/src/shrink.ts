// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The smallest form of a log that still does what is to be kept of it: what the last event needs by its names, fewer events
 * (delta debugging: parts of half the log, of a quarter, at last single events), then simpler ones, until none can go and none can be simpler.
 */
import type { NamedLane } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import { closures } from './closure.js';
import { SearchError } from './errors.js';
import type { Kept } from './kept.js';
import { simplerForms } from './simpler.js';

export interface ShrinkOptions {
  /** Hears of each smaller log. */
  readonly progress?: (progress: ShrinkProgress) => void;
}

export interface ShrinkProgress {
  readonly events: number;
  readonly replays: number;
}

export interface Shrunk {
  readonly events: readonly LogEvent[];
  readonly lanes: readonly NamedLane[];
  /** How many logs were played on the way. */
  readonly replays: number;
  /** Of these, those that were played at the end to show that nothing more can go. */
  readonly proof: number;
}

/** Throws SearchError `search.kept` where the log does not do it as it is. */
export function shrink(
  lanes: readonly NamedLane[],
  events: readonly LogEvent[],
  kept: Kept,
  options: ShrinkOptions = {},
): Shrunk {
  return new Shrinker(lanes, kept, options).shrink(events);
}

class Shrinker {
  private replays = 0;

  constructor(
    private lanes: readonly NamedLane[],
    private readonly kept: Kept,
    private readonly options: ShrinkOptions,
  ) {}

  shrink(all: readonly LogEvent[]): Shrunk {
    const end = this.reached(this.lanes, all);
    if (end < 0) throw new SearchError('search.kept', `the log does not do what is to be kept: ${this.kept.name}`);
    let events: readonly LogEvent[] = all.slice(0, end + 1);
    this.tell(events);
    this.fewerLanes(events);
    for (const less of closures(events)) {
      if (!this.holds(less)) continue;
      events = less;
      this.tell(events);
      break;
    }
    for (let changed = true; changed; ) {
      events = this.fewer(events);
      [events, changed] = this.simpler(events);
    }
    // once more over everything, with nothing left to gain: the proof
    const start = this.replays;
    events = this.fewer(events);
    const proof = this.replays - start;
    this.fewerLanes(events);
    return { events, lanes: this.lanes, replays: this.replays, proof };
  }

  /** One event less, or many: until no single one can go. */
  private fewer(all: readonly LogEvent[]): readonly LogEvent[] {
    let events = all;
    for (let size = Math.max(1, Math.floor(events.length / 2)); ; ) {
      let removed = false;
      // from the end, where what depends on others stands
      for (let end = events.length; end > 0; ) {
        const start = Math.max(0, end - size);
        const less = [...events.slice(0, start), ...events.slice(end)];
        if (less.length > 0 && this.holds(less)) {
          events = less;
          removed = true;
          this.tell(events);
        }
        end = start;
      }
      if (size > 1) size = Math.min(Math.floor(size / 2), Math.max(1, Math.floor(events.length / 2)));
      else if (!removed) return events;
    }
  }

  /** Each event as simple as can be. True: something became simpler. */
  private simpler(all: readonly LogEvent[]): [readonly LogEvent[], boolean] {
    let events = all;
    let changed = false;
    for (let i = 0; i < events.length; i++) {
      for (let again = true; again; ) {
        again = false;
        for (const form of simplerForms(events[i]!)) {
          const tried = events.with(i, form);
          if (!this.holds(tried)) continue;
          events = tried;
          changed = true;
          again = true;
          break;
        }
      }
    }
    return [events, changed];
  }

  /** Two lanes are enough to part. */
  private fewerLanes(events: readonly LogEvent[]): void {
    for (let l = this.lanes.length - 1; l >= 0 && this.lanes.length > this.kept.leastLanes; l--) {
      const fewer = this.lanes.filter((_, i) => i !== l);
      if (this.reached(fewer, events) >= 0) this.lanes = fewer;
    }
  }

  private holds(events: readonly LogEvent[]): boolean {
    return this.reached(this.lanes, events) >= 0;
  }

  /** The first event at which it is done; -1: none. */
  private reached(lanes: readonly NamedLane[], events: readonly LogEvent[]): number {
    this.replays++;
    return this.kept.reachedBy(lanes, events);
  }

  private tell(events: readonly LogEvent[]): void {
    this.options.progress?.({ events: events.length, replays: this.replays });
  }
}
