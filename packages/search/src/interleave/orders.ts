// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Every order in which threads can run, up to orders that cannot matter: dynamic partial-order reduction with source sets
 * and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, "Source Sets", J. ACM 64, 2017; the treatment of steps that have to
 * wait follows Flanagan and Godefroid, POPL 2005). What a step reads and writes is found out by doing it.
 */
import type { Outcome } from '@specialbit/core';
import { type MmapLock, mmapLockOf } from './locks.js';
import { type Machine, type Moment, type Next, related } from './machine.js';

/** A step that was done. */
export interface Done {
  readonly next: Next;
  readonly outcome: Outcome;
  readonly moment: Moment;
}

export interface Orders {
  /** Complete orders that were run. */
  readonly runs: number;
  /** Steps that were done. */
  readonly steps: number;
  /** Not all were run: the limit was reached before. */
  readonly cut: boolean;
}

interface Node {
  readonly moment: Moment;
  readonly nexts: readonly (Next | undefined)[];
  /** Threads that are to be tried here. */
  readonly backtrack: Set<number>;
  /** Threads whose next step leads to what was tried before. */
  readonly sleep: Set<number>;
}

/** Calls `ended` at the end of each order that was run, with what was done; the list is the caller's to copy. */
export function everyOrder(
  machine: Machine,
  ended: (done: readonly Done[], last: Moment) => void,
  options: { readonly limit: number; readonly told?: (runs: number, steps: number) => void },
): Orders {
  return new Search(machine, ended, options).run();
}

class Search {
  /** The moments before each step that was done, and the present one. */
  private readonly nodes: Node[] = [];
  private readonly done: Done[] = [];
  /** Of each step the earlier ones that it comes after in every order that counts as the same. */
  private readonly before: Set<number>[] = [];
  private runs = 0;
  private steps = 0;
  private cut = false;

  constructor(
    private readonly machine: Machine,
    private readonly ended: (done: readonly Done[], last: Moment) => void,
    private readonly options: { readonly limit: number; readonly told?: (runs: number, steps: number) => void },
  ) {}

  run(): Orders {
    this.from(this.machine.start, new Set());
    return { runs: this.runs, steps: this.steps, cut: this.cut };
  }

  private from(moment: Moment, sleep: Set<number>, nexts = this.machine.nexts(moment)): void {
    const node: Node = { moment, nexts, backtrack: new Set(), sleep };
    this.nodes.push(node);
    for (const next of nexts) if (next !== undefined) this.races(next);
    this.tryAll(node);
    this.nodes.pop();
  }

  private tryAll(node: Node): void {
    const { nexts, sleep, backtrack } = node;
    const ready = nexts.filter((next) => next !== undefined && next.footprint !== null) as Next[];
    if (ready.length === 0) {
      this.runs++;
      this.ended(this.done, node.moment);
      this.options.told?.(this.runs, this.steps);
      return;
    }
    const running = this.done.at(-1)?.next.thread;
    const awake = ready.filter(({ thread }) => !sleep.has(thread));
    const first = awake.find(({ thread }) => thread === running) ?? awake[0];
    if (first === undefined) return;
    backtrack.add(first.thread);
    for (;;) {
      const thread = [...backtrack].find((one) => !sleep.has(one));
      if (thread === undefined) return;
      if (this.runs >= this.options.limit) {
        this.cut = true;
        return;
      }
      this.take(node, nexts[thread]!);
      sleep.add(thread);
    }
  }

  private take(node: Node, next: Next): void {
    const { moment, outcome } = this.machine.go(node.moment, next);
    this.steps++;
    this.before.push(this.predecessors(next));
    this.done.push({ next, outcome, moment });
    if (moment.phase === node.moment.phase) {
      // what has nothing to do with the step is as it was
      const apart = node.nexts.map((one) =>
        one !== undefined && one.thread !== next.thread && !related(one, next) ? one : undefined,
      );
      const sleep = [...node.sleep].filter((thread) => apart[thread] !== undefined);
      this.from(moment, new Set(sleep), this.machine.nexts(moment, apart));
    } else this.from(moment, new Set());
    this.done.pop();
    this.before.pop();
  }

  /** The steps done so far that a step to come is after, whatever the order. */
  private predecessors(next: Next): Set<number> {
    const found = new Set<number>();
    for (let i = this.done.length - 1; i >= 0; i--) {
      if (found.has(i) || !this.ordered(i, next)) continue;
      found.add(i);
      for (const j of this.before[i]!) found.add(j);
    }
    return found;
  }

