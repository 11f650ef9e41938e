// SPDX-License-Identifier: GPL-2.0-or-later
/** One architecture playing a log, with everything that an event did at hand. */
import { createWorld, type Kernel, kernelOptions, type LaneOptions, type Outcome, Session } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import { type Touched, TouchListener } from '@specialbit/view';

/** Events between two commits: what a crash makes the session play again. */
const COMMIT_EVERY = 1024;

export class LanePlayer {
  private readonly session: Session;
  private readonly listener: TouchListener | undefined;
  private sinceCommit = 0;

  /** `listen`: `step` tells what was touched; it costs. */
  constructor(
    readonly lane: LaneOptions,
    listen: boolean,
  ) {
    this.session = new Session(kernelOptions(lane), createWorld(lane));
    this.listener = listen ? new TouchListener(this.session.live) : undefined;
  }

  /** The kernel as it is now; the next event changes it. */
  get kernel(): Kernel {
    return this.session.live;
  }

  /** Throws LogReferenceError when the event names what does not exist. */
  step(event: LogEvent): { readonly outcome: Outcome; readonly touched: Touched | undefined } {
    const before = this.session.live;
    const outcome = this.session.step(event);
    const touched = outcome.crash === null ? this.listener?.take() : NOTHING;
    if (this.session.live !== before) this.listener?.listenTo(this.session.live);
    if (++this.sinceCommit === COMMIT_EVERY) {
      this.session.commit();
      this.sinceCommit = 0;
    }
    return { outcome, touched };
  }
}

const NOTHING: Touched = { ptes: [], frames: [], rss: [], vmas: [] };
