// SPDX-License-Identifier: GPL-2.0-or-later
/** What an event touched in one lane: entries, frames, VMAs and counters, before and after. */
import {
  flagNames,
  hexAddress,
  LEVEL_NAMES,
  type Level,
  type LevelName,
  MM_COUNTER_NAMES,
  type PteView,
  pageFlagNames,
} from '@specialbit/core';
import {
  codecOf,
  describeEntry,
  describeFrame,
  F,
  frameLabel,
  type Kernel,
  PTE,
  type Vma,
  vm_flags_wide,
} from '@specialbit/core/kernel';
import { hex } from '../show/pte-text.js';
import { vmaLetters, vmaRange } from '../show/vma-text.js';

export interface PteChange {
  readonly mm: number;
  readonly level: LevelName;
  /** `ring[2]`, or the address. */
  readonly at: string;
  readonly address: string;
  readonly before: PteView;
  readonly after: PteView;
}

export interface FrameState {
  readonly count: number;
  readonly mapcount: number;
  readonly flags: readonly string[];
}

export interface FrameChange {
  readonly frame: string;
  readonly pfn: number;
  readonly before: FrameState;
  readonly after: FrameState;
}

export interface RssChange {
  readonly mm: number;
  readonly counter: string;
  readonly before: number;
  readonly after: number;
}

export interface VmaChange {
  readonly mm: number;
  /** Its label, or its range. */
  readonly vma: string;
  /** In words: `new, rw-s`, `gone`, `vm_flags +VM_PFNMAP`. */
  readonly what: readonly string[];
}

/** What an event changed in a lane. */
export interface Touched {
  readonly ptes: readonly PteChange[];
  readonly frames: readonly FrameChange[];
  readonly rss: readonly RssChange[];
  readonly vmas: readonly VmaChange[];
}

interface VmaState {
  readonly mm: number;
  readonly label: string;
  readonly range: string;
  readonly vm_start: number;
  readonly vm_end: number;
  readonly vm_flags: number;
  readonly vm_flags_hi: number;
  readonly vm_pgoff: number;
}

/** An entry as it was before the event. */
interface Entry {
  readonly mm: number;
  readonly level: Level;
  /** The first page that it maps. */
  readonly vpn: number;
  readonly lo: number;
  readonly hi: number;
  /** Its name then; a mapping that fails loses it. */
  readonly place: string | undefined;
  readonly before: PteView;
}

/** Listens to a kernel. `take` tells what was touched since the last `take`. */
export class TouchListener {
  private readonly entries = new Map<string, Entry>();
  private readonly pages = new Map<number, { state: FrameState; label: string }>();
  private readonly touchedVmas = new Map<number, Vma>();
  private readonly vmaStates = new Map<number, VmaState>();
  private readonly rss = new Map<number, number[]>();

  constructor(private readonly k: Kernel) {
    for (const mm of k.mms.values()) for (const vma of mm.vmas) this.vmaStates.set(vma.id, this.stateOf(vma));
    for (const { vma } of k.opened.values()) this.vmaStates.set(vma.id, this.stateOf(vma));
    for (const mm of k.mms.values()) this.rss.set(mm.id, [...mm.rss]);
  }

  entry(mm: number, level: Level, vpn: number, lo: number, hi: number): void {
    const key = `${mm} ${level} ${vpn}`;
    if (this.entries.has(key)) return;
    const space = this.k.mms.get(mm);
    const vma = space?.vma_lookup(vpn);
    // now, and not when all is over: frames that the event frees have lost their names by then
    const before = describeEntry(this.k, vma, vpn, level, { lo, hi });
    this.entries.set(key, { mm, level, vpn, lo, hi, place: space?.placeName(vpn), before });
  }

  frame(pfn: number, leaf: readonly number[], at: number): void {
    if (this.pages.has(pfn)) return;
    const state = frameState(leaf[at + F.count]!, leaf[at + F.mapcount]!, leaf[at + F.flags]!);
    this.pages.set(pfn, { state, label: frameLabel(this.k, pfn) });
  }

  vma(vma: Vma): void {
    this.touchedVmas.set(vma.id, vma);
  }

  /** Forgets what was touched since the last `take`. */
  clear(): void {
    this.entries.clear();
    this.pages.clear();
    this.touchedVmas.clear();
  }

  take(): Touched {
    const touched = { ptes: this.ptes(), frames: this.frames(), rss: this.counters(), vmas: this.vmas() };
    this.clear();
    return touched;
  }

  private ptes(): PteChange[] {
    const { k } = this;
    const changes: PteChange[] = [];
    const p = { lo: 0, hi: 0 };
    for (const { mm, level, vpn, lo, hi, place, before } of this.entries.values()) {
      const space = k.mms.get(mm);
      const now = k.vmaAt(mm, vpn);
      const { empty } = codecOf(k.arch, level)!;
      p.lo = empty.lo;
      p.hi = empty.hi;
      if (level === PTE) space?.pt.get(vpn, p);
      else space?.pt.getHuge(level, vpn, p);
      if (p.lo === lo && p.hi === hi) continue;
      const address = hexAddress(k.arch, vpn);
      const at = space?.placeName(vpn) ?? place ?? `0x${address}`;
      const after = describeEntry(k, now, vpn, level, p);
      changes.push({ mm, level: LEVEL_NAMES[level], at, address, before, after });
    }
    return changes;
  }

