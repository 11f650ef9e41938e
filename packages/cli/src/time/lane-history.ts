/** One lane of a log at any of its moments. */
import {
  applyTo,
  type EventList,
  type Kernel,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  openWorld,
  Timeline,
} from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import type { NumberedEvent } from '../log/open-log.js';
import { type Touched, TouchListener } from '../replay/touched.js';

/** Moments that are kept open around the last ones looked at. */
const MOMENTS = 96;

/** The state after `n` events, and what the last of them did. */
export interface Moment {
  readonly n: number;
  /** To be looked at, not stepped. */
  readonly kernel: Kernel;
  /** The event that led here; undefined at moment 0. */
  readonly last: NumberedEvent | undefined;
  /** Null at moment 0, and where the event names what this lane does not have. */
  readonly outcome: Outcome | null;
  readonly touched: Touched;
  /** What the event names and this lane does not have. */
  readonly lost: LogReferenceError | null;
}

const NOTHING_TOUCHED: Touched = { ptes: [], frames: [], rss: [], vmas: [] };

/** Told of an event that names what the lane does not have. May throw; otherwise the event is left out. */
export type OnLost = (numbered: NumberedEvent, error: LogReferenceError) => void;

export class LaneHistory {
  readonly timeline: Timeline;
  private readonly moments = new Map<number, Moment>();

  constructor(
    readonly name: string,
    readonly lane: LaneOptions,
    readonly events: readonly NumberedEvent[],
    private readonly onLost: OnLost = () => {},
  ) {
    this.timeline = new Timeline(lane, new Events(events, onLost));
  }

  /** Events of the log. */
  get length(): number {
    return this.events.length;
  }

  /** The moment after `n` events, with what event `n` did. */
  at(n: number): Moment {
    const known = this.moments.get(n);
    if (known !== undefined) return known;
    const moment = n === 0 ? this.start() : this.stepTo(n);
    this.moments.set(n, moment);
    if (this.moments.size > MOMENTS) this.moments.delete(this.moments.keys().next().value!);
    return moment;
  }

  private open(n: number): Kernel {
    return openWorld(this.timeline.options, this.timeline.at(n));
  }

  private start(): Moment {
    return { n: 0, kernel: this.open(0), last: undefined, outcome: null, touched: NOTHING_TOUCHED, lost: null };
  }

  private stepTo(n: number): Moment {
    const last = this.events[n - 1]!;
    const kernel = this.open(n - 1);
    const listener = new TouchListener(kernel);
    const undone = (): Kernel => {
      kernel.abandon();
      return this.open(n - 1);
    };
    try {
      const outcome = applyTo(kernel, last.event);
      if (outcome.crash !== null) {
        return { n, kernel: undone(), last, outcome, touched: NOTHING_TOUCHED, lost: null };
      }
      const touched = listener.take();
      kernel.record(null);
      return { n, kernel, last, outcome, touched, lost: null };
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.onLost(last, error);
      return { n, kernel: undone(), last, outcome: null, touched: NOTHING_TOUCHED, lost: error };
    }
  }
}

class Events implements EventList {
  constructor(
    private readonly events: readonly NumberedEvent[],
    private readonly onLost: OnLost,
  ) {}

  get length(): number {
    return this.events.length;
  }

  get(index: number): LogEvent {
    return this.events[index]!.event;
  }

  lost(index: number, error: LogReferenceError): void {
    this.onLost(this.events[index]!, error);
  }
}
