import type { RaceOptions } from './race.js';

export interface Settings extends RaceOptions {
  readonly seed: number;
  /** Events of the long log: memory and seeks. */
  readonly long: number;
  /** Events of the logs that are run over and over. */
  readonly short: number;
  /** Events of `wide`, whose forks are heavy. */
  readonly wide: number;
  readonly seeks: number;
  /** Steps of the transcripts, of each machine. */
  readonly steps: number;
}

export const FULL: Settings = {
  seed: 1,
  rounds: 3,
  seconds: 1.5,
  long: 1_000_000,
  short: 200_000,
  wide: 4_000,
  seeks: 500,
  steps: 20_000,
};

/** Enough to see that everything runs; its figures mean nothing. */
export const QUICK: Settings = {
  seed: 1,
  rounds: 1,
  seconds: 0.01,
  long: 6_000,
  short: 2_000,
  wide: 20,
  seeks: 20,
  steps: 100,
};
