// SPDX-License-Identifier: GPL-2.0-or-later
/** The rows of one lane: what each event changed, by hearing of every write, and at the end every entry that maps something. */
import {
  createWorld,
  flagNames,
  hexAddress,
  kernelOptions,
  type LaneOptions,
  LEVEL_NAMES,
  type Level,
  LogReferenceError,
  type Outcome,
  Player,
} from '@specialbit/core';
import {
  codecOf,
  describeEntry,
  describeFrame,
  entryPath,
  type Kernel,
  type Mm,
  PTE,
  type Vma,
  vm_flags_wide,
} from '@specialbit/core/kernel';
import { isStatement, type LogEvent } from '@specialbit/events';
import { eventText, laneName, type NumberedEvent, returnText, vmaLetters } from '@specialbit/view';
import type { Row, TableName } from './columns.js';

export type TableRow = readonly [TableName, Row];

/** Worlds that nobody asks for are made this often, so that the kernel forgets what is gone. */
const FORGETS_EVERY = 1 << 14;

interface Entry {
  readonly mm: number;
  readonly level: Level;
  readonly vpn: number;
  readonly lo: number;
  readonly hi: number;
  readonly place: string | undefined;
}

interface Page {
  readonly count: number;
  readonly mapcount: number;
  readonly flags: readonly string[];
  readonly label: string;
}

export class LaneTables {
  readonly name: string;
  /** What the last event names and this lane does not have. */
  lost: LogReferenceError | null = null;
  private readonly player: Player;
  private readonly entries = new Map<string, Entry>();
  private readonly pages = new Map<number, Page>();
  private readonly vmas = new Set<Vma>();
  /** VMAs whose driver's ->mmap runs: nobody is told of one that goes with it. */
  private readonly opened = new Set<Vma>();
  /** VMAs that there are, with what was told of each. */
  private readonly known = new Map<number, string>();
  private readonly rss = new Map<number, string>();

  constructor(lane: LaneOptions) {
    this.name = laneName(lane);
    const commits = { due: (position: number) => position % FORGETS_EVERY === 0, take: () => {} };
    this.player = new Player(kernelOptions(lane), createWorld(lane), { commits });
    const { kernel } = this.player;
    for (const mm of kernel.mms.values()) this.rss.set(mm.id, mm.rss.join());
    this.player.record({
      entry: (mm, level, vpn, lo, hi) => {
        const key = `${mm} ${level} ${vpn}`;
        if (!this.entries.has(key))
          this.entries.set(key, { mm, level, vpn, lo, hi, place: kernel.mms.get(mm)?.placeName(vpn) });
      },
      frame: (pfn) => {
        if (this.pages.has(pfn)) return;
        const { count, mapcount, flags, label } = describeFrame(kernel, pfn);
        this.pages.set(pfn, { count, mapcount, flags, label });
      },
      vma: (vma) => void this.vmas.add(vma),
      clear: () => this.clear(),
    });
  }

