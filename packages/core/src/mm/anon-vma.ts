// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct anon_vma`: who may map the anonymous pages that were born under it (mm/rmap.c). */

export interface AnonVmaRecord {
  readonly id: number;
  readonly root: number;
  readonly parent: number;
  readonly num_children: number;
  readonly num_active_vmas: number;
  /** Ids of the VMAs of its interval tree, oldest first. */
  readonly vmas: readonly number[];
}

/** `V`: the VMA, whose own file binds it. */
export class AnonVma<V> {
  root: AnonVma<V>;
  parent: AnonVma<V>;
  num_children = 0;
  num_active_vmas = 0;
  /** The VMAs linked to it by an anon_vma_chain. */
  vmas: V[] = [];
  record: AnonVmaRecord | null = null;

  constructor(readonly id: number) {
    this.root = this;
    this.parent = this;
  }
}
