// SPDX-License-Identifier: GPL-2.0-or-later
/** What decides the result of a sweep, and nothing else: equal settings, equal result. Plain data. */
export interface SweepSettings {
  /** Names of the lanes. */
  readonly lanes: readonly string[];
  readonly seed: number;
  /** Random logs that a round plays. */
  readonly runs: number;
  /** Of these, how many one job plays: what it finds guides it, and no other of the round. */
  readonly job: number;
  /** Events of a log, at most. */
  readonly length: number;
  readonly pages: number;
  readonly frames: readonly string[];
  readonly mappings: number;
  /** Types of events; null for all that the alphabet has. */
  readonly events: readonly string[] | null;
  /** A digest of the logs that it starts from; empty where it starts from none. */
  readonly start: string;
}

/** Jobs of a round. */
export const jobsOf = ({ runs, job }: SweepSettings): number => Math.ceil(runs / job);

/** How many logs the job of that number plays: the last one what is left. */
export const runsOf = ({ runs, job }: SweepSettings, index: number): number => Math.min(job, runs - index * job);

/** The first of what makes two settings different, in words; undefined where they are equal. */
export function differingSetting(a: SweepSettings, b: SweepSettings): string | undefined {
  for (const name of Object.keys(a) as (keyof SweepSettings)[]) {
    const [one, other] = [JSON.stringify(a[name]), JSON.stringify(b[name])];
    if (one !== other) return `${name} ${one} and ${other}`;
  }
  return undefined;
}
