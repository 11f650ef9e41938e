// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes in lockstep over the same events: where they part, and, when somebody asks, why. */

import type { LogEvent } from '@specialbit/events';
import type { Kernel } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import type { World } from '../world/world.js';
import { actingCall } from './acting.js';
import { byGravity, type Divergence, type Part } from './divergence.js';
import { headlineOf } from './headline.js';
import type { NamedLane } from './lane.js';
import { Lockstep } from './lockstep.js';
import { Partings, type PartingWords } from './partings.js';
import { Budget } from './prove/budget.js';
import { minorCause } from './seen.js';
import { Telling } from './telling.js';

export interface ComparisonOptions {
  /** Young and dirty bits, and what an architecture has of its own (VM_PAT, the special bit as such), count as parting. */
  readonly strict?: boolean;
  /** How many events at which lanes part are kept; all are counted. 10,000 by default. */
  readonly keep?: number;
  /** How many events may be played again, two lanes at a time, to find causes. 200,000 by default. */
  readonly tries?: number;
}

/** What happened at one event. */
export interface ComparedStep {
  readonly index: number;
  readonly event: LogEvent;
  /** One a lane; null where the event names what that lane does not have. */
  readonly outcomes: readonly (Outcome | null)[];
  /** The lanes part here. */
  readonly parted: boolean;
  /** Empty while the lanes agree. Asking for them looks for causes. */
  readonly divergences: readonly Divergence[];
}

/** Events that are kept to be played again. */
const KEPT = 250_000;

export class Comparison {
  private readonly lockstep: Lockstep;
  private readonly partings: Partings;
  private readonly telling: Telling;
  private readonly events: LogEvent[] = [];
  private readonly words: PartingWords;
  private event: LogEvent | null = null;

  constructor(lanes: readonly NamedLane[], options: ComparisonOptions = {}) {
    this.lockstep = new Lockstep(lanes, options.strict === true, false);
    this.partings = new Partings(options.keep ?? 10_000);
    this.telling = new Telling(lanes, this.partings.list, this.events, new Budget(options.tries ?? 200_000));
    const { lockstep } = this;
    this.words = {
      api: () => actingCall(lockstep.scene, this.event!).api,
      name: ({ thing }) => lockstep.nameOf(thing),
      minor: (drafts) => minorCause(lockstep.scene, drafts),
    };
  }

  /** Events compared so far. */
  get length(): number {
    return this.lockstep.length;
  }

  /** In the order of events, one for each cause at an event. Looks for the causes of those that are new since. */
  get divergences(): readonly Divergence[] {
    this.telling.tell();
    return this.telling.divergences;
  }

  /** Those of one event, from 0. Looks for causes as far as that event. */
  divergencesAt(index: number): readonly Divergence[] {
    this.telling.tell(index);
    return this.telling.at(index);
  }

  /** As `divergencesAt`, in steps: yields while causes are looked for, so that somebody else can be answered. */
  *findDivergencesAt(index: number): Generator<void, readonly Divergence[], void> {
    while (this.telling.tellMore(index)) yield;
    return this.telling.at(index);
  }

  /** What differs at one event, from 0, the gravest first, without looking for causes; empty where lanes agree. */
  partsAt(index: number): readonly Part[] {
    const seen = this.partings.at(index)?.parts ?? [];
    return seen.map(({ part }) => part).sort(byGravity);
  }

  /** How lanes part at one event, in a few words, without looking for causes; undefined where they agree. */
  headlineAt(index: number): string | undefined {
    const parting = this.partings.at(index);
    return parting === undefined ? undefined : headlineOf(parting, this.laneNames);
  }

  /** At how many events the lanes part, kept or not. */
  get count(): number {
    return this.partings.count;
  }

  /** At how many events only what does not count differs. */
  get minorCount(): number {
    return this.partings.minorCount;
  }

  get laneNames(): readonly string[] {
    return this.lockstep.lanes.map((lane) => lane.name);
  }

  /** The running kernels, to be looked at and not kept. */
  get kernels(): readonly Kernel[] {
    return this.lockstep.lanes.map((lane) => lane.k);
  }

  /** The worlds now, one a lane. */
  worlds(): World[] {
    return this.lockstep.lanes.map((lane) => lane.commit());
  }

  /** The first divergence of each cause, and those without one. */
  get roots(): readonly Divergence[] {
    return this.divergences.filter((d, i) => d.root === i && !d.minor);
  }

  get parted(): boolean {
    return this.count > 0;
  }

  /** One line: where the lanes first part, and how. */
  verdict(): string {
    const first = this.partings.list.find(({ minor }) => !minor);
    const events = this.length === 1 ? '1 event' : `${this.length} events`;
    if (first !== undefined)
      return `lanes first part at event ${first.index + 1}: ${headlineOf(first, this.laneNames)}`;
    const minor = this.minorCount === 1 ? ', with 1 minor difference' : `, with ${this.minorCount} minor differences`;
    return `lanes agree over ${events}${this.minorCount === 0 ? '' : minor}`;
  }

  /** Applies the next event in every lane. Throws EventError when no lane can carry it out. */
  step(event: LogEvent): ComparedStep {
    const { lockstep } = this;
    const index = lockstep.length;
    const fresh = lockstep.step(event);
    if (index < KEPT) this.events.push(event);
    this.event = event;
    const parted = fresh.length > 0 && this.partings.add(index, event, fresh, this.words);
    return new Step(index, event, outcomesOf(lockstep), parted, this);
  }
}

class Step implements ComparedStep {
  constructor(
    readonly index: number,
    readonly event: LogEvent,
    readonly outcomes: readonly (Outcome | null)[],
    readonly parted: boolean,
    private readonly comparison: Comparison,
  ) {}

  get divergences(): readonly Divergence[] {
    return this.comparison.divergencesAt(this.index);
  }
}

const outcomesOf = ({ lanes }: Lockstep): (Outcome | null)[] => lanes.map((lane) => lane.outcome);
