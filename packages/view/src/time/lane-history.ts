// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane of a log at any of its moments. */
import {
  type AskedLane,
  type EventList,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  Player,
  Timeline,
  type TimelineSettings,
  type WorldDiff,
} from '@specialbit/core';
import { type Kernel, openWorld } from '@specialbit/core/kernel';
import { isStatement, type LogEvent } from '@specialbit/events';
import type { NumberedEvent, NumberedEvents } from '../log/loaded-log.js';
import { returnText } from '../show/outcome-text.js';

/** Moments that are kept open around the last ones looked at. */
const MOMENTS = 4;
/** Return values that are kept. */
const RETURNS = 4096;

/** The state after `n` events, and what the last of them did. */
export interface Moment {
  readonly n: number;
  /** To be looked at, not stepped. */
  readonly kernel: Kernel;
  /** The event that led here; undefined at moment 0. */
  readonly last: NumberedEvent | undefined;
  /** Null at moment 0, and where the event names what this lane does not have. */
  readonly outcome: Outcome | null;
  /** What the event names and this lane does not have. */
  readonly lost: LogReferenceError | null;
  /** What the event changed. */
  readonly diff: WorldDiff;
}

/** What an event returned, for a list of events. */
export interface Returned {
  /** Null for an expectation, which does nothing. */
  readonly text: string | null;
  readonly failed: boolean;
}

const UNCHANGED: WorldDiff = { born: [], gone: [], vmas: [], ptes: [], frames: [], rss: [], figures: [] };

/** Told of an event that names what the lane does not have. May throw; otherwise the event is left out. */
export type OnLost = (numbered: NumberedEvent, error: LogReferenceError) => void;

/** The moments of one lane of a log, made when they are looked at. */
export class LaneHistory {
  readonly timeline: Timeline;
  private readonly lost = new Map<number, LogReferenceError>();
  private readonly moments = new Map<number, Moment>();
  private readonly returns = new Map<number, Returned>();

  /**
   * `before`: the history of a log of the same lane that has the same first events, which need not be played again.
   * `settings`: how much its timeline keeps, where it does not go on with that of `before`.
   */
  constructor(
    readonly name: string,
    readonly lane: LaneOptions,
    readonly events: NumberedEvents,
    onLost: OnLost = () => {},
    before?: { readonly history: LaneHistory; readonly same: number },
    settings: TimelineSettings = {},
  ) {
    const list = new Events(events, (numbered, error) => {
      onLost(numbered, error);
      this.lost.set(numbered.number, error);
    });
    if (before === undefined) {
      this.timeline = new Timeline(lane, list, settings);
      return;
    }
    const { history, same } = before;
    this.timeline = history.timeline.onto(same, list);
    for (const [n, error] of history.lost) if (n <= same) this.lost.set(n, error);
    for (const [n, value] of history.returns) if (n <= same) this.returns.set(n, value);
  }

  /** Events of the log. */
  get length(): number {
    return this.events.length;
  }

  /** The moment after `n` events, with what event `n` did. */
  at(n: number): Moment {
    const known = this.moments.get(n);
    if (known !== undefined) return known;
    const { timeline } = this;
    const start = n === 0;
    // first the moment before: who plays to it can go on to this one
    if (!start) timeline.at(n - 1);
    const outcome = start ? null : timeline.outcome(n - 1);
    const kernel = openWorld(timeline.options, timeline.at(n));
    const lost = this.lost.get(n) ?? null;
    const diff = start ? UNCHANGED : timeline.diff(n - 1, n);
    const moment = {
      n,
      kernel,
      last: start ? undefined : this.events.at(n - 1),
      outcome: lost === null ? outcome : null,
      lost,
      diff,
    };
    this.moments.set(n, moment);
    if (this.moments.size > MOMENTS) this.moments.delete(this.moments.keys().next().value!);
    return moment;
  }

  /** The lane as an expectation that is event `n` asks it. */
  asked(n: number): AskedLane {
    const { events, timeline, lost } = this;
    let last = n - 1;
    while (last > 0 && isStatement(events.at(last - 1)!.event)) last--;
    const of = (number: number): Outcome | null => {
      const outcome = timeline.outcome(number - 1);
      return lost.has(number) ? null : outcome;
    };
    return { name: this.name, kernel: this.at(n).kernel, outcomes: { last, of } };
  }

  /** What the events `from` to `to` returned, numbered from 1. */
  returned(from: number, to: number): Returned[] {
    const { returns } = this;
    let first = from;
    while (first <= to && returns.has(first)) first++;
    if (first <= to) this.play(first, to);
    const list = Array.from({ length: to - from + 1 }, (_, i) => returns.get(from + i)!);
    // the oldest go; a screen is far smaller
    for (const key of returns.keys()) {
      if (returns.size <= RETURNS) break;
      returns.delete(key);
    }
    return list;
  }

  private play(from: number, to: number): void {
    const player = new Player(this.timeline.options, this.timeline.at(from - 1));
    for (let n = from; n <= to; n++) {
      const { event } = this.events.at(n - 1)!;
      if (isStatement(event)) {
        player.skip();
        this.returns.set(n, { text: null, failed: false });
        continue;
      }
      const outcome = tryStep(player, event);
      if (outcome instanceof LogReferenceError) {
        this.returns.set(n, { text: 'left out', failed: true });
        continue;
      }
      const failed = outcome.crash !== null || outcome.signal !== null || outcome.ret < 0;
      this.returns.set(n, { text: returnText(player.kernel, event, outcome), failed });
    }
  }
}

class Events implements EventList {
  constructor(
    private readonly events: NumberedEvents,
    private readonly onLost: OnLost,
  ) {}

  get length(): number {
    return this.events.length;
  }

  get(index: number): LogEvent {
    return this.events.at(index)!.event;
  }

  lost(index: number, error: LogReferenceError): void {
    this.onLost(this.events.at(index)!, error);
  }
}

/** Steps a player; the error where the event names what the lane does not have. */
export function tryStep(player: Player, event: LogEvent): Outcome | LogReferenceError {
  try {
    return player.step(event);
  } catch (error) {
    if (error instanceof LogReferenceError) return error;
    throw error;
  }
}
