// SPDX-License-Identifier: GPL-2.0-or-later
/** Any moment of a log in one lane: worlds, outcomes, differences, who wrote what, and other courses of events. */

import type { LogEvent } from '@specialbit/events';
import { OutOfRange } from '@specialbit/events';
import { LogReferenceError } from '../kernel/base/errors.js';
import type { Kernel, KernelOptions } from '../kernel/base/kernel.js';
import { newOutcome, type Outcome } from '../kernel/base/outcome.js';
import { type CommitPolicy, Player } from '../player.js';
import type { CommitOptions } from '../world/commit.js';
import { createWorld, kernelOptions, type LaneOptions } from '../world/create.js';
import type { World } from '../world/world.js';
import { diffWorlds, type WorldDiff } from './diff.js';
import { EventError } from './event-error.js';
import { EventArray, type EventList, SplicedEvents } from './event-list.js';
import { type Change, comesOrGoes, mayDiffer, readTarget, sameValue, spaceOf, type Target } from './history.js';
import { K, Snapshots } from './snapshots.js';

/** A lane that starts from its initial world, or from another one. */
export type TimelineStart = LaneOptions | { readonly options: KernelOptions; readonly world: World };

/** What `find` shows of one moment. */
export interface TimelineMoment {
  /** Events applied. */
  readonly n: number;
  /** The last of them; undefined at 0. */
  readonly event: LogEvent | undefined;
  readonly outcome: Outcome | undefined;
  /** The running kernel, to be looked at now and not kept. */
  readonly kernel: Kernel;
  /** The world, when it is asked for. */
  world(): World;
}

/** A change to a log at one place. */
export type Edit =
  | { readonly replace: LogEvent }
  | { readonly insert: LogEvent | readonly LogEvent[] }
  | { readonly remove: number };

export interface TimelineSettings extends CommitOptions {
  /** Events between two snapshots that are always kept; 3072 by default. */
  readonly every?: number;
  /** Snapshots between those that are kept at most, near the cursor; 768 by default. */
  readonly extra?: number;
  /**
   * Into how many parts a seek cuts the stretch that it plays through, with a snapshot at each; by default it leaves none on its
   * way. What is left outlives the seek, and moving it is most of what the collector does (half of all its time at 16 parts).
   */
  readonly parts?: number;
  /** What a branch has in common with the timeline that it leaves. */
  readonly shared?: { readonly snapshots: Snapshots; readonly crashes: Crashes };
}

/** Events that took the kernel down, or name what does not exist: not carried out, and skipped from then on. */
export type Crashes = Map<number, Outcome>;

/** Parts of a stretch between two snapshots that somebody goes back through step by step. */
const PARTS = 16;
/** How far a prefetch of the block before goes for each step back. */
const PREFETCH = 64;

/** Events that are played at once while changes are looked for. */
const BREATH = 128;

export class Timeline {
  readonly options: KernelOptions;
  private readonly crashes: Crashes;
  private readonly snapshots: Snapshots;
  private readonly list: EventList;
  /** Events between two worlds that are always kept. */
  readonly every: number;
  /** Distances between extra snapshots: made by every seek, by going back into a stretch, and within a part of it. */
  private readonly seek: number;
  private readonly far: number;
  private readonly near: number;
  private cursor = 0;
  private live: Player | null = null;
  private ahead: Player | null = null;

  /** `events`: an array that grows makes a timeline that grows. */
  constructor(
    start: TimelineStart,
    events: readonly LogEvent[] | EventList,
    private readonly settings: TimelineSettings = {},
  ) {
    this.options = 'options' in start ? start.options : kernelOptions(start);
    this.list = 'get' in events ? events : new EventArray(events);
    this.crashes = settings.shared?.crashes ?? new Map();
    this.snapshots =
      settings.shared?.snapshots ??
      new Snapshots(['options' in start ? start.world : createWorld(start)], settings.every ?? K, settings.extra);
    this.every = this.snapshots.every;
    this.seek = Math.max(1, Math.floor(this.every / (settings.parts ?? 1)));
    this.far = Math.max(1, Math.floor(this.every / PARTS));
    this.near = Math.max(1, Math.floor(this.far / 16));
  }

  /** Number of events: moments go from 0 to `length`. */
  get length(): number {
    return this.list.length;
  }

