// SPDX-License-Identifier: GPL-2.0-or-later
/** A kernel that runs along a list of events and can be asked for the world at any of them. */

import { LogReferenceError } from '../kernel/base/errors.js';
import type { Kernel, KernelOptions } from '../kernel/base/kernel.js';
import { newOutcome, type Outcome } from '../kernel/base/outcome.js';
import { applyTo } from '../reduce.js';
import { type Commit, commitWorld } from '../world/commit.js';
import { openWorld } from '../world/open.js';
import type { World } from '../world/world.js';
import { EventError } from './event-error.js';
import type { EventList } from './event-list.js';

/** Events that took the kernel down, or name what does not exist: not carried out, and skipped from then on. */
export type Crashes = Map<number, Outcome>;

export class Replayer {
  private kernel: Kernel;
  /** The last commit, and where it was. */
  private base: World;
  private basePosition: number;
  /** Events applied. */
  position: number;

  constructor(
    private readonly options: KernelOptions,
    private readonly events: EventList,
    private readonly crashes: Crashes,
    world: World,
    position: number,
  ) {
    this.kernel = openWorld(options, world);
    this.base = world;
    this.basePosition = position;
    this.position = position;
  }

  /** To be looked at and not kept. */
  get live(): Kernel {
    return this.kernel;
  }

  /**
   * Applies the next event. Where it names what does not exist nothing is done: the list is told, or
   * EventError is thrown.
   */
  step(): Outcome {
    const index = this.position;
    const known = this.crashes.get(index);
    if (known !== undefined) {
      this.position++;
      return known;
    }
    let outcome: Outcome;
    try {
      outcome = applyTo(this.kernel, this.events.get(index));
    } catch (error) {
      this.undo();
      if (!(error instanceof LogReferenceError)) throw error;
      if (this.events.lost === undefined) throw new EventError(index, error);
      this.events.lost(index, error);
      outcome = newOutcome();
      this.crashes.set(index, outcome);
      this.position++;
      return outcome;
    }
    if (outcome.crash !== null) {
      this.crashes.set(index, outcome);
      this.undo();
    }
    this.position++;
    return outcome;
  }

  /** The world here. */
  commit(): Commit {
    const commit = commitWorld(this.kernel, this.base);
    this.base = commit.world;
    this.basePosition = this.position;
    return commit;
  }

  /** Back to before the event that was begun: from the last commit on, without it. */
  private undo(): void {
    this.kernel.abandon();
    this.kernel = openWorld(this.options, this.base);
    for (let i = this.basePosition; i < this.position; i++) {
      if (!this.crashes.has(i)) applyTo(this.kernel, this.events.get(i));
    }
  }
}
