// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes with names that nobody else has, and comparing them. */
import {
  type ComparedStep,
  type Comparison,
  EventError,
  type LaneOptions,
  LogReferenceError,
  type NamedLane,
} from '@specialbit/core';
import { laneName } from '../log/lane-name.js';
import type { NumberedEvent } from '../log/loaded-log.js';
import { referenceError } from '../log/reference.js';

/** Lanes under the names that the command gives them, `arm@6.1`. */
export function namedLanes(lanes: readonly LaneOptions[]): NamedLane[] {
  return lanes.map((options) => ({ name: laneName(options), options }));
}

/** Applies an event in every lane. Throws InputError for one that none can carry out. */
export function compareStep(comparison: Comparison, file: string, numbered: NumberedEvent): ComparedStep {
  try {
    return comparison.step(numbered.event);
  } catch (error) {
    if (!(error instanceof EventError) || !(error.cause instanceof LogReferenceError)) throw error;
    throw referenceError(file, numbered, error.cause);
  }
}
