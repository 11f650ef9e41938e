// SPDX-License-Identifier: GPL-2.0-or-later
/** What is kept of a log that is made smaller: that lanes part for one cause, or that a goal is reached. */
import { Comparison, type Divergence, EventError, type NamedLane } from '@specialbit/core';
import { Exploration } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import type { Goal } from './goal.js';

export interface Kept {
  /** In words. */
  readonly name: string;
  /** Fewer cannot do it. */
  readonly leastLanes: number;
  /** The first event at which these lanes do it, from 0; -1: none. */
  reachedBy(lanes: readonly NamedLane[], events: readonly LogEvent[]): number;
}

/** A goal of a search. Events that name what no lane has are passed over. */
export function keepGoal(goal: Goal): Kept {
  return {
    name: goal.name,
    leastLanes: goal.parts ? 2 : 1,
    reachedBy(lanes, events) {
      const walk = new Exploration(lanes, { compare: goal.parts });
      for (const [index, event] of events.entries()) {
        const explored = walk.forth(event);
        if (explored.played && goal.reached(explored, event, walk).length > 0) return index;
      }
      return -1;
    },
  };
}

/** The lanes part for a cause. */
export function keepCause(cause: PartingCause): Kept {
  return {
    name: `the lanes part for the cause ${cause.names.join(' and ') || cause.text}`,
    leastLanes: 2,
    reachedBy(lanes, events) {
      for (const { index, divergences } of partings(lanes, events)) {
        if (divergences.some((divergence) => sameCause(causeOf(divergence), cause))) return index;
      }
      return -1;
    },
  };
}

/** Why lanes part, so far as it is the same in another log: the things that were exchanged, or the words. */
export interface PartingCause {
  /** Of features, facts and properties: empty where no cause was found. */
  readonly names: readonly string[];
  readonly text: string;
}

export function causeOf({ causes, kind, headline }: Divergence): PartingCause {
  const names = [...new Set(causes.flatMap(({ traits }) => traits.map(({ name }) => name)))].sort();
  return { names, text: names.length > 0 ? '' : `${kind}: ${headline}` };
}

function sameCause(a: PartingCause, b: PartingCause): boolean {
  if (a.names.length === 0 || b.names.length === 0) return a.text === b.text;
  return a.names.join() === b.names.join();
}

/** An event at which lanes part, by its place in the log from 0, and why. */
export interface PartingEvent {
  readonly index: number;
  readonly divergences: readonly Divergence[];
}

/**
 * Where lanes part, one event after the other, without what does not count; what comes behind the last one taken is not
 * played. Events that no lane can carry out are passed over.
 */
export function* partings(
  lanes: readonly NamedLane[],
  events: readonly LogEvent[],
): Generator<PartingEvent, void, void> {
  const comparison = new Comparison(lanes);
  for (const [index, event] of events.entries()) {
    try {
      const step = comparison.step(event);
      if (!step.parted) continue;
      yield { index, divergences: step.divergences.filter(({ minor }) => !minor) };
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
    }
  }
}
