// SPDX-License-Identifier: GPL-2.0-or-later
/** Where threads can end up, each with an order that leads there. */
import { type Outcome, type World, worldKey } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import type { Goal } from '../goal.js';
import type { DriverReferences } from '../invariants/account.js';
import { brokenInvariants, INVARIANT_NAMES } from '../invariants/invariants.js';
import { leftBehind } from '../invariants/left-behind.js';
import { brokenBy } from './broken.js';
import { type Machine, type Moment, type Next, NOTHING } from './machine.js';
import type { Done } from './orders.js';
import type { Step } from './step.js';
import { changes, tidied } from './tidy.js';

export interface ScheduledStep {
  readonly thread: string;
  /** Of the event in the log. */
  readonly number: number;
  readonly part: Step['part'];
  readonly event: LogEvent;
  readonly outcome: Outcome;
  /** What must not happen, and did. */
  readonly broken: readonly string[];
}

/** Where threads can end up. */
export interface End {
  readonly world: World;
  /** One order that leads there, with few changes between threads. */
  readonly schedule: readonly ScheduledStep[];
  readonly broken: readonly string[];
  /** Of `broken` what is so at the end, whoever did it. */
  readonly atEnd: readonly string[];
  /** Some order leads there in which every event is one step. */
  readonly serial: boolean;
  /** Orders that led there. */
  readonly runs: number;
  /** What could not go on: events that wait for what never comes. */
  readonly waiting: readonly { readonly thread: string; readonly number: number; readonly event: LogEvent }[];
}

/** Of so many orders that lead to an end the tidiest is shown. */
const TIDIED = 20;

interface Found {
  readonly moment: Moment;
  runs: number;
  done: readonly Done[];
  changes: number;
}

/** The ends that were reached, by what tells them apart. */
export class Ends {
  private readonly found = new Map<string, Found>();
  private readonly brokenOf = new WeakMap<Done, readonly string[]>();

  /** `goal`: what is looked for instead of what must not happen. */
  constructor(
    readonly machine: Machine,
    private readonly goal?: Goal,
  ) {}

  note(done: readonly Done[], moment: Moment): void {
    const key = this.keyOf(done, moment);
    const known = this.found.get(key);
    if (known === undefined) {
      this.found.set(key, { moment, runs: 1, done: [...done], changes: changes(tidied(done)) });
      return;
    }
    if (known.runs++ >= TIDIED) return;
    const order = changes(tidied(done));
    if (order >= known.changes) return;
    known.done = [...done];
    known.changes = order;
  }

  has(key: string): boolean {
    return this.found.has(key);
  }

  /** What tells the ends apart. */
  get keys(): readonly string[] {
    return [...this.found.keys()];
  }

  list(serial: (key: string) => boolean): End[] {
    const ends = [...this.found].map(([key, { moment, runs, done }]): End => {
      const order = this.replayed(tidied(done));
      // what is tidier must lead to the same end
      const same = this.keyOf(order.done, order.moment) === key ? order : { done, moment };
      const schedule = same.done.map((one) => this.scheduled(one, same.done));
      const broken = schedule.flatMap((step) => step.broken);
      const atEnd = this.brokenAtEnd(same.done, same.moment).filter((text) => !broken.includes(text));
      broken.push(...atEnd);
      const waiting = this.machine
        .nexts(moment)
        .flatMap((next) =>
          next === undefined || moment.dead
            ? []
            : [{ thread: this.nameOf(moment.phase, next.thread), number: next.step.number, event: next.event }],
        );
      return { world: moment.world, schedule, broken, atEnd, serial: serial(key), runs, waiting };
    });
    return ends.sort((a, b) => Number(b.broken.length > 0) - Number(a.broken.length > 0));
  }

