// SPDX-License-Identifier: GPL-2.0-or-later
/** `struct anon_vma`: who may map the anonymous pages that were born under it (mm/rmap.c). */
import type { Vma } from './vma.js';

export interface AnonVmaRecord {
  readonly id: number;
  readonly root: number;
  readonly parent: number;
  readonly num_children: number;
  readonly num_active_vmas: number;
  /** Ids of the VMAs of its interval tree, oldest first. */
  readonly vmas: readonly number[];
}

export class AnonVma {
  root: AnonVma;
  parent: AnonVma;
  num_children = 0;
  num_active_vmas = 0;
  /** The VMAs linked to it by an anon_vma_chain. */
  vmas: Vma[] = [];
  record: AnonVmaRecord | null = null;

  constructor(readonly id: number) {
    this.root = this;
    this.parent = this;
  }
}
