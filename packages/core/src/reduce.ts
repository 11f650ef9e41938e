// SPDX-License-Identifier: GPL-2.0-or-later
/** (world, event) -> (world, outcome). */
import type { LogEvent } from '@specialbit/events';
import type { Kernel, KernelOptions } from './kernel/base/kernel.js';
import { KernelCrash, type Outcome } from './kernel/base/outcome.js';
import { settleReasons } from './kernel/base/settle-reasons.js';
import { lru_add_drain } from './kernel/folio/folio-add-lru.js';
import { ONE_REASON } from './kernel/reason/index.js';
import { applyEvent } from './kernel/reduce-event.js';
import { commitWorld } from './world/commit.js';
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
    if (k.task_works.length > 0) for (const work of k.task_works.splice(0)) k.cleansUp(work);
    lru_add_drain(k);
    settleReasons(event, out);
  } catch (error) {
    if (!(error instanceof KernelCrash)) throw error;
    out.crash = error.crash;
    out.reasons = ONE_REASON[error.reason];
    k.abandon();
  }
  return out;
}

/** One event at a time: opens the world, plays, commits. For many, a Player is cheaper. Throws LogReferenceError. */
export function reduce(options: KernelOptions, world: World, event: LogEvent): { world: World; outcome: Outcome } {
  const k = openWorld(options, world);
  const outcome = applyTo(k, event);
  // a BUG: the event was not carried out
  if (outcome.crash !== null) return { world, outcome };
  return { world: commitWorld(k), outcome };
}