  /** The VMA that covered a page before the event; zapping comes after it is unlinked. */
  private formerVma(mm: number, vpn: number): VmaState | undefined {
    for (const vma of this.vmaStates.values()) {
      if (vma.mm === mm && vpn >= vma.vm_start && vpn < vma.vm_end) return vma;
    }
    return undefined;
  }

  private frames(): FrameChange[] {
    const { k } = this;
    const changes: FrameChange[] = [];
    for (const [pfn, { state: before, label }] of this.pages) {
      if (!k.machine.pfn_valid(pfn)) continue;
      const { count, mapcount, flags } = describeFrame(k, pfn);
      const after = { count, mapcount, flags };
      if (before.count === count && before.mapcount === mapcount) continue;
      const now = frameLabel(k, pfn);
      changes.push({ frame: now.startsWith('pfn:') ? label : now, pfn, before, after });
    }
    return changes;
  }

  private counters(): RssChange[] {
    const changes: RssChange[] = [];
    for (const mm of this.k.mms.values()) {
      const old = this.rss.get(mm.id) ?? mm.rss.map(() => 0);
      for (const [i, after] of mm.rss.entries()) {
        const before = old[i]!;
        if (before !== after) changes.push({ mm: mm.id, counter: MM_COUNTER_NAMES[i]!, before, after });
      }
      this.rss.set(mm.id, [...mm.rss]);
    }
    return changes;
  }

  private stateOf(vma: Vma): VmaState {
    const { vm_start, vm_end, vm_flags, vm_flags_hi, vm_pgoff, mm } = vma;
    const label = mm.placeName(vm_start)?.replace(/\[0\]$/, '') ?? `0x${hexAddress(this.k.arch, vm_start)}`;
    return { mm: mm.id, label, range: vmaRange(this.k, vma), vm_start, vm_end, vm_flags, vm_flags_hi, vm_pgoff };
  }

  /** A VMA that is gone, as it was when it went, cut before or not: it was unmapped, or another one grew over it. */
  private unmapped(old: VmaState, vma: Vma): VmaChange {
    const { k } = this;
    const { vm_start, vm_end } = vma;
    const range = vmaRange(k, vma);
    const over = k.mms.get(old.mm)?.vma_lookup(vm_start);
    const grown = over === undefined || over.vm_end < vm_end ? undefined : this.vmaStates.get(over.id);
    const named = k.out.merges.some(({ mm, start, end }) => mm === old.mm && start === vm_start && end === vm_end);
    // what is mapped over something else may merge as well
    const merged = grown !== undefined && (named || k.out.mapped < 0);
    const what = [merged ? `${range} merged into ${grown.label}` : `unmapped from ${range}`];
    return { mm: old.mm, vma: this.labelWithin(old, vm_start), what };
  }

  /** What a page of a VMA was called: `ring[2]` where it began with `ring`. */
  private labelWithin({ label, vm_start }: VmaState, vpn: number): string {
    if (vpn === vm_start) return label;
    const [, name, page] = /^(.*?)(?:\[(\d+)\])?$/.exec(label)!;
    return label.startsWith('0x')
      ? `0x${hexAddress(this.k.arch, vpn)}`
      : `${name}[${Number(page ?? 0) + vpn - vm_start}]`;
  }

  private vmas(): VmaChange[] {
    const { k } = this;
    const changes: VmaChange[] = [];
    const states: [number, VmaState][] = [];
    const gone: number[] = [];
    for (const [id, vma] of this.touchedVmas) {
      const old = this.vmaStates.get(id);
      const space = k.mms.get(vma.mm.id);
      const live = space?.vmas.includes(vma) === true || k.opened.get(vma.mm.id)?.vma === vma;
      if (!live) {
        gone.push(id);
        if (old !== undefined) changes.push(this.unmapped(old, vma));
        continue;
      }
      const now = this.stateOf(vma);
      const made = k.out.mapped === now.vm_start;
      const from = old ?? (made ? undefined : this.formerVma(now.mm, now.vm_start));
      const what = old !== undefined ? changedVma(k, old, now) : newVma(now, from);
      states.push([id, now]);
      if (what.length > 0) changes.push({ mm: now.mm, vma: now.label, what });
    }
    for (const id of gone) this.vmaStates.delete(id);
    for (const [id, state] of states) this.vmaStates.set(id, state);
    return changes;
  }
}

function frameState(count: number, mapcount: number, flags: number): FrameState {
  return { count, mapcount, flags: pageFlagNames(flags) };
}

function newVma(vma: VmaState, from: VmaState | undefined): string[] {
  const how = from === undefined ? 'mapped at' : 'split off as';
  return [`${how} ${vma.range} ${vmaLetters(vma.vm_flags)}`];
}

function changedVma(k: Kernel, old: VmaState, now: VmaState): string[] {
  const what: string[] = [];
  if (old.range !== now.range) what.push(`${old.range} -> ${now.range}`);
  if (old.vm_flags !== now.vm_flags || old.vm_flags_hi !== now.vm_flags_hi) {
    const set = flagNames(vm_flags_wide(now.vm_flags & ~old.vm_flags, now.vm_flags_hi & ~old.vm_flags_hi), k);
    const cleared = flagNames(vm_flags_wide(old.vm_flags & ~now.vm_flags, old.vm_flags_hi & ~now.vm_flags_hi), k);
    what.push(['vm_flags', ...(set === '' ? [] : [`+${set}`]), ...(cleared === '' ? [] : [`-${cleared}`])].join(' '));
  }
  if (old.vm_pgoff !== now.vm_pgoff) what.push(`vm_pgoff ${hex(old.vm_pgoff)} -> ${hex(now.vm_pgoff)}`);
  return what;
}