  event(index: number): LogEvent {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new OutOfRange('api.event', `no event ${index} of ${this.length}`);
    return this.list.get(index);
  }

  /** The world after `n` events. Throws EventError when an event before names what does not exist. */
  at(n: number): World {
    this.check(n);
    const back = n < this.cursor && this.cursor - n <= this.near;
    this.cursor = n;
    if (back) this.prefetch();
    return this.world(n, back);
  }

  private world(n: number, dense = false): World {
    const known = this.snapshots.get(n);
    if (known !== undefined) return known;
    const world = this.playerAt(n, dense).world();
    this.snapshots.put(n, world, this.cursor);
    return world;
  }

  /** What event `index` returned and caused. */
  outcome(index: number): Outcome {
    this.event(index);
    return this.crashes.get(index) ?? this.step(this.playerAt(index, false));
  }

  /** What changed from the moment `a` to the moment `b`. */
  diff(a: number, b: number): WorldDiff {
    this.check(a);
    // who asks stands at `b`: what is before it is no step back
    const before = this.world(a);
    return diffWorlds(this.options.arch, before, this.at(b));
  }

  /** The event before moment `n` that last changed the target. */
  lastWriter(target: Target, n = this.length): Change | undefined {
    for (const change of this.history(target, n)) return change;
    return undefined;
  }

  /** Every event before moment `n` that changed the target, the last first; found as far as they are asked for. */
  *history(target: Target, n = this.length): Generator<Change, void, void> {
    for (const change of this.historySteps(target, n)) if (change !== null) yield change;
  }

  /** The same in steps that are short: null is one after which nothing more is known yet. */
  *historySteps(target: Target, n = this.length): Generator<Change | null, void, void> {
    this.check(n);
    let end = n;
    while (end > 0) {
      const start = Math.floor((end - 1) / this.every) * this.every;
      const whole = end - start === this.every;
      if (!whole || this.mayChange(target, start, end)) {
        const changes = yield* this.changesWithin(target, start, end);
        yield* changes.reverse();
      }
      yield null;
      end = start;
    }
  }

  private mayChange(target: Target, start: number, end: number): boolean {
    if (mayDiffer(this.options.arch, target, this.world(start), this.world(end))) return true;
    const mm = spaceOf(target);
    if (mm === undefined) return false;
    for (let i = start; i < end; i++) if (comesOrGoes(this.list.get(i), mm)) return true;
    return false;
  }

  private *changesWithin(target: Target, start: number, end: number): Generator<null, Change[], void> {
    const player = this.open(start);
    const changes: Change[] = [];
    let before = readTarget(player.kernel, target);
    for (let index = start; index < end; index++) {
      this.step(player);
      const after = readTarget(player.kernel, target);
      if (!sameValue(before, after)) changes.push({ index, before, after });
      before = after;
      if ((index - start) % BREATH === BREATH - 1) yield null;
    }
    return changes;
  }

  /**
   * The next moment after `from` (`backward`: before it) at which the predicate holds; undefined when
   * there is none. Nothing is kept but what the predicate asks for.
   */
  find(
    predicate: (moment: TimelineMoment) => boolean,
    from = this.cursor,
    direction: 'forward' | 'backward' = 'forward',
  ): number | undefined {
    this.check(from);
    if (direction === 'forward') {
      if (from >= this.length) return undefined;
      return this.search(predicate, from + 1, this.length, true);
    }
    for (let end = from - 1; end >= 0; ) {
      const start = Math.floor(end / this.every) * this.every;
      const found = this.search(predicate, start, end, false);
      if (found !== undefined) return found;
      end = start - 1;
    }
    return undefined;
  }

  /** The first, or the last, moment in `[start, end]` at which the predicate holds. */
  private search(
    predicate: (moment: TimelineMoment) => boolean,
    start: number,
    end: number,
    first: boolean,
  ): number | undefined {
    const player = this.open(Math.max(0, start - 1));
    let found: number | undefined;
    let outcome: Outcome | undefined;
    for (let n = player.position; n <= end; n++) {
      if (n > player.position) {
        outcome = this.step(player);
      }
      if (n < start) continue;
      const event = n === 0 ? undefined : this.list.get(n - 1);
      const moment: TimelineMoment = { n, event, outcome, kernel: player.kernel, world: () => player.world() };
      if (!predicate(moment)) continue;
      found = n;
      if (first) break;
    }
    return found;
  }

