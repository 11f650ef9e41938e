// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is the same frame in two lanes: the same label, or the page that the same event allocated. Other
 * frames are as far behind a label as their counterpart, or have the same number.
 */
import type { Kernel } from '../kernel/base/kernel.js';
import { F } from '../machine/frame-table.js';
import type { Machine } from '../machine/machine.js';
import type { TouchLog } from './touch-log.js';

/** Frames within this distance behind a label belong to its run. */
const RUN = 4096;
/** Pages that one event can allocate before their identities run into the next event's. */
const BIRTHS = 2 ** 22;
const RUN_BASE = 2 ** 51;
const RAW_BASE = 2 ** 52;

interface Labelled {
  readonly pfn: number;
  readonly n: number;
}

/** The labelled frames of a machine: ascending, and by pfn. */
interface LabelledFrames {
  readonly ascending: readonly Labelled[];
  readonly exact: ReadonlyMap<number, number>;
}

/** Labels of all lanes, numbered alike. */
export class LabelNumbers {
  private readonly numbers = new Map<string, number>();
  private readonly machines = new WeakMap<Machine, LabelledFrames>();
  readonly names: string[] = [];

  /** The labelled frames of a machine; found once, for lanes that are forked again and again. */
  framesOf(machine: Machine): LabelledFrames {
    let frames = this.machines.get(machine);
    if (frames === undefined) {
      const labelled = Object.entries(machine.spec.frames);
      this.of('Z');
      if (machine.labelOf(machine.zero_pfn) === 'Z') labelled.push(['Z', machine.zero_pfn]);
      const ascending = labelled.map(([label, pfn]) => ({ pfn, n: this.of(label) })).sort((a, b) => a.pfn - b.pfn);
      frames = { ascending, exact: new Map(ascending.map(({ pfn, n }) => [pfn, n])) };
      this.machines.set(machine, frames);
    }
    return frames;
  }

  of(label: string): number {
    let n = this.numbers.get(label);
    if (n === undefined) {
      n = this.names.length;
      this.names.push(label);
      this.numbers.set(label, n);
    }
    return n;
  }
}

/** A page that an event allocated. */
export interface Newborn {
  readonly pfn: number;
  readonly seq: number;
}

const NO_PAGES: readonly Newborn[] = [];

interface Birth {
  readonly seq: number;
  readonly id: number;
}

/** The frames of one lane. An identity is a number: equal for the same frame of two lanes. */
export class FrameIdentities {
  private readonly labelled: LabelledFrames;
  private births: Map<number, Birth>;
  private born: Map<number, number>;
  /** The two maps are another's as well. */
  private shared: boolean;

  /** `from`: goes on from those of a lane with the same labels. */
  constructor(
    private readonly machine: Machine,
    private readonly labels: LabelNumbers,
    from?: FrameIdentities,
  ) {
    this.labelled = labels.framesOf(machine);
    this.births = from?.births ?? new Map();
    this.born = from?.born ?? new Map();
    this.shared = from !== undefined;
  }

  of(k: Kernel, pfn: number): number {
    const exact = this.labelled.exact.get(pfn);
    if (exact !== undefined) return exact;
    const birth = this.births.get(pfn);
    if (birth !== undefined && k.frames.get(pfn, F.seq) === birth.seq) return birth.id;
    if (this.machine.is_zero_pfn(pfn)) return this.labels.of('Z');
    const run = this.runOf(pfn);
    return run === undefined ? RAW_BASE + pfn : RUN_BASE + run.n * RUN + (pfn - run.pfn);
  }

  /** The frame of an identity; -1 when this lane has it no more, or never had. */
  pfn(identity: number): number {
    if (identity >= RAW_BASE) return identity - RAW_BASE;
    if (identity >= RUN_BASE) {
      const n = Math.floor((identity - RUN_BASE) / RUN);
      const start = this.machine.pfnOf(this.labels.names[n]!);
      return start === undefined ? -1 : start + ((identity - RUN_BASE) % RUN);
    }
    if (identity < this.labels.names.length) {
      const label = this.labels.names[identity]!;
      return this.machine.pfnOf(label) ?? (label === 'Z' ? this.machine.zero_pfn : -1);
    }
    return this.born.get(identity) ?? -1;
  }

  /** Which of the touched frames were allocated by this event, in that order; the identities it ended go to `gone`. */
  settle(k: Kernel, touched: TouchLog, gone: number[]): readonly Newborn[] {
    let newborn: Newborn[] | undefined;
    for (let i = 0; i < touched.frameCount; i++) {
      const pfn = touched.frames[i]!;
      const seq = k.frames.get(pfn, F.seq);
      const known = this.births.get(pfn);
      if (known === undefined ? seq <= 0 : known.seq === seq) continue;
      if (known !== undefined) {
        this.own();
        this.births.delete(pfn);
        this.born.delete(known.id);
        gone.push(known.id);
      }
      if (seq > 0) {
        newborn ??= [];
        newborn.push({ pfn, seq });
      }
    }
    return newborn === undefined ? NO_PAGES : newborn.sort((x, y) => x.seq - y.seq);
  }

  /** The same frames, by the same identities, of a lane that goes on by itself. */
  fork(machine: Machine): FrameIdentities {
    this.shared = true;
    return new FrameIdentities(machine, this.labels, this);
  }

  /** A page is known by `id` from now on. */
  name(pfn: number, seq: number, id: number): void {
    this.own();
    this.births.set(pfn, { seq, id });
    this.born.set(id, pfn);
  }

  /** Before a change: most lanes that are forked play one event, and it allocates nothing. */
  private own(): void {
    if (!this.shared) return;
    this.births = new Map(this.births);
    this.born = new Map(this.born);
    this.shared = false;
  }

  private runOf(pfn: number): { readonly pfn: number; readonly n: number } | undefined {
    const { ascending } = this.labelled;
    let lo = 0;
    let hi = ascending.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (ascending[mid]!.pfn <= pfn) lo = mid + 1;
      else hi = mid;
    }
    const run = ascending[lo - 1];
    return run !== undefined && pfn - run.pfn < RUN ? run : undefined;
  }
}

/** The identity of the `nth` page that event `index` allocated; the first identities are labels. */
export function birthIdentity(index: number, nth: number, labels: number): number {
  return labels + (index + 1) * BIRTHS + nth;
}

/** What an identity is called in every run of the same log: a label and how far behind it, the page that an event allocated. */
export function identityName(identity: number, labels: LabelNumbers): string {
  if (identity >= RAW_BASE) return `pfn ${identity - RAW_BASE}`;
  if (identity >= RUN_BASE) {
    const n = Math.floor((identity - RUN_BASE) / RUN);
    return `${labels.names[n]}+${(identity - RUN_BASE) % RUN}`;
  }
  const count = labels.names.length;
  if (identity < count) return labels.names[identity]!;
  const born = identity - count;
  return `born ${Math.floor(born / BIRTHS) - 1}/${born % BIRTHS}`;
}

/** The event that allocated the page of that name, from 0; undefined where none did. */
export function birthOf(name: string): number | undefined {
  const match = /^born (-?\d+)\//.exec(name);
  return match === null ? undefined : Number(match[1]);
}
