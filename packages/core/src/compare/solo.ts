// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane that goes forth and back and is compared with none: it costs the event and what that touched. */
import type { LogEvent } from '@specialbit/events';
import { LogReferenceError } from '../kernel/base/errors.js';
import type { Checkpoint, Kernel } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { applyTo } from '../reduce.js';
import { createWorld, kernelOptions, type LaneOptions } from '../world/create.js';
import { openWorld } from '../world/open.js';

export class Solo {
  readonly k: Kernel;
  /** Of the last event; null where it names what is not there. */
  outcome: Outcome | null = null;
  private readonly checkpoints: Checkpoint[] = [];

  constructor(lane: LaneOptions) {
    const options = kernelOptions(lane);
    this.k = openWorld(options, createWorld(lane));
  }

  /** True: something changed. An event that takes the kernel down is undone. */
  forth(event: LogEvent): boolean {
    const { k } = this;
    const checkpoint = k.checkpoint();
    this.checkpoints.push(checkpoint);
    try {
      this.outcome = applyTo(k, event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.outcome = null;
    }
    if (this.outcome !== null && this.outcome.crash === null) return k.journal.changedSince(checkpoint.mark);
    // `back` goes to the same moment
    k.rollback(checkpoint);
    this.checkpoints[this.checkpoints.length - 1] = k.checkpoint();
    return false;
  }

  back(): void {
    const checkpoint = this.checkpoints.pop();
    if (checkpoint !== undefined) this.k.rollback(checkpoint);
  }
}
