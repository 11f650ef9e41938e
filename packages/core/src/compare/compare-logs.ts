// SPDX-License-Identifier: GPL-2.0-or-later
/** Two logs on one lane: what the changes between them do, each proved by undoing it. */
import type { LogEvent } from '@specialbit/events';
import type { World } from '../world/world.js';
import { actingCall } from './acting.js';
import { byGravity, type Part } from './divergence.js';
import type { Draft } from './draft.js';
import { headlineOf } from './headline.js';
import type { NamedLane } from './lane.js';
import { Lockstep } from './lockstep.js';

/** Events that stand beside each other; one of them is null where the other log has one more. */
export interface AlignedEvents {
  readonly left: LogEvent | null;
  readonly right: LogEvent | null;
  /** They are the same event. */
  readonly same: boolean;
}

/** What differs after two aligned events, by the changes that make it so. */
export interface LogDivergence {
  /** Index in the alignment. */
  readonly index: number;
  readonly headline: string;
  readonly parts: readonly Part[];
  /**
   * Changes, as runs of the alignment that are not the same, by their index in `changes`: with the left log's events
   * exchanged there for the right one's, this goes. Empty: no one change alone makes it go, nor all of them.
   */
  readonly changes: readonly number[];
}

/** A run of the alignment in which the logs differ: `[from, to)`. */
export interface LogChange {
  readonly from: number;
  readonly to: number;
}

export interface LogComparison {
  readonly changes: readonly LogChange[];
  readonly divergences: readonly LogDivergence[];
  /** The worlds in the end, left and right. */
  readonly worlds: readonly [World, World];
}

/** So many divergences are told of. */
const MOST = 1000;

/** Plays both logs on the lane. What a log names and does not have is passed over. */
export function compareLogs(
  lane: NamedLane,
  names: readonly [string, string],
  aligned: readonly AlignedEvents[],
): LogComparison {
  const changes = changesOf(aligned);
  const lanes = names.map((name) => ({ name, options: lane.options }));
  const plain = new Lockstep(lanes, false, false);
  const undone = changes.map((change) => new Undone(lanes, aligned, [change]));
  const all = new Undone(lanes, aligned, changes);
  const divergences: LogDivergence[] = [];
  for (const [index, { left, right }] of aligned.entries()) {
    const fresh = plain.stepEach([left, right]).filter(({ minor }) => !minor);
    if (fresh.length === 0 || divergences.length >= MOST) continue;
    const before = changes.flatMap(({ from }, i) => (from <= index ? [i] : []));
    const byChange = new Map<string, { changes: readonly number[]; drafts: Draft[] }>();
    for (const draft of fresh) {
      const name = plain.nameOf(draft.thing);
      // the last change first: it is the likeliest
      const one = before.findLast((i) => !undone[i]!.at(index).differs(name, draft.part.aspect));
      const found = one !== undefined ? [one] : all.at(index).differs(name, draft.part.aspect) ? [] : before;
      const group = byChange.get(found.join());
      if (group === undefined) byChange.set(found.join(), { changes: found, drafts: [draft] });
      else group.drafts.push(draft);
    }
    const event = (left ?? right) as LogEvent;
    const { api } = actingCall(plain.scene, event);
    for (const { changes: found, drafts } of byChange.values()) {
      const parts = drafts.map(({ part }) => part).sort(byGravity);
      divergences.push({ index, headline: headlineOf({ event, api, parts: drafts }, names), parts, changes: found });
    }
  }
  const [a, b] = plain.lanes;
  return { changes, divergences, worlds: [a!.commit(), b!.commit()] };
}

function changesOf(aligned: readonly AlignedEvents[]): LogChange[] {
  const changes: LogChange[] = [];
  for (let i = 0; i < aligned.length; i++) {
    if (aligned[i]!.same) continue;
    let to = i;
    while (to < aligned.length && !aligned[to]!.same) to++;
    changes.push({ from: i, to });
    i = to;
  }
  return changes;
}

/** Both logs, with the left one's events exchanged for the right one's in some changes. */
class Undone {
  private lockstep: Lockstep | undefined;
  private played = 0;

  constructor(
    private readonly lanes: readonly NamedLane[],
    private readonly aligned: readonly AlignedEvents[],
    private readonly changes: readonly LogChange[],
  ) {}

  /** After the events of `index`. */
  at(index: number): Lockstep {
    this.lockstep ??= new Lockstep(this.lanes, true, false);
    for (; this.played <= index; this.played++) {
      const { left, right } = this.aligned[this.played]!;
      const exchanged = this.changes.some(({ from, to }) => this.played >= from && this.played < to);
      this.lockstep.stepEach([exchanged ? right : left, right]);
    }
    return this.lockstep;
  }
}
