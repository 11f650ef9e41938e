// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane played from start to end, with what each event did. */
import {
  createWorld,
  type Kernel,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  Session,
} from '@specialbit/core';

import type { LogEvent } from '@specialbit/events';

import { laneName, type Touched, TouchListener } from '@specialbit/view';

/** Events after which the undo memory of the session is cut. */
const COMMIT_EVERY = 1024;

export interface LaneStep {
  /** Null where the event names what this lane does not have. */
  readonly outcome: Outcome | null;
  readonly lost: LogReferenceError | null;
  readonly touched: Touched | null;
}

export class LaneRun {
  readonly name: string;
  /** What the last event names and this lane does not have. */
  lost: LogReferenceError | null = null;
  private readonly session: Session;
  private readonly listener: TouchListener;
  private steps = 0;

  constructor(lane: LaneOptions) {
    this.name = laneName(lane);
    this.session = new Session(kernelOptions(lane), createWorld(lane));
    this.listener = new TouchListener(this.session.live);
  }

  /** To be looked at and not kept. */
  get kernel(): Kernel {
    return this.session.live;
  }

  step(event: LogEvent): LaneStep {
    const before = this.session.live;
    this.lost = null;
    try {
      const outcome = this.session.step(event);
      if (outcome.crash !== null) return { outcome, lost: null, touched: null };
      return { outcome, lost: null, touched: this.listener.take() };
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.lost = error;
      return { outcome: null, lost: error, touched: null };
    } finally {
      // what cannot be carried out is undone, in another kernel
      if (this.session.live !== before) this.listener.listenTo(this.session.live);
      if (++this.steps % COMMIT_EVERY === 0) this.session.commit();
    }
  }
}
