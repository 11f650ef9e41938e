// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the lanes part, found as far as somebody wants to know. */
import { type ComparedStep, Comparison, type Divergence, type Part } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import type { LoadedLog, NumberedEvent, NumberedEvents } from '../log/loaded-log.js';
import type { LaneHistory } from '../time/lane-history.js';
import { compareStep } from '../time/named-lanes.js';

/** Events whose divergences are kept in full. */
const KEEP = 10_000;

/** Where a comparison came to its end. */
export interface ComparisonStop {
  readonly number: number;
  /** What the event names and no lane has, with its place in the log. */
  readonly error: Error;
}

/** Told of every event as it is compared. The kernels, one a lane, are to be looked at and not kept. */
export type OnStep = (numbered: NumberedEvent, step: ComparedStep, kernels: readonly Kernel[]) => void;

/** The events at which the lanes of a log part, found as far as somebody asks or has time. */
export class Divergences {
  private readonly comparison: Comparison;
  private readonly byNumber = new Map<number, ComparedStep>();
  private readonly numbers: number[] = [];
  private readonly parting = new Set<number>();
  private stopped: ComparisonStop | null = null;

  constructor(
    private readonly log: LoadedLog<NumberedEvents>,
    lanes: readonly LaneHistory[],
    private readonly onStep: OnStep = () => {},
  ) {
    this.comparison = new Comparison(lanes.map(({ name, lane }) => ({ name, options: lane })));
  }

  /** Events that were compared; all of them where the comparison had to stop. */
  get covered(): number {
    return this.stopped === null ? this.comparison.length : this.log.events.length;
  }

  /** The event that no lane can carry out; null while there was none. What stands behind it is not compared. */
  get stop(): ComparisonStop | null {
    return this.stopped;
  }

  /** What a comparison of the events so far says in a line. */
  get verdict(): string {
    return this.comparison.verdict();
  }

  get complete(): boolean {
    return this.covered >= this.log.events.length;
  }

  /** Compares more events, at most `events` of them. */
  advance(events: number): void {
    const end = Math.min(this.covered + events, this.log.events.length);
    while (this.covered < end) {
      const numbered = this.log.events.at(this.comparison.length)!;
      try {
        const step = compareStep(this.comparison, this.log.file, numbered);
        this.onStep(numbered, step, this.comparison.kernels);
        if (!step.parted) continue;
        this.numbers.push(numbered.number);
        this.parting.add(numbered.number);
        if (this.byNumber.size < KEEP) this.byNumber.set(numbered.number, step);
      } catch (error) {
        // no lane can carry it out: there is nothing to compare from here on
        this.stopped = { number: numbered.number, error: error as Error };
      }
    }
  }

  /** The lanes part at this event, as far as it was compared. */
  parts(number: number): boolean {
    return this.parting.has(number);
  }

  /** Those of one event, as far as it was compared; of a log with very many, those of the first. Looks for their causes. */
  at(number: number): readonly Divergence[] {
    return (this.byNumber.get(number)?.divergences ?? []).filter(({ minor }) => !minor);
  }

  /** As `at`, in steps: yields while causes are looked for, so that somebody else can be answered. */
  *find(number: number): Generator<unknown, readonly Divergence[], void> {
    while (this.covered < number) {
      this.advance(64);
      yield;
    }
    if (!this.byNumber.has(number)) return [];
    const found = yield* this.comparison.findDivergencesAt(number - 1);
    return found.filter(({ minor }) => !minor);
  }

  /** What differs at one event, the gravest first, as far as it was compared; looks for no cause. */
  partsOf(number: number): readonly Part[] {
    return this.comparison.partsAt(number - 1);
  }

  /** How the lanes part at one event, in a few words, as far as it was compared; looks for no cause. */
  headline(number: number): string | undefined {
    return this.comparison.headlineAt(number - 1);
  }

  /** The next event behind (before) `n` with a divergence, among those that were compared. */
  next(n: number, direction: 'forward' | 'backward'): number | undefined {
    if (direction === 'forward') return this.numbers.find((number) => number > n);
    return this.numbers.findLast((number) => number < n);
  }

  /** Compares until the next one is known. Yields the moment that it has reached. */
  *search(n: number, direction: 'forward' | 'backward'): Generator<number, number | undefined, void> {
    const enough = (): boolean =>
      direction === 'backward' ? this.covered >= n : this.next(n, direction) !== undefined || this.complete;
    while (!enough()) {
      this.advance(64);
      yield this.covered;
    }
    return this.next(n, direction);
  }
}
