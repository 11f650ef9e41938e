// SPDX-License-Identifier: GPL-2.0-or-later
/** The state of one lane after a prefix of a log: immutable, sharing structure with its neighbours. */

import type { MmapAction } from '../kernel/base/opened-mmap.js';
import type { FrameRoot } from '../machine/frame-table.js';
import type { ClusterReadahead } from '../machine/swap-device.js';
import type { AddressSpaceRecord } from '../mm/address-space.js';
import type { AnonVmaRecord } from '../mm/anon-vma.js';
import type { ProcessState } from '../mm/mm.js';
import type { PageTableRoot } from '../mm/page-table.js';
import type { VmaRecord } from '../mm/vma-record.js';

/** A mapping whose `->mmap` still runs. */
export interface OpenedState {
  readonly vma: VmaRecord;
  readonly prev: number;
  readonly next: number;
  readonly vm_flags: number;
  readonly populate: boolean;
  /** Actions of `->mmap_prepare`, to be carried out at the end; undefined for `->mmap`. */
  readonly actions: readonly MmapAction[] | undefined;
  readonly label: string | undefined;
}

export interface SwapState {
  readonly next: number;
  readonly cluster: ClusterReadahead;
  readonly slots: Readonly<
    Record<
      number,
      { readonly count: number; readonly cache: number; readonly content: number; readonly shadow: boolean }
    >
  >;
}

/** The human-sized part of a world; produced with immer, once per batch of events. */
export interface CoarseState {
  readonly processes: Readonly<Record<number, ProcessState>>;
  readonly files: Readonly<Record<string, AddressSpaceRecord>>;
  readonly anon_vmas: Readonly<Record<number, AnonVmaRecord>>;
  readonly opened: Readonly<Record<number, OpenedState>>;
  readonly swap: SwapState;
  /** pfns pinned, oldest first. */
  readonly pins: readonly number[];
  readonly nextId: number;
  readonly allocator: { readonly next: number; readonly count: number };
}

export interface World {
  readonly coarse: CoarseState;
  /** mm id -> page table. */
  readonly pageTables: ReadonlyMap<number, PageTableRoot>;
  readonly frames: FrameRoot;
}
