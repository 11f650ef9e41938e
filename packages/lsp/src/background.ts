// SPDX-License-Identifier: GPL-2.0-or-later
/** Work that takes long, cut so that whoever asks meanwhile is answered. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work between two looks at who waits. */
const TURN = 5;

/** Runs the steps to their end; undefined where `stopped` says that nobody waits for them any more. */
export async function inTurns<A>(steps: Generator<unknown, A, void>, stopped: () => boolean): Promise<A | undefined> {
  for (;;) {
    if (stopped()) return undefined;
    const end = performance.now() + TURN;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
    await nextTurn();
  }
}
