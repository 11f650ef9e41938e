// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The objects of a running kernel by their numbers: mutable ones where somebody asked, immutable records in
 * a persistent tree for all others. Opening costs nothing, committing what was changed since.
 */
import type { Journal } from './journal.js';
import { Slots, type SlotsRoot } from './slots.js';

/** A mutable object, and the record of its present state: null when it changed since the last one. */
export interface Recorded<R> {
  readonly id: number;
  record: R | null;
}

/** Freezes what no one may change from now on, where that is asked for. */
export type Seal = (part: object) => void;

/** What makes objects of records, and back. */
export interface Recording<O, R> {
  open(record: R): O;
  /** `seal` is called for the parts that the record does not share with others. */
  close(object: O, seal: Seal): R;
  /** An object was made of its record. */
  made?(object: O): void;
  /** The object is no part of the next world, though nobody deleted it. */
  gone?(object: O): boolean;
  /** The object's record, new or as it was before, is about to be written down. */
  writes?(object: O): void;
}

/** One number's object before a change, for the way back. */
interface Before<O> {
  readonly id: number;
  readonly object: O | null;
  readonly size: number;
}

export class ObjectTable<O extends Recorded<R>, R> {
  size: number;
  private readonly slots: Slots<R>;
  /** Null: taken away since the last commit. */
  private readonly live = new Map<number, O | null>();
  /** Numbers whose record may not be what the tree holds. */
  private dirty: number[] = [];

  constructor(
    root: SlotsRoot<R>,
    private readonly journal: Journal,
    private readonly recording: Recording<O, R>,
  ) {
    this.slots = new Slots(root);
    this.size = root.size;
  }

  get(id: number): O | undefined {
    const object = this.live.get(id);
    if (object !== undefined) return object ?? undefined;
    const record = this.slots.get(id);
    return record === undefined ? undefined : this.reopen(id, record);
  }

  /** The object where there is one already, else its record: to be read, and nothing is made. */
  peek(id: number): O | R | undefined {
    const object = this.live.get(id);
    return object === undefined ? this.slots.get(id) : (object ?? undefined);
  }

  has(id: number): boolean {
    return this.peek(id) !== undefined;
  }

  set(id: number, object: O): this {
    const before = this.live.get(id) ?? null;
    this.put(id, object, before, this.size + (before === null ? 1 : 0));
    return this;
  }

  /** False: there is none. The object itself stays what it is, for who still holds it. */
  delete(id: number): boolean {
    const object = this.get(id);
    if (object === undefined) return false;
    this.put(id, null, object, this.size - 1);
    return true;
  }

  /** Called before an object changes: its record is no longer its state. */
  touch(object: O): void {
    if (object.record === null) return;
    if (this.journal.on) this.journal.field(object, 'record', object.record);
    object.record = null;
    this.dirty.push(object.id);
  }

  /** Ascending. */
  keys(): number[] {
    const { live } = this;
    const ids: number[] = [];
    for (const [id] of this.slots.entries()) if (!live.has(id)) ids.push(id);
    for (const [id, object] of live) if (object !== null) ids.push(id);
    return ids.sort((a, b) => a - b);
  }

  /** Ascending by number. */
  *values(): Generator<O, void, void> {
    for (const id of this.keys()) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }

  /** The objects that were made, in no particular order. */
  *opened(): Generator<O, void, void> {
    for (const object of this.live.values()) if (object !== null) yield object;
  }

  /** Writes down what changed. `seal` is called for each new record. */
  commit(seal: Seal): SlotsRoot<R> {
    const { journal, live, slots } = this;
    if (this.dirty.length > 0) {
      // what is written down in another state than a way back will leave it in
      const otherwise: number[] = [];
      for (const id of this.dirty) {
        const object = live.get(id);
        if (object === undefined) continue;
        if (object === null || this.recording.gone?.(object) === true) {
          if (!journal.on) live.delete(id);
          else if (object !== null) otherwise.push(id);
          slots.set(id, undefined);
          continue;
        }
        if (object.record === null && journal.on) otherwise.push(id);
        this.recording.writes?.(object);
        slots.set(id, this.recordOf(object, seal));
      }
      if (otherwise.length > 0) journal.step(redirty, this as ObjectTable<Recorded<unknown>, unknown>, otherwise);
      this.dirty = [];
    }
    return slots.commit();
  }

  private recordOf(object: O, seal: Seal): R {
    if (object.record === null) {
      if (this.journal.on) this.journal.field(object, 'record', null);
      object.record = this.recording.close(object, seal);
      seal(object.record as R & object);
    }
    return object.record;
  }

  private reopen(id: number, record: R): O {
    const object = this.recording.open(record);
    this.live.set(id, object);
    this.recording.made?.(object);
    return object;
  }

  private put(id: number, object: O | null, before: O | null, size: number): void {
    if (this.journal.on) {
      const old: Before<O> = { id, object: before, size: this.size };
      this.journal.step(putBack, this as unknown as ObjectTable<Recorded<unknown>, unknown>, old);
    }
    this.live.set(id, object);
    this.size = size;
    this.dirty.push(id);
  }

  /** For the journal. */
  putBack({ id, object, size }: Before<O>): void {
    this.live.set(id, object);
    this.size = size;
    this.dirty.push(id);
  }

  /** For the journal: what had changed before a commit that is taken back. */
  redirty(ids: readonly number[]): void {
    for (const id of ids) this.dirty.push(id);
  }
}

function putBack(table: ObjectTable<Recorded<unknown>, unknown>, before: Before<Recorded<unknown>>): void {
  table.putBack(before);
}

function redirty(table: ObjectTable<Recorded<unknown>, unknown>, ids: readonly number[]): void {
  table.redirty(ids);
}
