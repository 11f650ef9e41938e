// SPDX-License-Identifier: GPL-2.0-or-later
import type { SweepExecutor } from '@specialbit/search';
import type { Terminal } from '../terminal.js';

/** Who does the work of a sweep, until it is told to stop. */
export interface Hands extends SweepExecutor {
  stop(): void;
  close(): Promise<void>;
}

/** Ctrl-C: what is being done is given up, what was found is kept; once more, and nothing is. */
export async function withHands<T>(hands: Hands, terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const interrupt = (): void => {
    terminal.redraw();
    hands.stop();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    await hands.close();
  }
}
