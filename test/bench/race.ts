// SPDX-License-Identifier: GPL-2.0-or-later
/** Several functions measured side by side with benchmark.js. */
import Benchmark from 'benchmark';

export interface RaceOptions {
  /** How often all of them are measured, one after the other. */
  readonly rounds: number;
  /** For each function and round, at most about this long. */
  readonly seconds: number;
}

export type Runner = () => unknown;

/**
 * Seconds a run of each function, the fastest sample of all rounds: what else the machine does only makes a
 * sample slower. A function that returns a promise is measured until that is fulfilled. What a function throws
 * is thrown.
 */
export async function race<K extends string>(
  runners: Readonly<Record<K, Runner>>,
  options: RaceOptions,
): Promise<Record<K, number>> {
  const best = {} as Record<K, number>;
  for (let round = 0; round < options.rounds; round++) {
    for (const name of Object.keys(runners) as K[]) {
      const seconds = await fastest(name, runners[name], options.seconds);
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds);
    }
  }
  return best;
}

function fastest(name: string, run: Runner, maxTime: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const finish = (benchmark: Benchmark): void => {
      if (benchmark.error !== undefined) reject(benchmark.error as unknown as Error);
      else resolve(Math.min(...benchmark.stats.sample));
    };
    new Benchmark(name, {
      defer: true,
      initCount: 1,
      minSamples: 1,
      maxTime,
      fn: (deferred: { resolve(): void }) => {
        Promise.resolve(run()).then(() => deferred.resolve(), reject);
      },
      onComplete: (event: { readonly target: Benchmark }) => finish(event.target),
    } as Benchmark.Options).run({ async: true });
  });
}
