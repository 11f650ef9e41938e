// SPDX-License-Identifier: GPL-2.0-or-later
/** Several functions measured in turns, in short slices of processor time. */
import Benchmark from 'benchmark';
import { processorHrtime, processorTime } from './clock.js';
import { collectYoung } from './collect-garbage.js';

export interface RaceOptions {
  /** How often each is measured: the number of pairs. */
  readonly rounds: number;
  /** Processor time of a slice, in seconds: a function that takes less is run several times in each. */
  readonly slice: number;
}

export type Runner = () => unknown;
/** Measures one slice; resolves to seconds of processor time a run, or to anything else that is counted a slice. */
export type Sampler = () => number | Promise<number>;

/**
 * Runs each function over and over and resolves to the seconds of processor time that a run of it took in each
 * round; the i-th of all were measured one after the other. A function that returns a promise is measured until that
 * is fulfilled. What a function throws is thrown.
 */
export async function race<K extends string>(
  runners: Readonly<Record<K, Runner>>,
  options: RaceOptions,
): Promise<Record<K, number[]>> {
  const samplers = {} as Record<K, Sampler>;
  for (const name of Object.keys(runners) as K[]) samplers[name] = await sampler(name, runners[name], options);
  return takeTurns(samplers, options.rounds);
}

/** Each sampler once a round, every other round the other way round: what grows or wears off favours none. */
export async function takeTurns<K extends string>(
  samplers: Readonly<Record<K, Sampler>>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(samplers) as K[];
  const samples = Object.fromEntries(names.map((name): [K, number[]] => [name, []])) as unknown as Record<K, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      // the last slice's garbage is not this one's to pay for
      collectYoung();
      samples[name].push(await samplers[name]());
    }
  }
  return samples;
}

/** A sampler of the function, warmed up, that runs it as often as fills a slice. */
export async function sampler(name: string, run: Runner, { slice }: Pick<RaceOptions, 'slice'>): Promise<Sampler> {
  const count = Math.max(1, Math.ceil(slice / (await secondsOfARun(name, run, slice))));
  return async () => {
    const start = processorTime();
    for (let i = 0; i < count; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    return (processorTime() - start) / 1e6 / count;
  };
}

/** benchmark.js by the clock of the processor: it knows how often to run something until its time is certain. */
const Measured = Benchmark.runInContext({ process: { hrtime: processorHrtime } }) as typeof Benchmark;

function secondsOfARun(name: string, run: Runner, slice: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const finish = (benchmark: Benchmark): void => {
      if (benchmark.error !== undefined) reject(benchmark.error as unknown as Error);
      else resolve(benchmark.stats.mean);
    };
    new Measured(name, {
      defer: true,
      initCount: 1,
      minSamples: 1,
      minTime: slice,
      maxTime: slice,
      fn: (deferred: { resolve(): void }) => {
        Promise.resolve(run()).then(() => deferred.resolve(), reject);
      },
      onComplete: (event: { readonly target: Benchmark }) => finish(event.target),
    } as Benchmark.Options).run({ async: true });
  });
}
