// SPDX-License-Identifier: GPL-2.0-or-later
/** (world, event) -> (world, outcome); and the session that applies many events between two worlds. */
import type { LogEvent } from '@specialbit/events';
import type { Kernel, KernelOptions } from './kernel/base/kernel.js';
import { KernelCrash, type Outcome } from './kernel/base/outcome.js';
import { settleReasons } from './kernel/base/settle-reasons.js';
import { lru_add_drain } from './kernel/folio/folio-add-lru.js';
import { applyEvent } from './kernel/reduce-event.js';
import { type Commit, commitWorld } from './world/commit.js';
import { openWorld } from './world/open.js';
import type { World } from './world/world.js';

/**
 * Applies one event to a running kernel. Where the kernel would die (BUG_ON, a struct page that does
 * not exist) the outcome says so; what the event had done up to there stays done.
 * Throws LogReferenceError when the event names what does not exist.
 */
export function applyTo(k: Kernel, event: LogEvent): Outcome {
  k.begin();
  return applyMore(k, event);
}

/** As applyTo, but as a further part of the event that began last: its outcome goes on. */
export function applyMore(k: Kernel, event: LogEvent): Outcome {
  const { out } = k;
  try {
    applyEvent(k, event);
    lru_add_drain(k);
    settleReasons(event, out);
  } catch (error) {
    if (!(error instanceof KernelCrash)) throw error;
    out.crash = error.crash;
    k.abandon();
  }
  return out;
}

/** One event at a time; for many, a Session is far cheaper. */
export function reduce(options: KernelOptions, world: World, event: LogEvent): { world: World; outcome: Outcome } {
  const k = openWorld(options, world);
  const outcome = applyTo(k, event);
  // a BUG: the event was not carried out
  if (outcome.crash !== null) return { world, outcome };
  return { world: commitWorld(k, world).world, outcome };
}

/** A batch of events on one lane. `commit` gives the world at any moment; the session goes on. */
export class Session {
  private kernel: Kernel;
  /** Events since the last commit, for going back when one of them takes the kernel down. */
  private pending: LogEvent[] = [];

  constructor(
    private readonly options: KernelOptions,
    private base: World,
  ) {
    this.kernel = openWorld(options, base);
  }

  /**
   * Applies an event. One that crashes the kernel is undone: the log goes on without it. So is one that
   * names what does not exist; its LogReferenceError is thrown.
   */
  step(event: LogEvent): Outcome {
    let outcome: Outcome;
    try {
      outcome = applyTo(this.kernel, event);
    } catch (error) {
      this.undo();
      throw error;
    }
    if (outcome.crash === null) this.pending.push(event);
    else this.undo();
    return outcome;
  }

  private undo(): void {
    this.kernel.abandon();
    this.kernel = openWorld(this.options, this.base);
    for (const done of this.pending) applyTo(this.kernel, done);
  }

  /** The world now. */
  commit(): Commit {
    const commit = commitWorld(this.kernel, this.base);
    this.base = commit.world;
    this.pending = [];
    return commit;
  }

  /** The running kernel, to be looked at and not kept. */
  get live(): Kernel {
    return this.kernel;
  }
}
