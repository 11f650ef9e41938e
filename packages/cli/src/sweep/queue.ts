// SPDX-License-Identifier: GPL-2.0-or-later
/** The optional package that hands jobs to other hosts: loaded when it is asked for, and not before. */
import type { SweepSettings } from '@specialbit/search';
import { UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import type { Hands } from './hands.js';

/** Throws UsageError where it is not installed. */
export async function queuePackage(): Promise<typeof import('@specialbit/queue')> {
  try {
    return await import('@specialbit/queue');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'usage.queue',
      '--queue needs a package that is not installed: npm install @specialbit/queue (beside specialbit)',
    );
  }
}

/** Those who do the jobs of a sweep from a queue. Throws UsageError, QueueError. */
export async function queueThreads(address: string, settings: SweepSettings, terminal: Terminal): Promise<Hands> {
  const { SweepQueue } = await queuePackage();
  return SweepQueue.open(address, settings, {
    warn: (text) => terminal.err(`${text}\n`),
  });
}
