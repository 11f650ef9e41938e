// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Bounded, exhaustive search: every sequence of events of an alphabet, the shorter ones first, so that the first log
 * found is a shortest one. All lanes run in one process, forth and back over what each event touched: no world is kept,
 * only fingerprints of the states that were met. Depths are searched one after the other (a state whose rest was searched
 * as deep before is not entered again), which costs little more than the last of them.
 */
import type { NamedLane } from '@specialbit/core';
import { Exploration } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import type { Alphabet } from './alphabet.js';
import type { Goal } from './goal.js';
import { namedNow } from './named-now.js';
import { together, Visited } from './visited.js';

export interface SearchOptions {
  /** Events of a log, at most; 255 at most. */
  readonly depth: number;
  /** Stop when so many states were met. */
  readonly states?: number;
  /** Go on behind the first finding: one shortest log of each kind. */
  readonly all?: boolean;
  /** Hears of each depth that was searched whole, and now and then in between. */
  readonly progress?: (progress: Progress) => void;
}

export interface Progress {
  /** The depth that is searched. */
  readonly depth: number;
  /** It was searched whole. */
  readonly whole: boolean;
  readonly distinct: number;
  readonly generated: number;
  readonly found: number;
}

/** A shortest log that reaches the goal in one way. */
export interface Finding {
  /** Equal for what counts as the same. */
  readonly kind: string;
  readonly events: readonly LogEvent[];
}

export interface Found {
  /** The shorter ones first. */
  readonly findings: readonly Finding[];
  /** Every log of so many events, or fewer, was tried. */
  readonly depth: number;
  /** Different states of all lanes that were met on the way, the first included. */
  readonly distinct: number;
  /** Events that were played. */
  readonly generated: number;
  /** Why it ended before `SearchOptions.depth` was searched whole. */
  readonly stopped: 'found' | 'states' | 'exhausted' | null;
}

/** How often progress is told: after so many events. */
const TELL = 20_000;

/** Throws OutOfRange without lanes. */
export function search(lanes: readonly NamedLane[], letters: Alphabet, goal: Goal, options: SearchOptions): Found {
  return new Search(lanes, letters, goal, options).run();
}

class Search {
  private readonly walk: Exploration;
  private readonly path: number[] = [];
  private readonly findings = new Map<string, Finding>();
  private visited = new Visited();
  private generated = 0;
  private bound = 0;
  /** Some state was not expanded, for the bound alone. */
  private cut = false;
  private stopped: Found['stopped'] = null;

  constructor(
    lanes: readonly NamedLane[],
    private readonly letters: Alphabet,
    private readonly goal: Goal,
    private readonly options: SearchOptions,
  ) {
    this.walk = new Exploration(lanes, { compare: goal.parts });
  }

  run(): Found {
    const { options } = this;
    let depth = 0;
    while (depth < options.depth && this.stopped === null) {
      this.bound = depth + 1;
      this.cut = false;
      this.visited = new Visited();
      this.visited.enter(together(this.walk.keys()), this.bound);
      this.from(0);
      if (this.stopped !== null) break;
      depth++;
      this.tell(true);
      if (!this.cut) this.stopped = 'exhausted';
    }
    const { findings, generated, visited, stopped } = this;
    return { findings: [...findings.values()], depth, distinct: visited.size, generated, stopped };
  }

  /** Tries everything from here; `made`: how many mappings were made. */
  private from(made: number): void {
    const { letters } = this;
    const named = namedNow(this.walk.kernels, letters);
    for (let i = 0; i < letters.events.length && this.stopped === null; i++) {
      const label = letters.makes[i]!;
      if (label > made || (label >= 0 ? named.mapped(label) : !named.has(letters.names[i]!))) continue;
      this.path.push(i);
      this.forth(letters.events[i]!, label === made ? made + 1 : made);
      this.path.pop();
    }
  }

  private forth(event: LogEvent, made: number): void {
    const { walk, goal, bound } = this;
    const explored = walk.forth(event);
    if (++this.generated % TELL === 0) this.tell(false);
    if (explored.played) {
      const reached = goal.reached(explored, event, walk);
      for (const kind of reached) this.found(kind);
      const ends = goal.untilReached && reached.length > 0;
      if (!ends && explored.changed && this.stopped === null) {
        const left = bound - walk.depth;
        if (left === 0) this.cut = true;
        else if (this.visited.enter(together(walk.keys()), left)) this.from(made);
        if (this.visited.size >= (this.options.states ?? Number.POSITIVE_INFINITY)) this.stopped ??= 'states';
      }
    }
    walk.back();
  }

  private found(kind: string): void {
    const { findings, options, letters } = this;
    if (findings.has(kind)) return;
    findings.set(kind, { kind, events: this.path.map((i) => letters.events[i]!) });
    if (options.all !== true) this.stopped = 'found';
  }

  private tell(whole: boolean): void {
    const { bound, visited, generated, findings } = this;
    const told = { depth: bound, whole, distinct: visited.size, generated, found: findings.size };
    this.options.progress?.(told);
  }
}
