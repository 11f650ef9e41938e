// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What two threads of a sweep cost together, beside one that does the same. In processor time, which a busy machine does
 * not change much: two threads are as efficient as the quotient says as long as each has a core and neither waits for the
 * other, which they do at the end of a round and nowhere else.
 */
import type { Metric } from './metric.js';
import { takeTurns } from './race.js';
import type { Settings } from './settings.js';
import { commandFile, processorTimeOf } from './starting.js';

/** Each takes many seconds. */
const ROUNDS = 5;
/** Two threads are worth at least this part of two. */
const EFFICIENCY = 0.85;

export async function sweeping({ sweep, rounds, seed }: Settings): Promise<Metric[]> {
  const of = (workers: number) =>
    processorTimeOf(
      [
        ...[commandFile(), 'sweep', '--lane', 'x86_64,arm', '--seed', `${seed}`, '--json'],
        ...['--runs', `${sweep}`, '--job', `${Math.ceil(sweep / 8)}`, '--workers', `${workers}`],
      ],
      1,
    );
  const samples = await takeTurns({ one: of(1), two: of(2) }, Math.min(ROUNDS, rounds));
  return [
    {
      ...{ workload: 'sweep', metric: 'two worker threads', value: samples.two, unit: 'ms' },
      reference: { name: 'one worker thread', value: samples.one },
      goals: [{ of: 'ratio', atMost: 1 / EFFICIENCY }],
    },
  ];
}
