// SPDX-License-Identifier: GPL-2.0-or-later
import type { RaceOptions } from './race.js';

export interface Settings extends RaceOptions {
  readonly seed: number;
  /** Events of the long log: memory and seeks. */
  readonly long: number;
  /** Events of the logs that are run over and over: few, so that value and reference take turns often. */
  readonly short: number;
  /** Events of `wide`, whose forks are heavy. */
  readonly wide: number;
  /** Events of the log that every architecture plays at once. */
  readonly manyLanes: number;
  /** Seeks of each round. */
  readonly seeks: number;
  /** Starts of a command in each slice. */
  readonly starts: number;
  /** Random logs of a sweep. */
  readonly sweep: number;
  /** Steps of the transcripts, of each machine. */
  readonly steps: number;
  /** Events of logs that are searched, and of the log that is made smaller. */
  readonly depth: number;
  readonly shrunk: number;
  /** Of what grows there is this part of what there would be, and it is measured so often. */
  readonly growth: number;
  readonly growthRounds: number;
}

export const FULL: Settings = {
  seed: 1,
  rounds: 31,
  slice: 0.02,
  long: 1_000_000,
  short: 20_000,
  wide: 1_100,
  manyLanes: 1_000,
  seeks: 16,
  starts: 1,
  sweep: 8_000,
  steps: 20_000,
  depth: 4,
  shrunk: 10_000,
  growth: 1,
  growthRounds: 3,
};

/** Enough to see that everything runs; its figures mean nothing. */
export const QUICK: Settings = {
  seed: 1,
  rounds: 2,
  slice: 0.001,
  long: 6_000,
  short: 2_000,
  wide: 20,
  manyLanes: 20,
  seeks: 10,
  starts: 1,
  sweep: 16,
  steps: 100,
  depth: 2,
  shrunk: 300,
  growth: 0.004,
  growthRounds: 1,
};
