// SPDX-License-Identifier: GPL-2.0-or-later
/** A and F labels: pages of the allocator, named in order of first appearance, as the harness does. */
import { F, type Kernel, PG } from '@specialbit/core/kernel';

const MAX_LABELS = 256;

/** A label and its page. */
export interface LabelSlot {
  readonly pfn: number;
  readonly kind: 'A' | 'F';
  readonly label: string;
  readonly mapping: number;
  /** The dump that is being made has shown it. */
  seen: boolean;
  /** The page still has this label. */
  live: boolean;
}

/** The numbers that the next new labels get. */
export interface NextLabels {
  readonly A: number;
  readonly F: number;
  readonly T?: number;
  readonly S?: number;
}

/** Labels that a laboratory gives pages of the allocator. */
export interface LabelTable {
  /** The label of a page; `create` gives an unknown one a label, otherwise it is `?`. */
  of(pfn: number, create: boolean): string;
  readonly next: NextLabels;
  /** The frame of a page that has a label; undefined where none has it. */
  pfnOf(label: string): number | undefined;
  /** A copy to try things on. */
  clone(): LabelTable;
  /** Pages were moved to other frames. */
  moved(moves: ReadonlyMap<number, number>): void;
  /** Before the dump: nothing was seen yet. */
  beginDump(): void;
  /** After it: labels of what is gone go. */
  retire(pinned: readonly number[]): void;
  /** Live labels, in the order of the harness's table. */
  forEach(visit: (label: string, pfn: number) => void): void;
}

export class Labels implements LabelTable {
  private readonly slots: (LabelSlot | undefined)[] = [];
  private readonly byPfn = new Map<number, LabelSlot>();
  private nextAnon = 0;
  private nextFile = 0;
  /** Told of each label of the table that is asked for. */
  asked: LabelSlot[] | null = null;
  /** Changes whenever a label comes or goes. */
  version = 0;

  constructor(private readonly k: Kernel) {}

  /** label_of(): `create` gives an unknown page a label. */
  of(pfn: number, create: boolean): string {
    const fixed = this.k.machine.labelOf(pfn);
    if (fixed !== undefined) return fixed;
    const known = this.byPfn.get(pfn);
    if (known !== undefined) {
      known.seen = true;
      if (this.asked !== null) this.asked.push(known);
      return known.label;
    }
    if (!create || !this.k.machine.pfn_valid(pfn)) return '?';
    let free = this.slots.indexOf(undefined);
    if (free < 0) free = this.slots.length;
    if (free >= MAX_LABELS) return '?';
    const anon = this.k.frames.test(pfn, PG.anon);
    const slot: LabelSlot = {
      pfn,
      kind: anon ? 'A' : 'F',
      label: anon ? `A${this.nextAnon++}` : `F${this.nextFile++}`,
      mapping: this.k.frames.get(pfn, F.mapping),
      seen: true,
      live: true,
    };
    this.version++;
    this.slots[free] = slot;
    this.byPfn.set(pfn, slot);
    if (this.asked !== null) this.asked.push(slot);
    return slot.label;
  }

  /** The page that has a label now. */
  pfnOf(label: string): number | undefined {
    return this.slots.find((slot) => slot?.label === label)?.pfn;
  }

  /** The labels that the next new pages get. */
  get next(): { readonly A: number; readonly F: number } {
    return { A: this.nextAnon, F: this.nextFile };
  }

  /** A copy to try things on. */
  clone(): Labels {
    const copy = new Labels(this.k);
    copy.nextAnon = this.nextAnon;
    copy.nextFile = this.nextFile;
    for (const [i, slot] of this.slots.entries()) {
      if (slot === undefined) continue;
      copy.slots[i] = { ...slot };
      copy.byPfn.set(slot.pfn, copy.slots[i]!);
    }
    return copy;
  }

  /** Pages were moved to other frames. */
  moved(moves: ReadonlyMap<number, number>): void {
    this.version++;
    this.byPfn.clear();
    for (const [i, slot] of this.slots.entries()) {
      if (slot === undefined) continue;
      const pfn = moves.get(slot.pfn) ?? slot.pfn;
      if (pfn !== slot.pfn) {
        slot.live = false;
        this.slots[i] = { ...slot, pfn, live: true };
      }
      this.byPfn.set(pfn, this.slots[i]!);
    }
  }

  /** Before the dump: nothing was seen yet. */
  beginDump(): void {
    for (const slot of this.slots) if (slot !== undefined) slot.seen = false;
  }

  /** labels_retire(): an anonymous page's label goes with its last PTE and pin, a file page's when it leaves its file. */
  retire(pinned: readonly number[]): void {
    for (const [i, slot] of this.slots.entries()) {
      if (slot === undefined) continue;
      const gone =
        slot.kind === 'A'
          ? !slot.seen && !pinned.includes(slot.pfn)
          : this.k.frames.get(slot.pfn, F.mapping) !== slot.mapping;
      if (gone) {
        this.version++;
        slot.live = false;
        this.slots[i] = undefined;
        this.byPfn.delete(slot.pfn);
      }
    }
  }

  /** Live labels, in the order of the harness's table. */
  forEach(visit: (label: string, pfn: number) => void): void {
    for (const slot of this.slots) if (slot !== undefined) visit(slot.label, slot.pfn);
  }
}
