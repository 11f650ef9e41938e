// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is the same frame in two lanes: the same label, or the page that the same event allocated. Other
 * frames are as far behind a label as their counterpart, or have the same number.
 */
import type { Machine } from '../machine/machine.js';
import { FRAME, type Gathered } from './gathered.js';
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
  /** The first of them, and the end of the last one's run: most frames lie without. */
  readonly first: number;
  readonly end: number;
  /** By a label's number; -1 where the machine has no such frame. What is asked for is filled in. */
  readonly pfns: number[];
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
      const exact = new Map(ascending.map(({ pfn, n }) => [pfn, n]));
      const first = ascending[0]?.pfn ?? 0;
      const end = (ascending[ascending.length - 1]?.pfn ?? -RUN) + RUN;
      frames = { ascending, exact, first, end, pfns: [] };
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

/** The pages that events allocated, of one lane or of several that have allocated and freed the same ones. */
export class Births {
  /** Somebody has it who does not go on with the same events. */
  kept = false;

  constructor(
    readonly births = new Map<number, Birth>(),
    readonly born = new Map<number, number>(),
  ) {}

  copy(): Births {
    return new Births(new Map(this.births), new Map(this.born));
  }
}

/** The frames of one lane. An identity is a number: equal for the same frame of two lanes. */
export class FrameIdentities {
  private readonly labelled: LabelledFrames;
  private table: Births;

  /** `from`: goes on from those of a lane with the same labels. */
  constructor(
    private readonly machine: Machine,
    private readonly labels: LabelNumbers,
    from?: FrameIdentities,
  ) {
    this.labelled = labels.framesOf(machine);
    this.table = from?.table ?? new Births();
  }

  /** `seq`: which allocation the frame is, as its record has it. */
  of(pfn: number, seq: number): number {
    const { first, end, exact } = this.labelled;
    const near = pfn >= first && pfn < end;
    const label = near ? exact.get(pfn) : undefined;
    if (label !== undefined) return label;
    const birth = this.table.births.get(pfn);
    if (birth !== undefined && birth.seq === seq) return birth.id;
    if (this.machine.is_zero_pfn(pfn)) return this.labels.of('Z');
    const run = near ? this.runOf(pfn) : undefined;
    return run === undefined ? RAW_BASE + pfn : RUN_BASE + run.n * RUN + (pfn - run.pfn);
  }

  /** The frame of an identity; -1 when this lane has it no more, or never had. */
  pfn(identity: number): number {
    if (identity >= RAW_BASE) return identity - RAW_BASE;
    if (identity >= RUN_BASE) {
      const start = this.pfnOfLabel(Math.floor((identity - RUN_BASE) / RUN));
      return start < 0 ? -1 : start + ((identity - RUN_BASE) % RUN);
    }
    if (identity < this.labels.names.length) {
      const pfn = this.pfnOfLabel(identity);
      return pfn < 0 && this.labels.names[identity] === 'Z' ? this.machine.zero_pfn : pfn;
    }
    return this.table.born.get(identity) ?? -1;
  }

  private pfnOfLabel(n: number): number {
    const { pfns } = this.labelled;
    let pfn = pfns[n];
    if (pfn === undefined) {
      pfn = this.machine.pfnOf(this.labels.names[n]!) ?? -1;
      pfns[n] = pfn;
    }
    return pfn;
  }

  /** Which of the touched frames were allocated by this event, in that order; the identities it ended go to `gone`. */
  settle(touched: TouchLog, gathered: Gathered, gone: number[]): readonly Newborn[] {
    let newborn: Newborn[] | undefined;
    const { frames } = gathered;
    for (let i = 0; i < touched.frameCount; i++) {
      const pfn = frames[i * FRAME.size]!;
      const seq = frames[i * FRAME.size + FRAME.seq]!;
      const known = this.table.births.get(pfn);
      if (known === undefined ? seq <= 0 : known.seq === seq) continue;
      if (known !== undefined) {
        this.own();
        this.table.births.delete(pfn);
        this.table.born.delete(known.id);
        gone.push(known.id);
      }
      if (seq > 0) {
        newborn ??= [];
        newborn.push({ pfn, seq });
      }
    }
    return newborn === undefined ? NO_PAGES : newborn.sort((x, y) => x.seq - y.seq);
  }

  /** None of the touched frames is allocated otherwise than it is known to be. */
  knowsAll(count: number, { frames }: Gathered): boolean {
    for (let at = 0; at < count * FRAME.size; at += FRAME.size) {
      const seq = frames[at + FRAME.seq]!;
      const known = this.table.births.get(frames[at]!);
      if (known === undefined ? seq > 0 : known.seq !== seq) return false;
    }
    return true;
  }

  /** The same frames, by the same identities, of a lane that goes on by itself. */
  fork(machine: Machine): FrameIdentities {
    this.table.kept = true;
    return new FrameIdentities(machine, this.labels, this);
  }

  /** What is known of births now, to go back to; copied before it changes. */
  mark(): Births {
    this.table.kept = true;
    return this.table;
  }

  back(births: Births): void {
    this.table = births;
  }

  /** Both know the same births, in one table. */
  sharesBirths(other: FrameIdentities): boolean {
    return this.table === other.table;
  }

  /** A frame of the one is that of the same number of the other, as long as both had the same events. */
  sameAs(other: FrameIdentities): boolean {
    return this.table === other.table && this.labelled === other.labelled;
  }

  /** From now on the births of both are in one table: they are the same, and events change them alike. */
  shareBirths(other: FrameIdentities): void {
    this.table = other.table;
  }

  /** From now on a table of its own, with what is known so far. */
  partBirths(): void {
    this.table = this.table.copy();
  }

  /** A page is known by `id` from now on. */
  name(pfn: number, seq: number, id: number): void {
    this.own();
    this.table.births.set(pfn, { seq, id });
    this.table.born.set(id, pfn);
  }

  /** Before a change: most lanes that are forked play one event, and it allocates nothing. */
  private own(): void {
    if (this.table.kept) this.partBirths();
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

/** It is that of a label or of a page that an event allocated, and not a number, or a distance to a label. */
export function isOneFrame(identity: number): boolean {
  return identity < RUN_BASE;
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
