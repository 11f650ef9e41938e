// SPDX-License-Identifier: GPL-2.0-or-later
/** Applies events to a running kernel. */
import type { LogEvent } from '@specialbit/events';
import type { Kernel } from './base/kernel.js';
import { runEvent } from './mechanisms/index.js';

/** Ours: applies one event; what happened is in `k.out`. Throws LogReferenceError for a name that is none. */
export function applyEvent(k: Kernel, event: LogEvent): void {
  // asked of every shape of event, `in` is far slower than a property that may be missing
  const { alloc } = event as { readonly alloc?: readonly number[] };
  if (alloc === undefined) return runEvent(k, event);
  // frames that a recorded kernel chose
  k.allocator.supplied = [...alloc];
  try {
    runEvent(k, event);
  } finally {
    k.allocator.supplied = [];
  }
}
