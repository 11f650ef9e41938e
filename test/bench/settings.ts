// SPDX-License-Identifier: GPL-2.0-or-later
import type { RaceOptions } from './race.js';

export interface Settings extends RaceOptions {
  readonly seed: number;
  /** Events of the long log: memory and seeks. */
  readonly long: number;
  /**
   * Events of the logs that are run over and over: few enough for a run to end before the machine does
   * something else, so that the fastest run is one that nothing disturbed.
   */
  readonly short: number;
  /** Events of `wide`, whose forks are heavy. */
  readonly wide: number;
  /** How often its fork is timed. */
  readonly forks: number;
  readonly seeks: number;
  /** Steps of the transcripts, of each machine. */
  readonly steps: number;
}

export const FULL: Settings = {
  seed: 1,
  rounds: 3,
  seconds: 1.5,
  long: 1_000_000,
  short: 50_000,
  wide: 1_100,
  forks: 60,
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
  forks: 2,
  seeks: 20,
  steps: 100,
};
