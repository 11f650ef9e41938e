// SPDX-License-Identifier: GPL-2.0-or-later
/** What does the work of a sweep, in whatever process: jobs of random logs, and making what they found small. */
import type { NamedLane } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import { type Alphabet, alphabet } from '../alphabet.js';
import { causeOf, type Kept, partings } from '../kept.js';
import { shrink } from '../shrink.js';
import { type Entry, eventsOf, logOf } from './corpus.js';
import { laneGroups } from './groups.js';
import { Random } from './random.js';
import { runsOf, type SweepSettings } from './settings.js';
import { type Hear, Shown } from './shown.js';
import { LogSource } from './source.js';

/** Lanes of one run, at most. */
export const RUN_LANES = 6;

/** What one job did. Plain data. */
export interface JobResult {
  readonly round: number;
  readonly index: number;
  readonly runs: number;
  /** Events that were played, each once for all lanes of a run. */
  readonly events: number;
  /** What the logs that the round starts from do not show, or not in so few events. */
  readonly entries: readonly Entry[];
}

/** A minimal log of one thing that was found. Plain data. */
export interface Witness extends Entry {
  /** What it is a witness of: the key; where lanes part, the cause. */
  readonly name: string;
  /** False: the sweep was interrupted before it was made small. */
  readonly minimal: boolean;
}

/** How often two lanes that part among others are tried alone, for one way in which they part. */
const DOUBTS = 16;

const isParting = (key: string): boolean => key.startsWith('parts ');

/** A log that a sweep starts from. */
export interface KnownLog {
  /** Those that it names; of none, it is tried on all. */
  readonly lanes: readonly string[];
  readonly events: readonly LogEvent[];
}

/** A log that is known, and what it takes to be better. */
interface Known {
  readonly length: number;
}

export class Sweeper {
  /** Of the lanes, those that answer alike whatever is asked. */
  readonly groups: readonly (readonly number[])[];
  private readonly shown: Shown;
  private readonly source: LogSource;
  private readonly special: readonly boolean[];

  /** Throws SearchError. */
  constructor(
    private readonly lanes: readonly NamedLane[],
    private readonly settings: SweepSettings,
  ) {
    const letters = lettersOf(settings);
    this.shown = new Shown(lanes);
    this.source = new LogSource(letters, settings.length);
    const types = letters.events.flatMap((event) => [event.type, ...('call' in event ? callsOf(event) : [])]);
    this.groups = laneGroups(lanes, new Set(types));
    this.special = this.groups.map(([l]) => this.shown.classes[l!]!.startsWith('special'));
  }

  /** Plays the random logs of a job. `start`: the logs that its round starts from, by key. */
  job(round: number, index: number, start: readonly Entry[]): JobResult {
    const { settings, source, shown } = this;
    const known = new Map<string, Known>();
    const pool: LogEvent[][] = [];
    const pooled = new Set<string>();
    for (const { key, log } of start) {
      const events = eventsOf(log);
      known.set(key, { length: events.length });
      if (pooled.has(log)) continue;
      pooled.add(log);
      pool.push(events);
    }
    const found = new Map<string, Entry>();
    const doubts = new Map<string, number>();
    const runs = runsOf(settings, index);
    let events = 0;
    for (let run = 0; run < runs; run++) {
      const random = Random.at(settings.seed, round, index * settings.job + run);
      const lanes = this.lanesOf(random);
      const log = source.next(random, pool);
      const better = (key: string, length: number): boolean =>
        length < (known.get(key)?.length ?? Number.POSITIVE_INFINITY);
      let fresh: readonly LogEvent[] = [];
      const take: Hear = (key, _, of, played) => {
        if (!better(key, played.length)) return;
        if (!known.has(key)) fresh = [...played];
        known.set(key, { length: played.length });
        found.set(key, { key, lanes: of.map((l) => this.lanes[l]!.name), log: logOf(played) });
      };
      const pairs = new Map<string, readonly number[]>();
      events += shown.play(log, lanes, (key, at, of, played) => {
        if (!isParting(key) || lanes.length === 2) return take(key, at, of, played);
        if (!better(key, played.length) || (doubts.get(key) ?? 0) >= DOUBTS) return;
        doubts.set(key, (doubts.get(key) ?? 0) + 1);
        pairs.set(of.join(), of);
      });
      // what is compared among many lanes can be otherwise among two
      for (const pair of pairs.values()) {
        events += shown.play(log, pair, (key, at, of, played) => {
          if (isParting(key)) take(key, at, of, played);
        });
      }
      // a log is changed further as far as it showed something new
      if (fresh.length > 0) pool.push([...fresh]);
    }
    return { round, index, runs, events, entries: [...found.values()] };
  }

