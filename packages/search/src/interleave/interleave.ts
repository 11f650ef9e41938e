// SPDX-License-Identifier: GPL-2.0-or-later
/** What can come of the threads of a log: every end state that some order leads to, and one order for each. */
import type { NamedLane } from '@specialbit/core';
import { SearchError } from '../errors.js';
import type { Goal } from '../goal.js';
import { type End, Ends } from './ends.js';
import { Machine } from './machine.js';
import { everyOrder } from './orders.js';
import { type NumberedStep, type Phase, phasesOf } from './threads.js';

export interface InterleaveOptions {
  /** Orders that are run, at most; 10,000 by default. */
  readonly limit?: number;
  /** Calls of the kernel are not opened: each event is one step. */
  readonly whole?: boolean;
  /** What is looked for in each order, instead of what must not happen: not where lanes part, nor a decision. */
  readonly goal?: Goal;
  /** Hears of how many orders were run, and steps done. */
  readonly progress?: (runs: number, steps: number) => void;
}

export interface Interleaved {
  /** Those in which something is broken come first. */
  readonly ends: readonly End[];
  /** The threads that run at once, and their steps. */
  readonly threads: readonly { readonly name: string; readonly steps: number }[];
  /** Orders of the steps that there are, locks left aside. */
  readonly orders: number;
  /** Orders that were run: one of those that cannot differ. */
  readonly runs: number;
  readonly steps: number;
  /** The limit was reached: there may be other ends. */
  readonly cut: boolean;
}

const LIMIT = 10_000;

/** Throws SearchError: `search.threads` for a log in which nothing runs at once, `search.goal`. */
export function interleave(
  lane: NamedLane,
  events: readonly NumberedStep[],
  options: InterleaveOptions = {},
): Interleaved {
  const { limit = LIMIT, whole = false, goal, progress } = options;
  if (goal !== undefined && goal.ofOutcomes === undefined && goal.invariants === undefined)
    throw new SearchError('search.goal', `expected something that one lane does in an order, found ${goal.name}`);
  const phases = phasesOf(events, !whole);
  if (!phases.some((threads) => threads.length > 1))
    throw new SearchError('search.threads', 'expected two blocks of thread.begin and thread.end, one behind the other');
  const told = progress === undefined ? {} : { told: progress };
  const found = new Ends(new Machine(lane, phases), goal);
  const { runs, steps, cut } = everyOrder(found.machine, (done, last) => found.note(done, last), { limit, ...told });
  const serial = whole ? null : new Ends(new Machine(lane, phasesOf(events, false)), goal);
  if (serial !== null) everyOrder(serial.machine, (done, last) => serial.note(done, last), { limit });
  return {
    ends: found.list((key) => serial === null || serial.has(key)),
    threads: phases
      .filter((threads) => threads.length > 1)
      .flatMap((threads) => threads.map(({ name, steps: all }) => ({ name, steps: all.length }))),
    ...{ orders: phases.map(ordersOf).reduce((a, b) => a * b, 1), runs, steps, cut },
  };
}

/** (n1 + n2 + ...)! / (n1! n2! ...) */
function ordersOf(threads: Phase): number {
  let orders = 1;
  let all = 0;
  for (const { steps } of threads) for (let i = 1; i <= steps.length; i++) orders = (orders * ++all) / i;
  return Math.round(orders);
}
