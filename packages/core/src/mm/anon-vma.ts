// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct anon_vma`: who may map the anonymous pages that were born under it (mm/rmap.c). */
import { IdList } from './id-list.js';
import type { Journal } from './journal.js';

export interface AnonVmaRecord {
  readonly id: number;
  readonly root: number;
  readonly parent: number;
  readonly num_children: number;
  readonly num_active_vmas: number;
  /** Ids of the VMAs of its interval tree, oldest first. */
  readonly vmas: IdList;
}

/** What an anon_vma tells of its changes, before they happen. */
export interface AnonVmaLinks {
  readonly journal: Journal;
  touchAnonVma(anon_vma: AnonVma): void;
}

export class AnonVma {
  /** The anon_vma at the top of its tree, and the one above it: by their ids. */
  private rootId: number;
  private parentId: number;
  private children = 0;
  private active = 0;
  private ids = IdList.empty;
  record: AnonVmaRecord | null = null;

  constructor(
    readonly id: number,
    private readonly links: AnonVmaLinks,
  ) {
    this.rootId = id;
    this.parentId = id;
  }

  static open(record: AnonVmaRecord, links: AnonVmaLinks): AnonVma {
    const anon_vma = new AnonVma(record.id, links);
    anon_vma.rootId = record.root;
    anon_vma.parentId = record.parent;
    anon_vma.children = record.num_children;
    anon_vma.active = record.num_active_vmas;
    anon_vma.ids = record.vmas;
    anon_vma.record = record;
    return anon_vma;
  }

  get root(): number {
    return this.rootId;
  }
  set root(v: number) {
    this.changes('rootId', this.rootId);
    this.rootId = v;
  }
  get parent(): number {
    return this.parentId;
  }
  set parent(v: number) {
    this.changes('parentId', this.parentId);
    this.parentId = v;
  }
  get num_children(): number {
    return this.children;
  }
  set num_children(v: number) {
    this.changes('children', this.children);
    this.children = v;
  }
  get num_active_vmas(): number {
    return this.active;
  }
  set num_active_vmas(v: number) {
    this.changes('active', this.active);
    this.active = v;
  }
  /** The VMAs linked to it by an anon_vma_chain, by their ids, oldest first. */
  get vmas(): IdList {
    return this.ids;
  }
  set vmas(v: IdList) {
    this.changes('ids', this.ids);
    this.ids = v;
  }

  private changes(field: string, old: unknown): void {
    const { journal } = this.links;
    if (journal.on) journal.field(this, field, old);
    if (this.record !== null) this.links.touchAnonVma(this);
  }

  toRecord(): AnonVmaRecord {
    return {
      id: this.id,
      root: this.rootId,
      parent: this.parentId,
      num_children: this.children,
      num_active_vmas: this.active,
      vmas: this.ids,
    };
  }
}