  /** What logs show: on the lanes that they name, or a lane of each group, a few at a time. */
  seen(logs: readonly KnownLog[]): Entry[] {
    const found: Entry[] = [];
    const hear: Hear = (key, _, of, played) =>
      void found.push({ key, lanes: of.map((l) => this.lanes[l]!.name), log: logOf(played) });
    for (const { lanes: names, events } of logs) {
      const named = this.lanes.flatMap(({ name }, l) => (names.includes(name) ? [l] : []));
      const lanes = named.length > 0 ? named : this.groups.map(([first]) => first!);
      for (let i = 0; i < lanes.length; i += RUN_LANES) {
        const pairs = new Map<string, readonly number[]>();
        this.shown.play(events, lanes.slice(i, i + RUN_LANES), (key, at, of, played) => {
          if (isParting(key)) pairs.set(of.join(), of);
          else hear(key, at, of, played);
        });
        for (const pair of pairs.values()) {
          this.shown.play(events, pair, (key, ...more) => {
            if (isParting(key)) hear(key, ...more);
          });
        }
      }
    }
    return found;
  }

  /** The same thing in a log of which no event can go. */
  shrink(entry: Entry): Witness {
    const lanes = this.lanes.filter(({ name }) => entry.lanes.includes(name));
    const shrunk = shrink(lanes, eventsOf(entry.log), this.keep(entry.key));
    const small = {
      key: entry.key,
      lanes: shrunk.lanes.map(({ name }) => name),
      log: logOf(shrunk.events),
      minimal: true,
    };
    return { ...small, name: this.nameOf(entry.key, shrunk.lanes, shrunk.events) };
  }

  private nameOf(key: string, lanes: readonly NamedLane[], events: readonly LogEvent[]): string {
    if (!isParting(key)) return key;
    const [first] = partings(lanes, events);
    const names = first === undefined ? [] : causeOf(first.divergences[0]!).names;
    return names.length === 0 ? key : `parts because of ${names.join(', ')}`;
  }

  /** Keeps that a key is shown. */
  private keep(key: string): Kept {
    const numbers = new Map(this.lanes.map(({ name }, l) => [name, l]));
    return {
      name: key,
      leastLanes: isParting(key) ? 2 : 1,
      reachedBy: (lanes, events) => {
        let reached = -1;
        const indices = lanes.map(({ name }) => numbers.get(name)!);
        this.shown.play(events, indices, (shown, at) => {
          if (shown === key && (reached < 0 || at < reached)) reached = at;
        });
        return reached;
      },
    };
  }

  /** No two of one group; with the special bit and without, where there are both. */
  private lanesOf(random: Random): number[] {
    const { groups, special } = this;
    const all = groups.map((_, g) => g);
    let chosen = all;
    if (groups.length > RUN_LANES) {
      const with1 = random.some(all, RUN_LANES);
      const lacking = [true, false].find((bit) => !with1.some((g) => special[g] === bit));
      const others = all.filter((g) => special[g] === lacking);
      if (lacking !== undefined && others.length > 0) with1[random.below(RUN_LANES)] = random.pick(others);
      chosen = with1.sort((a, b) => a - b);
    }
    return chosen.map((g) => random.pick(groups[g]!)).sort((a, b) => a - b);
  }
}

function callsOf(event: LogEvent): string[] {
  return 'call' in event && event.call !== undefined ? event.call.map(({ type }) => type) : [];
}

/** Throws SearchError. */
function lettersOf({ pages, frames, mappings, events }: SweepSettings): Alphabet {
  return alphabet({ pages, frames, mappings, ...(events === null ? {} : { types: events }) });
}
