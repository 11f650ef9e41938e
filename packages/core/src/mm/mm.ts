// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct mm_struct`: one address space. */

import type { PageTable } from './page-table.js';
import { type Range, VmaList } from './vma-list.js';
import type { VmaRecord } from './vma-record.js';

/** One address space as a world holds it. */
export interface ProcessState {
  readonly id: number;
  /** Ascending, disjoint. */
  readonly vmas: readonly VmaRecord[];
  /** Pages: MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES. */
  readonly rss: readonly number[];
  readonly locked_vm: number;
  /** Byte addresses (mm->start_brk, brk, start_stack), and the program's name; 0 and '' where a log says nothing. */
  readonly start_brk: number;
  readonly brk: number;
  readonly start_stack: number;
  readonly comm: string;
  readonly labels: Readonly<Record<string, number>>;
  readonly has_pinned: boolean;
}

/** `V`: the VMA, whose own file binds it. */
export class Mm<V extends Range> {
  private readonly list = new VmaList<V>();
  /** Hears of every VMA that changes, comes or goes, before or after it did. */
  touched: { vma(vma: V): void } | null = null;
  rss: number[] = [0, 0, 0, 0];
  locked_vm = 0;
  /** Byte addresses of the program's data segment and stack (mm->start_brk, brk, start_stack); 0 when not known. */
  start_brk = 0;
  brk = 0;
  start_stack = 0;
  /** The program, as its execve named it. */
  comm = '';
  labels: Record<string, number> = {};
  /** VMAs or labels changed since the last record. */
  dirty = true;
  /** The immutable record of the state at the last commit. */
  state: ProcessState | null = null;
  /** Memory of mm->flags MMF_HAS_PINNED: some page may be pinned. */
  has_pinned = false;

  /** `labels` for looking up, and which object that is. */
  private readonly labelled = new Map<string, number>();
  private labelledOf: Readonly<Record<string, number>> | null = null;

  constructor(
    readonly id: number,
    readonly pt: PageTable,
  ) {}

  /** Sorted by vm_start, disjoint: a copy, for who needs them all. */
  get vmas(): readonly V[] {
    return this.list.all;
  }

  set vmas(vmas: readonly V[]) {
    this.list.all = vmas;
  }

  /** find_vma(): the first VMA that ends above `vpn`. */
  find_vma(vpn: number): V | undefined {
    return this.list.find(vpn);
  }

  /** The VMA before that of `find_vma`, or the last one where that finds none. */
  vma_before(vpn: number): V | undefined {
    return this.list.before(vpn);
  }

  /** vma_lookup(): the VMA that contains `vpn`. */
  vma_lookup(vpn: number): V | undefined {
    const vma = this.list.find(vpn);
    return vma !== undefined && vma.vm_start <= vpn ? vma : undefined;
  }

  /** The VMA, if it is linked; a neighbour that a mapping remembers may be gone. */
  linked(vma: V | undefined): V | undefined {
    return vma !== undefined && this.list.includes(vma) ? vma : undefined;
  }

  /** The first virtual page number of the mapping that was labelled so; undefined for an unknown label. */
  startOf(label: string): number | undefined {
    if (this.labelledOf !== this.labels) {
      this.labelled.clear();
      for (const name of Object.keys(this.labels)) this.labelled.set(name, this.labels[name]!);
      this.labelledOf = this.labels;
    }
    return this.labelled.get(label);
  }

  /** Labels a mapping. What a world holds is copied first. */
  setLabel(label: string, vpn: number): void {
    const known = this.labelledOf === this.labels;
    if (this.state?.labels === this.labels) this.labels = { ...this.labels };
    Object.defineProperty(this.labels, label, { value: vpn, enumerable: true, configurable: true, writable: true });
    if (known) {
      this.labelled.set(label, vpn);
      this.labelledOf = this.labels;
    }
    this.dirty = true;
  }

  /** Links a VMA that overlaps none (vma_iter_store). */
  insert(vma: V): void {
    this.list.insert(vma);
    this.dirty = true;
    this.touched?.vma(vma);
  }

  /** Unlinks a VMA. */
  remove(vma: V): void {
    this.list.remove(vma);
    this.dirty = true;
    this.touched?.vma(vma);
  }
}
