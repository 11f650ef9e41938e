// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane played from start to end, with what each event did. */
import {
  createWorld,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  Player,
} from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';

import type { LogEvent } from '@specialbit/events';

import { laneName, type Touched, TouchListener } from '@specialbit/view';

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
  private readonly player: Player;
  private readonly listener: TouchListener;

  constructor(lane: LaneOptions) {
    this.name = laneName(lane);
    this.player = new Player(kernelOptions(lane), createWorld(lane));
    this.listener = new TouchListener(this.player.kernel);
    this.player.record(this.listener);
  }

  /** To be looked at and not kept. */
  get kernel(): Kernel {
    return this.player.kernel;
  }

  step(event: LogEvent): LaneStep {
    this.lost = null;
    try {
      const outcome = this.player.step(event);
      return { outcome, lost: null, touched: outcome.crash === null ? this.listener.take() : null };
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.lost = error;
      return { outcome: null, lost: error, touched: null };
    }
  }
}
