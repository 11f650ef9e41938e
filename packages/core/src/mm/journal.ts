// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a running kernel changed since a checkpoint, so that it can be taken back at the cost of what was
 * changed. Nothing is noted while no checkpoint is open. Everything that can change in a kernel tells the
 * journal before it does: entries and frames, which are written most, as numbers, everything else as a
 * field and its old value, or as a step that undoes what was done.
 */
import type { Level } from './level.js';

/** A page table as the journal needs it: puts an old entry back. */
export interface UndoTable {
  undo(level: Level | 3, vpn: number, lo: number, hi: number): void;
}

/** The frames as the journal needs them. */
export interface UndoFrames {
  undo(pfn: number, field: number, value: number): void;
}

/** How long the journal was when a checkpoint was opened. */
export interface JournalMark {
  /** How many checkpoints are open within which it is. */
  readonly within: number;
  readonly notes: number;
  readonly entries: number;
  readonly leaves: number;
  readonly frames: number;
}

type Undo<T, V> = (target: T, value: V) => void;

/** Fewer fields than this has a frame: so a field and its pfn are one number. */
const FIELDS = 16;
/** The memory for the first entry, made when there is one. */
const FIRST = 1 << 8;
const NO_DOUBLES = new Float64Array(0);
const NO_HALVES = new Int32Array(0);
/** What is longer after the last checkpoint has ended is given back. */
const LONG = 1 << 14;

export class Journal {
  /** Is a checkpoint open? What changes must be noted then. */
  on = false;
  /** Another number after each checkpoint and each end of one: who saves himself as a whole does so once for each. */
  stamp = 0;
  /** Another number after each way back: what was worked out from what was there is to be worked out again. */
  undone = 0;
  private open = 0;
  /** Triples: how to undo (a function, or the name of a field), on what, with which value. Behind `noted` they are old ones. */
  private notes: unknown[] = [];
  private noted = 0;
  private readonly tables: (UndoTable & { journalSlot: number })[] = [];
  private keys = NO_DOUBLES;
  /** Triples: the table and the level (4 * table + level, 3 for a leaf that came or went), and the entry's halves. */
  private raw = NO_HALVES;
  private entries = 0;
  /** Leaves of page tables that were replaced as a whole; an entry says where. */
  private readonly leaves: unknown[] = [];
  /** Pairs: FIELDS * pfn + field, and the value. */
  private values = NO_DOUBLES;
  private frames = 0;

  /** Opens a checkpoint within those that are open. */
  begin(): JournalMark {
    const within = this.open++;
    this.on = true;
    this.stamp++;
    const { noted, entries, leaves, frames } = this;
    return { within, notes: noted, entries, leaves: leaves.length, frames };
  }

  /** Was something changed since a checkpoint? */
  changedSince({ notes, entries, frames }: JournalMark): boolean {
    return this.noted > notes || this.entries > entries || this.frames > frames;
  }

  /** Ends a checkpoint and those within it; what was changed stays, and is the outer one's if there is one. */
  end({ within }: JournalMark): void {
    this.stamp++;
    this.open = within;
    if (within > 0) return;
    this.on = false;
    this.forget(0);
    if (this.tables.length > 0) this.tables.length = 0;
    if (this.leaves.length > 0) this.leaves.length = 0;
    this.entries = 0;
    this.frames = 0;
    if (this.keys.length > LONG) {
      this.keys = NO_DOUBLES;
      this.raw = NO_HALVES;
    }
    if (this.values.length > 2 * LONG) this.values = NO_DOUBLES;
  }

  /** Takes back everything since a checkpoint, the last first, and ends it. */
  rollback(mark: JournalMark, frames: UndoFrames): void {
    this.on = false;
    this.undone++;
    const { notes, tables, keys, raw, values } = this;
    for (let i = this.noted - 3; i >= mark.notes; i -= 3) {
      const undo = notes[i] as string | Undo<unknown, unknown>;
      const target = notes[i + 1] as Record<string, unknown>;
      if (typeof undo === 'string') target[undo] = notes[i + 2];
      else undo(target, notes[i + 2]);
    }
    this.forget(mark.notes);
    for (let i = this.entries - 1; i >= mark.entries; i--) {
      const of = raw[3 * i]!;
      tables[of >> 2]!.undo((of & 3) as Level | 3, keys[i]!, raw[3 * i + 1]!, raw[3 * i + 2]!);
    }
    this.entries = mark.entries;
    if (this.leaves.length > mark.leaves) this.leaves.length = mark.leaves;
    for (let i = this.frames - 1; i >= mark.frames; i--) {
      const field = values[2 * i]! % FIELDS;
      frames.undo((values[2 * i]! - field) / FIELDS, field, values[2 * i + 1]!);
    }
    this.frames = mark.frames;
    this.on = true;
    this.end(mark);
  }

  /** The field `name` of `target` is about to change; `old` is what it holds. */
  field(target: object, name: string, old: unknown): void {
    this.note(name, target, old);
  }

  /** `undo(target, value)` would take back what is done now. */
  step<T extends object, V>(undo: Undo<T, V>, target: T, value: V): void {
    this.note(undo, target, value);
  }

  /** An entry of a page table is about to change. */
  entry(table: UndoTable & { journalSlot: number }, level: Level | 3, vpn: number, lo: number, hi: number): void {
    const { tables } = this;
    if (tables[table.journalSlot] !== table) {
      table.journalSlot = tables.length;
      tables.push(table);
    }
    const n = this.entries++;
    if (n === this.keys.length) this.growEntries();
    this.keys[n] = vpn;
    const { raw } = this;
    raw[3 * n] = 4 * table.journalSlot + level;
    raw[3 * n + 1] = lo;
    raw[3 * n + 2] = hi;
  }

  /** A leaf of a page table is about to be replaced, from page `first` on; `kind` comes back to `undo` as `lo`. */
  leaf(table: UndoTable & { journalSlot: number }, kind: number, first: number, leaf: unknown): void {
    this.entry(table, 3, first, kind, this.leaves.length);
    this.leaves.push(leaf);
  }

  /** The leaf that `undo` gets as `hi`. */
  leafAt(n: number): unknown {
    return this.leaves[n];
  }

  /** A field of a frame is about to change. */
  frame(pfn: number, field: number, value: number): void {
    const n = this.frames++;
    if (2 * n === this.values.length) {
      const longer = new Float64Array(Math.max(4 * n, 2 * FIRST));
      longer.set(this.values);
      this.values = longer;
    }
    this.values[2 * n] = FIELDS * pfn + field;
    this.values[2 * n + 1] = value;
  }

  private note(undo: unknown, target: unknown, value: unknown): void {
    const { notes, noted } = this;
    notes[noted] = undo;
    notes[noted + 1] = target;
    notes[noted + 2] = value;
    this.noted = noted + 3;
  }

  /** Notes from `from` on are done with. Their memory stays for the next ones, but holds nothing alive. */
  private forget(from: number): void {
    const { notes, noted } = this;
    this.noted = from;
    if (noted > LONG) this.notes = notes.slice(0, from);
    else for (let i = from; i < noted; i++) notes[i] = undefined;
  }

  private growEntries(): void {
    const keys = new Float64Array(Math.max(2 * this.keys.length, FIRST));
    keys.set(this.keys);
    this.keys = keys;
    const raw = new Int32Array(3 * keys.length);
    raw.set(this.raw);
    this.raw = raw;
  }
}
