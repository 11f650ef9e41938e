// SPDX-License-Identifier: GPL-2.0-or-later
/** The human-sized part of a world as one plain object: for looking at, at the cost of all of it. */

import type { MemtypeState } from '../machine/memtypes.js';
import type { ClusterReadahead, SwapSlotRecord } from '../machine/swap-device.js';
import type { FileKind } from '../mm/address-space.js';
import type { AnonVmaRecord } from '../mm/anon-vma.js';
import type { MmFields } from '../mm/mm.js';
import { type SlotsRoot, slotEntries } from '../mm/slots.js';
import type { VmaRecord } from '../mm/vma-record.js';
import type { OpenedState, World } from './world.js';
import { processesOf, vmasOf } from './world.js';

export interface CoarseProcess extends MmFields {
  readonly id: number;
  /** Ascending, disjoint. */
  readonly vmas: readonly VmaRecord[];
  /** Pages: MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES. */
  readonly rss: readonly number[];
  readonly labels: Readonly<Record<string, number>>;
}

export interface CoarseFile {
  readonly id: number;
  readonly name: string;
  readonly kind: FileKind;
  readonly pages: number;
  readonly nameless: boolean;
  /** [index, pfn] */
  readonly page_cache: readonly (readonly [number, number])[];
  /** [index, swap offset] of pages that were paged out. */
  readonly swapped: readonly (readonly [number, number])[];
  /** VMA ids in i_mmap order. */
  readonly i_mmap: readonly number[];
}

export interface CoarseState {
  readonly processes: Readonly<Record<number, CoarseProcess>>;
  readonly files: Readonly<Record<string, CoarseFile>>;
  readonly anon_vmas: Readonly<Record<number, Omit<AnonVmaRecord, 'vmas'> & { readonly vmas: readonly number[] }>>;
  readonly opened: Readonly<Record<number, Omit<OpenedState, 'vma'> & { readonly vma: VmaRecord }>>;
  readonly swap: {
    readonly next: number;
    readonly cluster: ClusterReadahead;
    readonly slots: Readonly<Record<number, SwapSlotRecord>>;
  };
  /** pfns pinned, oldest first. */
  readonly pins: readonly number[];
  readonly memtypes: MemtypeState;
  readonly nextId: number;
  readonly allocator: { readonly next: number; readonly count: number };
}

/** Processes, files and the rest of a world, without its page tables and frames. */
export function coarseOf(world: World): CoarseState {
  const vmas = new Map(slotEntries(world.vmas));
  return {
    processes: Object.fromEntries(
      processesOf(world).map((state) => [
        state.id,
        { id: state.id, ...state.fields, vmas: vmasOf(state), rss: state.rss, labels: state.labels.toObject() },
      ]),
    ),
    files: Object.fromEntries(
      slotEntries(world.files).map(([, file]) => [
        file.name,
        {
          ...file,
          page_cache: slotEntries(file.page_cache),
          swapped: slotEntries(file.swapped),
          i_mmap: [...file.i_mmap],
        },
      ]),
    ),
    anon_vmas: record(world.anon_vmas, (anon_vma) => ({ ...anon_vma, vmas: [...anon_vma.vmas] })),
    opened: Object.fromEntries([...world.opened].map(([mm, open]) => [mm, { ...open, vma: vmas.get(open.vma)! }])),
    swap: { ...world.swap, slots: record(world.swap.slots, (slot) => slot) },
    memtypes: world.memtypes,
    pins: slotEntries(world.pins).map(([, pfn]) => pfn),
    nextId: world.nextId,
    allocator: world.allocator,
  };
}

function record<V, T>(root: SlotsRoot<V>, view: (value: V) => T): Record<number, T> {
  return Object.fromEntries(slotEntries(root).map(([key, value]) => [key, view(value)]));
}
