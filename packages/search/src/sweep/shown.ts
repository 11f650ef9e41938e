// SPDX-License-Identifier: GPL-2.0-or-later
/** What a log shows on some lanes: each thing by a key, where it is first to be seen. */
import {
  DEFAULT_PROFILE,
  Decision,
  INSERTER_REASONS,
  type NamedLane,
  type Outcome,
  type ReasonName,
} from '@specialbit/core';
import { Exploration, type Explored } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { COVER } from '../cover.js';
import { type Goal, goalNamed, what } from '../goal.js';

/** Goals whose kinds are witnesses, each a family of keys. */
const GOALS: readonly Goal[] = ['message', 'crash', 'signal', 'hang'].map(goalNamed);
/** What holds while nobody makes a mistake: what comes behind a broken one follows from it. */
const INVARIANT = goalNamed('invariant');
/** What only guides: a thing on lanes of one class, where witnesses ask whether it can be at all. */
const GUIDE = 'cover';
/** Lanes of walks that are kept. */
const KEPT_WALKS = 200;

const INSERTING: ReadonlySet<string> = new Set(INSERTER_REASONS);

/** Hears that `key` is shown behind the event at `at`, by these lanes together. */
export type Hear = (key: string, at: number, lanes: readonly number[], played: readonly LogEvent[]) => void;

/** Is it a finding, of which a minimal log is kept, or does it only guide? */
export const isWitness = (key: string): boolean => !key.startsWith(`${GUIDE} `);

export class Shown {
  /** `special linux-6.12`: where lanes of one class are told apart no further. */
  readonly classes: readonly string[];
  private readonly walks = new Map<string, Exploration>();

  constructor(private readonly lanes: readonly NamedLane[]) {
    this.classes = lanes.map(({ options: { arch, profile = DEFAULT_PROFILE } }) => {
      return `${arch.at(profile).special.pte ? 'special' : 'nospecial'} ${profile.name}`;
    });
  }

  /** Plays a log on lanes. Where some part from others, those that still agree go on together. Returns how many events were played. */
  play(log: readonly LogEvent[], lanes: readonly number[], hear: Hear, from = 0): number {
    const walk = this.walkOf(lanes);
    const played: LogEvent[] = [];
    let count = 0;
    let broken = false;
    try {
      for (const [at, event] of log.entries()) {
        const explored = walk.forth(event);
        if (!explored.played) {
          walk.back();
          continue;
        }
        count++;
        played.push(event);
        if (!broken) {
          const kinds = INVARIANT.reached(explored, event, walk);
          broken = kinds.length > 0;
          if (at >= from) for (const kind of kinds) hear(`${INVARIANT.name} ${kind}`, at, lanes, played);
        }
        if (at >= from) this.tell(explored, event, walk, lanes, (key) => hear(key, at, lanes, played));
        if (explored.parts.length === 0) continue;
        const groups = this.parted(explored, event, lanes, (key, pair) => hear(key, at, pair, played));
        this.rewind(walk);
        for (const group of groups) count += this.play(log, group, hear, at + 1);
        return count;
      }
      return count;
    } finally {
      this.rewind(walk);
    }
  }

  private rewind(walk: Exploration): void {
    while (walk.depth > 0) walk.back();
  }

  private walkOf(lanes: readonly number[]): Exploration {
    const key = lanes.join();
    let walk = this.walks.get(key);
    if (walk === undefined) {
      if (this.walks.size >= KEPT_WALKS) this.walks.clear();
      walk = new Exploration(
        lanes.map((l) => this.lanes[l]!),
        { watch: true },
      );
      this.walks.set(key, walk);
    }
    return walk;
  }

  private tell(
    explored: Explored,
    event: LogEvent,
    walk: Exploration,
    lanes: readonly number[],
    tell: (key: string) => void,
  ): void {
    for (const goal of GOALS) for (const kind of goal.reached(explored, event, walk)) tell(`${goal.name} ${kind}`);
    for (const way of COVER.reached(explored, event, walk)) tell(`way ${way}`);
    const decisions = walk.decisions();
    const asked = walk.asked();
    for (const [i, l] of lanes.entries()) {
      const of = this.classes[l]!;
      const outcome = explored.outcomes[i];
      for (const decision of decisions[i]!) tell(`${GUIDE} ${Decision[decision]} ${of}`);
      for (const question of asked[i]!) tell(`${GUIDE} ${what(event)} asks ${question} ${of}`);
      if (outcome != null) this.tellOutcome(outcome, event, of, tell);
    }
  }

  private tellOutcome(
    { reasons, messages, crash, signal }: Outcome,
    event: LogEvent,
    of: string,
    tell: (key: string) => void,
  ): void {
    const each = new Set<ReasonName>(reasons);
    for (const reason of each) {
      if (!INSERTING.has(reason)) tell(`reason ${reason}`);
      tell(`${GUIDE} ${reason} ${of}`);
    }
    for (const { kind, reason } of messages) tell(`${GUIDE} ${what(event)} ${kind} ${reason} ${of}`);
    if (crash !== null) tell(`${GUIDE} ${what(event)} ${crash.kind} ${crash.where} ${of}`);
    if (signal !== null) tell(`${GUIDE} ${what(event)} ${signal} ${of}`);
    if (each.size === 0) tell(`${GUIDE} ${what(event)} ${of}`);
  }

  /** Tells of each pair of lanes in what they part; groups of lanes that agree. */
  private parted(
    { parts }: Explored,
    event: LogEvent,
    lanes: readonly number[],
    tell: (key: string, pair: readonly number[]) => void,
  ): (readonly number[])[] {
    const groups = new Map<string, number[]>();
    for (const [i, l] of lanes.entries()) {
      const values = JSON.stringify(parts.map((part) => part.values[i] ?? null));
      const group = groups.get(values);
      if (group === undefined) groups.set(values, [l]);
      else group.push(l);
      for (const [j, other] of lanes.entries()) {
        if (j >= i) break;
        const differing = parts.filter((part) => (part.values[i] ?? null) !== (part.values[j] ?? null));
        if (differing.length === 0) continue;
        const aspects = [...new Set(differing.map(({ kind, aspect }) => `${kind} ${aspect}`))].sort();
        const of = [this.classes[l]!, this.classes[other]!].sort();
        tell(`parts ${of.join(', ')}: ${what(event)}: ${aspects.join(', ')}`, [other, l]);
      }
    }
    // what differs has no value to be told apart by: each goes on alone
    return groups.size > 1 ? [...groups.values()] : lanes.map((l) => [l]);
  }
}