  /** Plays the event. */
  step({ number, line, event }: NumberedEvent): TableRow[] {
    this.lost = null;
    let outcome: Outcome | null = null;
    try {
      outcome = this.player.step(event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.lost = error;
    }
    const rows: TableRow[] = [['events', this.eventRow(number, line, event, outcome)]];
    // an event that killed the kernel was taken back
    if (outcome !== null && outcome.crash === null) {
      for (const row of this.entryRows(number)) rows.push(['entries', row]);
      for (const row of this.frameRows(number)) rows.push(['frames', row]);
      for (const row of this.vmaRows(number)) rows.push(['vmas', row]);
      for (const row of this.rssRows(number)) rows.push(['rss', row]);
    }
    this.clear();
    return rows;
  }

  /** Every entry that maps something, and what vm_normal_page() says of it; `number`: of the last event. */
  *decisions(number: number): Generator<TableRow, void, void> {
    const { kernel } = this.player;
    for (const mm of [...kernel.mms.values()].sort((a, b) => a.id - b.id)) {
      for (const vma of kernel.vmasOf(mm)) yield* this.decisionsOf(number, mm, vma);
    }
  }

  private *decisionsOf(number: number, mm: Mm, vma: Vma): Generator<TableRow, void, void> {
    const { kernel } = this.player;
    // a leaf at a time could be walked; what is at hand is a visitor, and an entry is three numbers
    const found: number[] = [];
    const p = { lo: 0, hi: 0 };
    mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn, level) => void found.push(vpn, level, p.lo, p.hi));
    for (let i = 0; i < found.length; i += 4) {
      const [vpn, level] = [found[i]!, found[i + 1]! as Level];
      p.lo = found[i + 2]!;
      p.hi = found[i + 3]!;
      const entry = describeEntry(kernel, vma, vpn, level, p);
      if (entry.decision === null) continue;
      const path = entryQuestions(kernel, vma, vpn, level, p);
      const frame = describeFrame(kernel, entry.pfn);
      const counts = frame.valid ? [frame.count, frame.mapcount] : [null, null];
      const row: Row = [
        ...[this.name, number, mm.id, ...this.place(mm, vpn, undefined), LEVEL_NAMES[level]],
        ...[entry.raw, entry.pfn, entry.frame!, vma.id, entry.decision, entry.verdict!],
        ...[path.text, path.where, path.path, ...counts],
      ];
      yield ['decisions', row];
    }
  }

  private clear(): void {
    this.entries.clear();
    this.pages.clear();
    this.vmas.clear();
  }

  private eventRow(number: number, line: number, event: LogEvent, outcome: Outcome | null): Row {
    const { kernel } = this.player;
    const head: Row = [this.name, number, line, event.type, 'mm' in event ? event.mm : null, eventText(event)];
    if (outcome === null) return [...head, null, null, null, null, null, null, '', '', 0, 0, 0, this.lost!.message];
    const { ret, signal, si_code, crash, reasons, messages, calls } = outcome;
    const statement = isStatement(event);
    return [
      ...head,
      ...(statement ? [null, null] : [returnText(kernel, event, outcome), ret]),
      ...[signal, signal === null ? null : si_code, crash?.kind ?? null, crash?.where ?? null],
      ...[reasons.join(','), messages.map(({ text }) => text).join('\n'), ...calls, null],
    ];
  }

  /** Address, page, and the name that it has or had. */
  private place(mm: Mm | undefined, vpn: number, had: string | undefined): [string, number, string] {
    const address = hexAddress(this.player.kernel.arch, vpn);
    return [address, vpn, mm?.placeName(vpn) ?? had ?? `0x${address}`];
  }

  private *entryRows(number: number): Generator<Row, void, void> {
    const { kernel } = this.player;
    const p = { lo: 0, hi: 0 };
    for (const { mm: id, level, vpn, lo, hi, place } of this.entries.values()) {
      const mm = kernel.mms.get(id);
      const vma = kernel.vmaAt(id, vpn);
      const { empty } = codecOf(kernel.arch, level)!;
      p.lo = empty.lo;
      p.hi = empty.hi;
      if (level === PTE) mm?.pt.get(vpn, p);
      else mm?.pt.getHuge(level, vpn, p);
      if (p.lo === lo && p.hi === hi) continue;
      const now = describeEntry(kernel, vma, vpn, level, p);
      p.lo = lo;
      p.hi = hi;
      const before = describeEntry(kernel, undefined, vpn, level, p).raw;
      yield [
        ...[
          this.name,
          number,
          id,
          ...this.place(mm, vpn, place),
          LEVEL_NAMES[level],
          now.pages,
          before,
          now.raw,
          now.kind,
        ],
        ...[now.kind === 'present' ? now.pfn : null, now.frame, now.write, now.dirty, now.young, now.special, now.user],
        ...[now.exec, now.swap?.type ?? null, now.swap?.offset ?? null, now.decision, now.verdict],
      ];
    }
  }

  private *frameRows(number: number): Generator<Row, void, void> {
    const { kernel } = this.player;
    for (const [pfn, before] of this.pages) {
      if (!kernel.machine.pfn_valid(pfn)) continue;
      const now = describeFrame(kernel, pfn);
      const same = before.count === now.count && before.mapcount === now.mapcount;
      if (same && before.flags.join() === now.flags.join()) continue;
      const label = now.label.startsWith('pfn:') ? before.label : now.label;
      yield [
        ...[this.name, number, pfn, label, before.count, now.count, before.mapcount, now.mapcount],
        ...[now.flags.join('|'), now.folio?.label ?? null],
      ];
    }
  }

  private *vmaRows(number: number): Generator<Row, void, void> {
    const { kernel } = this.player;
    for (const vma of this.opened) this.vmas.add(vma);
    for (const vma of this.vmas) {
      const { id, mm } = vma;
      const open = kernel.opened.get(mm.id)?.vma === vma;
      if (open) this.opened.add(vma);
      else this.opened.delete(vma);
      const live = open || kernel.mms.get(mm.id)?.vma_lookup(vma.vm_start) === vma;
      const before = this.known.get(id);
      if (!live && before === undefined) continue;
      const state = this.vmaState(vma, open);
      const told = JSON.stringify(state);
      if (live && before === told) continue;
      if (live) this.known.set(id, told);
      else this.known.delete(id);
      const change = live ? (before === undefined ? 'new' : 'changed') : 'gone';
      // what is gone as it was told of last, whatever was cut from it on the way
      yield [this.name, number, mm.id, id, change, ...(live ? state : (JSON.parse(before!) as Row))];
    }
  }

  private vmaState(vma: Vma, open: boolean): Row {
    const { kernel } = this.player;
    const { vm_start, vm_end, vm_flags, vm_flags_hi, vm_pgoff, mm } = vma;
    return [
      ...[mm.placeName(vm_start)?.replace(/\[0\]$/, '') ?? null, hexAddress(kernel.arch, vm_start)],
      ...[hexAddress(kernel.arch, vm_end), vm_end - vm_start, vmaLetters(vm_flags)],
      ...[flagNames(vm_flags_wide(vm_flags, vm_flags_hi), kernel), vm_pgoff, vma.vm_file?.name ?? null, open],
    ];
  }

  private *rssRows(number: number): Generator<Row, void, void> {
    const { mms } = this.player.kernel;
    for (const mm of mms.values()) {
      const { id } = mm;
      const now = mm.rss.join();
      if (this.rss.get(id) === now) continue;
      this.rss.set(id, now);
      yield [this.name, number, id, ...mm.rss, false];
    }
    for (const [id, last] of this.rss) {
      if (mms.has(id)) continue;
      this.rss.delete(id);
      yield [this.name, number, id, ...last.split(',').map(Number), true];
    }
  }
}

function entryQuestions(
  k: Kernel,
  vma: Vma,
  vpn: number,
  level: Level,
  p: { lo: number; hi: number },
): {
  readonly text: string;
  readonly where: string;
  readonly path: string;
} {
  const { text, where, steps } = entryPath(k, vma, vpn, level, p)!;
  return { text, where, path: steps.map(({ question, answer }) => `${question}? ${answer ? 'yes' : 'no'}`).join('; ') };
}
