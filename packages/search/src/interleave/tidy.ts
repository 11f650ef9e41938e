// SPDX-License-Identifier: GPL-2.0-or-later
/** Of orders that count as the same, the one in which a reader has to jump the least between threads. */

import { type Next, related } from './machine.js';
import type { Done } from './orders.js';

/** Which steps follow each other, with as few changes of the thread as a greedy choice finds. */
export function tidied(done: readonly Done[]): Next[] {
  const rest = done.map(({ next, moment }, i) => ({ next, phase: moment.phase, i }));
  const order: Next[] = [];
  let running: number | undefined;
  while (rest.length > 0) {
    // what nothing before it in the list has to come before
    const free = rest.filter(({ next, i }) => !rest.some((other) => other.i < i && comesFirst(other.next, next)));
    const chosen = free.find(({ next }) => next.thread === running) ?? free[0]!;
    rest.splice(rest.indexOf(chosen), 1);
    order.push(chosen.next);
    running = chosen.next.thread;
  }
  return order;
}

const comesFirst = (a: Next, b: Next): boolean => a.thread === b.thread || related(a, b);

/** How often another thread goes on. */
export function changes(order: readonly Next[]): number {
  return order.filter(({ thread }, i) => i > 0 && order[i - 1]!.thread !== thread).length;
}