  /** What the world is like, what every event returned, and what broke. */
  private keyOf(done: readonly Done[], { world, dead }: Moment): string {
    const last = done.at(-1);
    // what else had happened when the kernel died, is of no use to anybody
    if (dead && last !== undefined) return JSON.stringify([last.next.step.number, last.outcome.crash]);
    const said = new Map<number, unknown[]>();
    for (const one of done) {
      const { next, outcome } = one;
      const of = said.get(next.step.number) ?? [];
      if (next.step.part !== 'call' && next.step.silent !== true) of[0] = returned(outcome);
      for (const { text } of outcome.messages) of.push(text);
      of.push(...this.brokenIn(one));
      said.set(next.step.number, of);
    }
    const ordered = [...said].sort(([a], [b]) => a - b);
    return JSON.stringify([worldKey(this.machine.options.arch, world, { labels: true }), ordered]);
  }

  private brokenIn(done: Done): readonly string[] {
    let broken = this.brokenOf.get(done);
    if (broken === undefined) {
      broken = this.brokenBy(done);
      this.brokenOf.set(done, broken);
    }
    return broken;
  }

  private brokenBy({ next, outcome, moment }: Done): readonly string[] {
    const { goal, machine } = this;
    const opened = (): Kernel => machine.kernelOf(moment.world);
    if (goal === undefined) return brokenBy(opened, next.event, outcome);
    const left = goal.invariants?.includes('left_behind') === true;
    if (left && next.event.type === 'unmap_mapping_range') return leftBehind(opened(), next.event);
    return goal.ofOutcomes?.([outcome], next.event) ?? [];
  }

  /** What does not hold at the end; of a kernel that died nothing is said. */
  private brokenAtEnd(done: readonly Done[], { world, dead }: Moment): string[] {
    const { goal, machine } = this;
    if (dead || (goal !== undefined && goal.invariants === undefined)) return [];
    const only = goal?.invariants ?? INVARIANT_NAMES;
    const k = machine.kernelOf(world);
    return brokenInvariants(k, { driver: driverReferences(k, done), only }).map(({ text }) => text);
  }

  private replayed(order: readonly Next[]): { readonly done: readonly Done[]; readonly moment: Moment } {
    const { machine } = this;
    let moment = machine.start;
    const done: Done[] = [];
    for (const { thread } of order) {
      const next = machine.nexts(moment)[thread];
      if (next === undefined || next.footprint === null) break;
      const { moment: then, outcome } = machine.go(moment, next);
      moment = then;
      done.push({ next, outcome, moment });
    }
    return { done, moment };
  }

  private scheduled(one: Done, all: readonly Done[]): ScheduledStep {
    const { next, outcome } = one;
    const before = all[all.indexOf(one) - 1];
    const phase = before === undefined ? 0 : before.moment.phase;
    const { number, part: of } = next.step;
    // it was there: the access was done
    const part = of === 'look' && outcome !== NOTHING ? 'whole' : of;
    return {
      ...{ thread: this.nameOf(phase, next.thread), number, part },
      ...{ event: next.event, outcome, broken: this.brokenIn(one) },
    };
  }

  private nameOf(phase: number, thread: number): string {
    return this.machine.phases[phase]![thread]!.name;
  }
}

/** What get_page() and put_page() of the threads did to references. */
function driverReferences(k: Kernel, done: readonly Done[]): DriverReferences {
  const refs = new Map<number, number>();
  for (const { next, outcome } of done) {
    const { event } = next;
    if ((event.type !== 'get_page' && event.type !== 'put_page') || outcome.crash !== null) continue;
    const pfn = 'pfn' in event.frame ? event.frame.pfn : k.machine.pfnOf(event.frame.label);
    if (pfn !== undefined) refs.set(pfn, (refs.get(pfn) ?? 0) + (event.type === 'get_page' ? 1 : -1));
  }
  return refs;
}

/** What a caller sees, without the numbers of frames that were allocated. */
function returned(outcome: Outcome): unknown {
  const { ret, signal, si_code, value, pages, left, loop, hang, refused, crash } = outcome;
  return [ret, signal, si_code, value, pages?.length, left, loop, hang, refused, crash];
}
