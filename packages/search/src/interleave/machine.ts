// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane that several threads run on: which steps can be done now, what each reads and writes, what comes of it. */
import {
  createWorld,
  dependent,
  type Footprint,
  footprint,
  kernelOptions,
  LogReferenceError,
  type NamedLane,
  type Outcome,
  reduce,
  type World,
} from '@specialbit/core';
import { type Kernel, type KernelOptions, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { excludes, mmapLockOf } from './locks.js';
import { after, BEGINNING, eventOf, type Progress, type Step } from './step.js';
import type { Phase, Thread } from './threads.js';
import { widened } from './widened.js';

/** A moment: the world, how far each thread of the phase is, and who holds which mmap_lock. */
export interface Moment {
  readonly phase: number;
  readonly world: World;
  readonly threads: readonly Progress[];
  /** mm -> the thread that opened a mapping in it. */
  readonly held: ReadonlyMap<number, number>;
  /** The kernel died. */
  readonly dead: boolean;
}

/** What a thread would do next, and what that touches; `footprint` is null where it has to wait. */
export interface Next {
  readonly thread: number;
  readonly step: Step;
  readonly event: LogEvent;
  readonly footprint: Footprint | null;
}

export class Machine {
  readonly options: KernelOptions;

  constructor(
    readonly lane: NamedLane,
    readonly phases: readonly Phase[],
  ) {
    this.options = kernelOptions(lane.options);
  }

  get start(): Moment {
    return this.begin(0, createWorld(this.lane.options));
  }

  /** The kernel of a world, to be looked at. */
  kernelOf(world: World): Kernel {
    return openWorld(this.options, world);
  }

  threads({ phase }: Moment): readonly Thread[] {
    return this.phases[phase] ?? [];
  }

  /** What each thread of the phase would do; undefined: it is done. `known`: of threads of which it is known. */
  nexts(moment: Moment, known: readonly (Next | undefined)[] = []): (Next | undefined)[] {
    return this.threads(moment).map(({ steps }, thread) => {
      if (known[thread] !== undefined && !moment.dead) return known[thread];
      const progress = moment.threads[thread]!;
      const step = steps[progress.next];
      if (step === undefined) return undefined;
      const event = eventOf(step, progress);
      return { thread, step, event, footprint: this.footprintOf(moment, thread, event) };
    });
  }

  /** Does a step that need not wait. */
  go(moment: Moment, { thread, event }: Next): { readonly moment: Moment; readonly outcome: Outcome } {
    const { world, outcome } = reduce(this.options, moment.world, event);
    const { steps } = this.threads(moment)[thread]!;
    const threads = moment.threads.with(thread, after(steps, moment.threads[thread]!, outcome));
    const held = new Map(moment.held);
    if ('mm' in event) {
      if (event.type === 'mmap.begin' && outcome.ret >= 0) held.set(event.mm, thread);
      if (event.type === 'mmap.end') held.delete(event.mm);
    }
    const now: Moment = { phase: moment.phase, world, threads, held, dead: outcome.crash !== null };
    const done = this.threads(now).every(({ steps: all }, t) => threads[t]!.next >= all.length);
    return { moment: done && !now.dead ? this.begin(moment.phase + 1, world) : now, outcome };
  }

  private begin(phase: number, world: World): Moment {
    const threads = (this.phases[phase] ?? []).map(() => BEGINNING);
    return { phase, world, threads, held: new Map(), dead: false };
  }

  private footprintOf({ world, held, dead }: Moment, thread: number, event: LogEvent): Footprint | null {
    if (dead) return null;
    const lock = mmapLockOf(event);
    const holder = lock === undefined ? undefined : held.get(lock.mm);
    if (holder !== undefined && holder !== thread) return null;
    try {
      return widened(footprint(this.options, world, event), this.options, world, event);
    } catch (error) {
      // it names a mapping that another thread has still to make
      if (error instanceof LogReferenceError) return null;
      throw error;
    }
  }
}

/** Whether a step takes or gives back an mmap_lock that is held from one step to another. */
const holds = ({ event }: Next): boolean => event.type === 'mmap.begin' || event.type === 'mmap.end';

/** Can the order of two steps matter? */
export function related(a: Next, b: Next): boolean {
  if (a.footprint === null || b.footprint === null) return true;
  if ((holds(a) || holds(b)) && excludes(mmapLockOf(a.event), mmapLockOf(b.event))) return true;
  return dependent(a.footprint, b.footprint);
}