  /** A step that was done comes before `next` by the thread's own order, by the phases', or by what they touch. */
  private ordered(i: number, next: Next): boolean {
    const { next: one } = this.done[i]!;
    return !this.sameTime(i) || one.thread === next.thread || related(one, next);
  }

  /** The step was done in the phase that runs now. */
  private sameTime(i: number): boolean {
    return this.nodes[i]!.moment.phase === this.nodes.at(-1)!.moment.phase;
  }

  /** Sees to it that what `next` races with is tried in the other order as well. */
  private races(next: Next): void {
    if (next.footprint === null) return this.waits(next);
    const after = this.predecessors(next);
    const tried = new Set<number>();
    for (const i of [...after].sort((a, b) => b - a)) {
      if (!this.sameTime(i) || this.done[i]!.next.thread === next.thread) continue;
      // something in between is between them in every order
      if ([...after].some((k) => k !== i && this.before[k]!.has(i))) continue;
      const from = this.lockedSince(i, next);
      if (tried.has(from) || this.ownPast(next).has(from)) continue;
      tried.add(from);
      this.reverse(from, next);
    }
  }

  /**
   * A step within an mmap that holds the lock which `next` needs: they cannot stand side by side. What can be turned
   * around is the whole of it, from where the lock was taken.
   */
  private lockedSince(i: number, next: Next): number {
    const lock = mmapLockOf(next.event);
    const { thread } = this.done[i]!.next;
    if (lock === undefined || thread === next.thread) return i;
    let from = i;
    // the step before which the thread did not hold the lock is the one that took it
    while (from > 0 && this.holdsAt(from, lock, thread)) from--;
    return from;
  }

  private holdsAt(i: number, { mm, mode }: MmapLock, thread: number): boolean {
    const { held, threads } = this.nodes[i]!.moment;
    return held.get(mm) === thread || (mode === 'write' && threads[thread]?.reads === mm);
  }

  /** What the thread's last step came after, and that step. */
  private ownPast(next: Next): ReadonlySet<number> {
    for (let i = this.done.length - 1; i >= 0; i--) {
      if (this.sameTime(i) && this.done[i]!.next.thread === next.thread) return new Set([i, ...this.before[i]!]);
    }
    return new Set();
  }

  /** Before step `from` one of those must be tried that can begin what leads to `next` without `from`. */
  private reverse(from: number, next: Next): void {
    const without: number[] = [];
    for (let k = from + 1; k < this.done.length; k++) if (!this.before[k]!.has(from)) without.push(k);
    const initials = new Set<number>();
    const seen = new Set<number>();
    for (const [n, k] of without.entries()) {
      const { thread } = this.done[k]!.next;
      if (seen.has(thread)) continue;
      seen.add(thread);
      if (!without.slice(0, n).some((j) => this.before[k]!.has(j))) initials.add(thread);
    }
    if (!seen.has(next.thread)) {
      const after = this.predecessors(next);
      if (!without.some((j) => after.has(j))) initials.add(next.thread);
    }
    const { backtrack, nexts } = this.nodes[from]!;
    if ([...initials].some((thread) => backtrack.has(thread))) return;
    const ready = nexts.flatMap((one) => (one !== undefined && one.footprint !== null ? [one.thread] : []));
    const chosen = initials.has(next.thread) && ready.includes(next.thread) ? next.thread : undefined;
    const other = chosen ?? ready.find((thread) => initials.has(thread));
    if (other !== undefined) backtrack.add(other);
    else for (const thread of ready) backtrack.add(thread);
  }

  /** A thread that has to wait is tried where it had not to: what made it wait can come later. */
  private waits(next: Next): void {
    const past = this.ownPast(next);
    for (let i = this.nodes.length - 2; i >= 0 && this.sameTime(i); i--) {
      const then = this.nodes[i]!.nexts[next.thread];
      // an earlier step of the thread, which may as well have come before the other's
      if (then === undefined || then.step !== next.step) {
        const other = this.lastOfOthers(next.thread, past);
        if (other >= 0) this.reverse(other, next);
        return;
      }
      if (then.footprint === null) continue;
      this.nodes[i]!.backtrack.add(next.thread);
      return;
    }
  }

  /** The last step of another thread that the thread's own past does not depend on; -1: none. */
  private lastOfOthers(thread: number, past: ReadonlySet<number>): number {
    for (let i = this.done.length - 1; i >= 0 && this.sameTime(i); i--) {
      if (this.done[i]!.next.thread !== thread && !past.has(i)) return i;
    }
    return -1;
  }
}
