/** One lane of a log at any of its moments: worlds are kept at intervals, and replayed from there. */
import {
  applyTo,
  createWorld,
  type Kernel,
  type KernelOptions,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  openWorld,
  Session,
  type World,
} from '@specialbit/core';
import type { NumberedEvent } from '../log/open-log.js';
import { type Touched, TouchListener } from '../replay/touched.js';

/** Events between two worlds that are kept. */
const KEEP_EVERY = 1024;
/** Moments that are kept around the last ones looked at. */
const MOMENTS = 16;

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

export const NOTHING_TOUCHED: Touched = { ptes: [], frames: [], rss: [], vmas: [] };

export class LaneHistory {
  readonly options: KernelOptions;
  private readonly worlds = new Map<number, World>();
  private readonly moments = new Map<number, Moment>();

  constructor(
    readonly name: string,
    readonly lane: LaneOptions,
    readonly events: readonly NumberedEvent[],
    /** Told of events that name what this lane does not have; may throw. */
    private readonly onLost: (numbered: NumberedEvent, error: LogReferenceError) => void = () => {},
  ) {
    this.options = kernelOptions(lane);
    this.worlds.set(0, createWorld(lane));
  }

  /** Events of the log. */
  get length(): number {
    return this.events.length;
  }

  /** The world after `n` events. An event that this lane cannot carry out changes nothing. */
  worldAt(n: number): World {
    const kept = this.worlds.get(n);
    if (kept !== undefined) return kept;
    let at = n - (n % KEEP_EVERY);
    while (!this.worlds.has(at)) at -= KEEP_EVERY;
    const session = new Session(this.options, this.worlds.get(at)!);
    while (at < n) {
      this.step(session, this.events[at++]!);
      if (at % KEEP_EVERY === 0) this.worlds.set(at, session.commit().world);
    }
    return session.commit().world;
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

  /** Steps a session of this lane; the error where the event names what the lane does not have. */
  step(session: Session, numbered: NumberedEvent): Outcome | LogReferenceError {
    try {
      return session.step(numbered.event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.onLost(numbered, error);
      return error;
    }
  }

  private start(): Moment {
    const kernel = openWorld(this.options, this.worldAt(0));
    return { n: 0, kernel, last: undefined, outcome: null, touched: NOTHING_TOUCHED, lost: null };
  }

  private stepTo(n: number): Moment {
    const before = this.worldAt(n - 1);
    const last = this.events[n - 1]!;
    const kernel = openWorld(this.options, before);
    const listener = new TouchListener(kernel);
    const undone = (): Kernel => {
      kernel.abandon();
      return openWorld(this.options, before);
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