  /**
   * The timeline in which, at event `index`, another event happens, more events do, or some do not.
   * Everything before is shared.
   */
  branch(index: number, edit: Edit): Timeline {
    this.check(index);
    const inserted = 'replace' in edit ? [edit.replace] : 'insert' in edit ? [edit.insert].flat() : [];
    const removed = 'replace' in edit ? 1 : 'remove' in edit ? edit.remove : 0;
    if (index + removed > this.length)
      throw new OutOfRange('api.event', `no event ${index + removed - 1} of ${this.length}`);
    return this.onto(index, new SplicedEvents(this.list, index, removed, inserted as readonly LogEvent[]));
  }

  /** The timeline of another log of the same lane that has the same first `index` events, which are shared. */
  onto(index: number, events: readonly LogEvent[] | EventList): Timeline {
    this.check(index);
    const crashes: Crashes = new Map([...this.crashes].filter(([at]) => at < index));
    const snapshots = this.snapshots.fork(index);
    const start = { options: this.options, world: snapshots.get(0)! };
    return new Timeline(start, events, { ...this.settings, shared: { snapshots, crashes } });
  }

  // ---------------------------------------------------------- replaying

  private check(n: number): void {
    if (!Number.isInteger(n) || n < 0 || n > this.length)
      throw new OutOfRange('api.moment', `no moment ${n}: the log has ${this.length} events`);
  }

  /** The running kernel after `n` events. Leaves snapshots on the way. `dense`: one at each event of the last stretch. */
  private playerAt(n: number, dense: boolean): Player {
    const floor = this.snapshots.floor(n);
    const { live } = this;
    let player: Player;
    if (live !== null && live.position <= n && live.position >= floor.position) player = live;
    else player = this.player(floor.world, floor.position);
    this.live = player;
    const nearFrom = dense ? n - this.far : n;
    const eachFrom = dense ? n - (n % this.near) : n;
    player.commits = this.keeping((position) => {
      if (position > n) return false;
      const wanted =
        position % (dense ? this.far : this.seek) === 0 ||
        (position > nearFrom && position % this.near === 0) ||
        (position > eachFrom && position < n);
      return position % this.every === 0 || (wanted && n - position < this.every);
    });
    while (player.position < n) this.step(player);
    return player;
  }

  /** A kernel of its own after `n` events. */
  private open(n: number): Player {
    const player = this.player(this.world(n), n);
    player.commits = this.keeping((position) => position % this.every === 0);
    return player;
  }

  private player(world: World, position: number): Player {
    return new Player(this.options, world, { ...this.settings, position });
  }

  /** The worlds at positions that are `due` become snapshots. */
  private keeping(due: (position: number) => boolean): CommitPolicy {
    return {
      due: (position) => due(position) && !this.snapshots.has(position),
      take: (world, position) => this.snapshots.put(position, world, this.cursor),
    };
  }

  /**
   * Plays the next event, or passes over one that is known to fail. Where it names what does not exist nothing
   * is done: the list is told, or EventError is thrown.
   */
  private step(player: Player): Outcome {
    const index = player.position;
    const known = this.crashes.get(index);
    if (known !== undefined) {
      player.skip();
      return known;
    }
    try {
      const outcome = player.step(this.list.get(index));
      if (outcome.crash !== null) this.crashes.set(index, outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      if (this.list.lost === undefined) throw new EventError(index, error);
      this.list.lost(index, error);
      const outcome = newOutcome();
      this.crashes.set(index, outcome);
      player.skip();
      return outcome;
    }
  }

  /** Who goes back step by step finds the block before prepared: a little of it at each step. */
  private prefetch(): void {
    const block = Math.floor(this.cursor / this.every);
    if (block === 0 || this.snapshots.has(block * this.every - this.far)) return;
    const start = (block - 1) * this.every;
    const { ahead } = this;
    let player = ahead;
    if (player === null || player.position < start || player.position >= block * this.every) {
      const world = this.snapshots.get(start);
      if (world === undefined) return;
      player = this.player(world, start);
      player.commits = this.keeping((position) => position % this.far === 0);
      this.ahead = player;
    }
    for (let i = 0; i < PREFETCH && player.position < block * this.every - 1; i++) {
      this.step(player);
    }
  }
}
