// SPDX-License-Identifier: GPL-2.0-or-later
/** Two lanes over a log, some of it played otherwise than they would: what interventions are made of. */
import type { LogEvent } from '@specialbit/events';
import { Lockstep } from '../lockstep.js';
import type { Budget } from './budget.js';
import type { LanePair } from './trait.js';

/** Events between two chances to stop. */
const SLICE = 32;

/** A difference, by a name that it has in every run over the log. */
export interface NamedPart {
  readonly thing: string;
  readonly aspect: string;
}

/** One event as it went in a run that stays as it is. */
export class Trial {
  /** What the mechanisms of both lanes asked for. */
  readonly asked: ReadonlySet<string>;

  constructor(readonly lockstep: Lockstep) {
    this.asked = new Set(lockstep.lanes.flatMap((lane) => [...lane.asked]));
  }

  /** The lanes differ in this. */
  has({ thing, aspect }: NamedPart): boolean {
    return this.lockstep.differs(thing, aspect);
  }

  /** The event went through in both lanes, or in neither. */
  get alike(): boolean {
    return !this.lockstep.outcomeApart;
  }
}

export class Run {
  private lockstep: Lockstep;
  /** Events that the lanes play otherwise, by index. */
  private readonly healed = new Map<number, LanePair>();
  /** What was asked for so far, where that is watched. */
  readonly asked = new Set<string>();

  /** `watch`: note what is asked for. `from`: the run that this one goes on from. */
  constructor(
    private readonly names: readonly [string, string],
    private readonly pair: LanePair,
    private readonly events: readonly LogEvent[],
    private readonly budget: Budget,
    { watch = false, from }: { readonly watch?: boolean; readonly from?: Run } = {},
  ) {
    this.lockstep = from?.lockstep.fork() ?? new Lockstep(this.named(pair), true, watch);
    budget.fork();
  }

  private named({ left, right }: LanePair): { name: string; options: LanePair['left'] }[] {
    return [left, right].map((options, l) => ({ name: this.names[l]!, options }));
  }

  /** The same run up to here, to go on by itself. */
  fork(): Run {
    const run = new Run(this.names, this.pair, this.events, this.budget, { from: this });
    for (const [index, pair] of this.healed) run.healed.set(index, pair);
    return run;
  }

  /** From now on event `index`, which was not played yet, is played as `pair` does. */
  heal(index: number, pair: LanePair): void {
    this.healed.set(index, pair);
  }

  /** The events that are healed, in order. */
  get healedEvents(): readonly number[] {
    return [...this.healed.keys()];
  }

  /** How an event is played here that is healed already. */
  healing(index: number): LanePair | undefined {
    return this.healed.get(index);
  }

  /** Plays up to event `n`, that one excluded; yields on the way. Throws BudgetSpent. */
  *at(n: number): Generator<void, this, void> {
    while (this.lockstep.length < n) {
      if (this.lockstep.length % SLICE === 0) yield;
      this.budget.event();
      const { length } = this.lockstep;
      const healing = this.healed.get(length);
      if (healing !== undefined) this.lockstep = this.forked(healing);
      this.lockstep.step(this.events[length]!, true);
      for (const lane of this.lockstep.lanes) for (const name of lane.asked) this.asked.add(name);
      if (healing !== undefined) this.lockstep = this.forked(this.pair);
    }
    return this;
  }

  /** The next event, as these lanes or `pair` play it. Throws BudgetSpent. */
  try(pair: LanePair = this.pair): Trial {
    const lockstep = this.forked(pair);
    this.budget.event();
    lockstep.step(this.events[lockstep.length]!, true);
    return new Trial(lockstep);
  }

  /** The next event, with what the mechanisms ask for. Throws BudgetSpent. */
  watched(): Trial {
    const lockstep = this.forked(this.pair, true);
    this.budget.event();
    lockstep.step(this.events[lockstep.length]!, true);
    return new Trial(lockstep);
  }

  private forked({ left, right }: LanePair, watch = false): Lockstep {
    this.budget.fork();
    return this.lockstep.fork([left, right], watch);
  }
}
