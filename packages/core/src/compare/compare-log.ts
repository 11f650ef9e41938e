// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogEvent } from '@specialbit/events';
import { Comparison, type ComparisonOptions } from './comparison.js';
import type { NamedLane } from './lane.js';

/** Runs a whole log through several lanes. */
export function compareLog(
  lanes: readonly NamedLane[],
  events: Iterable<LogEvent>,
  options: ComparisonOptions = {},
): Comparison {
  const comparison = new Comparison(lanes, options);
  for (const event of events) comparison.step(event);
  return comparison;
}
