// SPDX-License-Identifier: GPL-2.0-or-later
/** The 64 mappings of `driver-mix`: eight kinds, eight of each, 16 pages long. */
import type { DriverCall, FileSpec, LogEvent, Mmap, Remap } from '@specialbit/events';
import {
  frame,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  own,
  READ_WRITE,
  VM_IO,
  VM_MIXEDMAP,
  VM_PFNMAP,
} from './events.js';

export type SlotKind = 'anon' | 'shared' | 'private' | 'remap' | 'pfn' | 'insert' | 'mixed' | 'page';
const KINDS: readonly SlotKind[] = ['anon', 'shared', 'private', 'remap', 'pfn', 'insert', 'mixed', 'page'];

export const SLOT_PAGES = 16;
const PER_KIND = 8;

export interface Slot {
  readonly kind: SlotKind;
  readonly label: string;
  /** Number among those of its kind. */
  readonly index: number;
  /** Its first frame's number, for the kinds that have frames. */
  readonly first: number;
}

export const SLOTS: readonly Slot[] = Array.from({ length: KINDS.length * PER_KIND }, (_, i) => {
  const index = Math.floor(i / KINDS.length);
  return { kind: KINDS[i % KINDS.length]!, label: `m${i}`, index, first: index * SLOT_PAGES };
});

/** A remapped slot that vm_iomap_memory fills; fork does not copy it. */
export function isIomap(slot: Slot): boolean {
  return slot.kind === 'remap' && slot.index === PER_KIND - 1;
}

/** Letter of the frames that a slot maps. Half of the mixed ones have frames without struct page. */
export function frameLetter(slot: Slot): 'P' | 'D' {
  if (slot.kind === 'remap' || slot.kind === 'pfn') return 'D';
  return slot.kind === 'mixed' && slot.index % 2 === 1 ? 'D' : 'P';
}

export function fileOf(slot: Slot): string | undefined {
  if (slot.kind === 'anon') return undefined;
  return slot.kind === 'shared' || slot.kind === 'private' ? 'shm' : `dev-${slot.label}`;
}

/** Where a slot begins in its file. */
export function pgoffOf(slot: Slot): number {
  if (slot.kind === 'shared') return slot.first;
  return slot.kind === 'private' ? PER_KIND * SLOT_PAGES + slot.first : 0;
}

export const driverMixFiles: Readonly<Record<string, FileSpec>> = Object.fromEntries([
  ['shm', { kind: 'shmem', pages: 2 * PER_KIND * SLOT_PAGES }],
  ...SLOTS.map(fileOf)
    .filter((name) => name !== undefined && name !== 'shm')
    .map((name) => [name, { kind: 'device', pages: 0 }]),
]);

/** Maps a slot. */
export function* mapSlot(slot: Slot, mm: number): Generator<LogEvent, void> {
  yield mmapOf(slot, mm);
  const at = { label: slot.label, page: 0 };
  if (isIomap(slot)) yield { type: 'madvise', mm, at, pages: SLOT_PAGES, advice: 'MADV_DONTFORK' };
}

/** The mapping of a slot. Remaps come in halves: a whole one is tracked (VM_PAT on x86), and could not be forked after a zap. */
function mmapOf(slot: Slot, mm: number): LogEvent {
  const base = { type: 'mmap', mm, label: slot.label, pages: SLOT_PAGES, prot: READ_WRITE } as const;
  const start = frame(frameLetter(slot), slot.first);
  const device = (flags: number, more: Pick<Mmap, 'ops' | 'call'>): LogEvent => ({
    ...base,
    flags,
    file: fileOf(slot)!,
    pgoff: 0,
    ...more,
  });
  const flag = (set: number): DriverCall => ({ type: 'vm_flags_mod', at: own(0), set, clear: 0 });
  switch (slot.kind) {
    case 'anon':
      return { ...base, flags: MAP_PRIVATE | MAP_ANONYMOUS, pgoff: 0 };
    case 'shared':
      return { ...base, flags: MAP_SHARED, file: 'shm', pgoff: pgoffOf(slot) };
    case 'private':
      return { ...base, flags: MAP_PRIVATE, file: 'shm', pgoff: pgoffOf(slot) };
    case 'remap':
      if (isIomap(slot)) {
        return device(MAP_SHARED, { call: [{ type: 'vm_iomap_memory', at: own(0), frame: start, pages: SLOT_PAGES }] });
      }
      return device(MAP_SHARED, { call: [remapHalf(slot, 0), remapHalf(slot, 1)] });
    case 'pfn':
      return device(MAP_SHARED, {
        ops: { fault: { do: 'vmf_insert_pfn', frame: start }, ...(slot.index % 2 === 0 ? { pfn_mkwrite: true } : {}) },
        call: [flag(VM_PFNMAP | VM_IO)],
      });
    case 'insert':
      return device(MAP_SHARED, { call: [flag(VM_MIXEDMAP)] });
    case 'mixed':
      return device(MAP_PRIVATE, {
        ops: { fault: { do: 'vmf_insert_mixed', frame: start } },
        call: [flag(VM_MIXEDMAP)],
      });
    case 'page':
      return device(MAP_SHARED, { ops: { fault: { do: 'page', frame: start }, page_mkwrite: true } });
  }
}

/** The remap of one half of a slot, as `->mmap` does it. */
export function remapHalf(slot: Slot, half: 0 | 1): Remap {
  const pages = SLOT_PAGES / 2;
  return {
    type: half === 0 ? 'remap_pfn_range' : 'io_remap_pfn_range',
    at: own(half * pages),
    frame: frame('D', slot.first + half * pages),
    pages,
  };
}
