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
import { type Kernel, type KernelOptions, newOutcome, openWorld } from '@specialbit/core/kernel';
import type { Access, LogEvent } from '@specialbit/events';
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
      const event = this.unlessRaced(moment, step, eventOf(step, progress));
      return { thread, step, event, footprint: this.footprintOf(moment, thread, event) };
    });
  }

  /** Does a step that need not wait. */
  go(moment: Moment, { thread, event, step }: Next): { readonly moment: Moment; readonly outcome: Outcome } {
    if (step.part === 'look' && this.finds(moment.world, event)) return this.looked(moment, thread, event);
    const { world, outcome } = reduce(this.options, moment.world, event);
    const { steps } = this.threads(moment)[thread]!;
    let progress = after(steps, moment.threads[thread]!, outcome);
    // there was an entry: that was all
    if (step.part === 'look') progress = { ...progress, next: progress.next + 1 };
    const threads = moment.threads.with(thread, progress);
    const held = new Map(moment.held);
    if ('mm' in event) {
      if (event.type === 'mmap.begin' && outcome.ret >= 0) held.set(event.mm, thread);
      if (event.type === 'mmap.end') held.delete(event.mm);
    }
    const now: Moment = { phase: moment.phase, world, threads, held, dead: outcome.crash !== null };
    const done = this.threads(now).every(({ steps: all }, t) => threads[t]!.next >= all.length);
    return { moment: done && !now.dead ? this.begin(moment.phase + 1, world) : now, outcome };
  }

  /** Nothing maps the page, and something can: the fault goes on with that, whatever others do now. */
  private finds(world: World, event: LogEvent): boolean {
    if (event.type !== 'access') return false;
    const k = this.kernelOf(world);
    const mm = k.mms.get(event.mm);
    const vpn = placeOf(k, event);
    if (mm === undefined || vpn < 0 || mm.vma_lookup(vpn) === undefined) return false;
    return mm.pt.isEmpty(vpn, vpn + 1);
  }

  /** The event of a fault that nobody came before. */
  private unlessRaced({ world }: Moment, { part }: Step, event: LogEvent): LogEvent {
    if (part !== 'fault' || event.type !== 'access' || !this.finds(world, event)) return event;
    const { raced: _, ...plain } = event;
    return plain;
  }

  private looked(
    moment: Moment,
    thread: number,
    event: LogEvent,
  ): { readonly moment: Moment; readonly outcome: Outcome } {
    const { next } = moment.threads[thread]!;
    const reads = 'mm' in event ? event.mm : -1;
    const threads = moment.threads.with(thread, { ...BEGINNING, next: next + 1, reads });
    return { moment: { ...moment, threads }, outcome: NOTHING };
  }

  private begin(phase: number, world: World): Moment {
    const threads = (this.phases[phase] ?? []).map(() => BEGINNING);
    return { phase, world, threads, held: new Map(), dead: false };
  }

  private footprintOf({ world, held, threads, dead }: Moment, thread: number, event: LogEvent): Footprint | null {
    if (dead) return null;
    const lock = mmapLockOf(event);
    const holder = lock === undefined ? undefined : held.get(lock.mm);
    if (holder !== undefined && holder !== thread) return null;
    if (lock?.mode === 'write' && threads.some(({ reads }, t) => t !== thread && reads === lock.mm)) return null;
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
const holds = ({ event, step: { part } }: Next): boolean =>
  event.type === 'mmap.begin' ||
  event.type === 'mmap.end' ||
  part === 'look' ||
  part === 'fault' ||
  part === 'populate';

/** What looking at an entry returns. */
export const NOTHING: Outcome = newOutcome();

/** The page of an access; -1: nobody knows it. */
function placeOf(k: Kernel, { mm, at }: Access): number {
  if ('addr' in at) return Math.floor(at.addr / k.arch.page.size);
  const start = k.mms.get(mm)?.startOf(at.label);
  return start === undefined ? -1 : start + at.page;
}

/** Can the order of two steps matter? */
export function related(a: Next, b: Next): boolean {
  if (a.footprint === null || b.footprint === null) return true;
  if ((holds(a) || holds(b)) && excludes(mmapLockOf(a.event), mmapLockOf(b.event))) return true;
  return dependent(a.footprint, b.footprint);
}
