// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which lock an event takes for as long as it runs (include/linux/mmap_lock.h). Others need not be known: what is one step
 * is atomic, and only what was opened (an `mmap`, a fault, populating) holds its lock from one step to another.
 */
import { type Advice, type HeldLock, INSERTING_CALLS, type LogEvent } from '@specialbit/events';

export interface MmapLock {
  readonly mm: number;
  readonly mode: 'read' | 'write';
}

/** madvise_lock() (mm/madvise.c): these change no VMA. */
const READS: ReadonlySet<Advice> = new Set<Advice>([
  'MADV_REMOVE',
  'MADV_WILLNEED',
  'MADV_COLD',
  'MADV_PAGEOUT',
  'MADV_FREE',
  'MADV_DONTNEED',
  'MADV_DONTNEED_LOCKED',
  'MADV_POPULATE_READ',
  'MADV_POPULATE_WRITE',
  'MADV_COLLAPSE',
]);

/** Needs no mmap_lock: the reverse map finds VMAs under the file's i_mmap_rwsem; fast GUP takes no lock at all. */
const NONE: ReadonlySet<LogEvent['type']> = new Set<LogEvent['type']>([
  'unmap_mapping_range',
  'truncate',
  'get_page',
  'put_page',
  'unpin_user_pages',
  'pin_user_pages_fast',
  'get_user_pages_fast',
  'get_user_pages_fast_only',
]);

/** Calls that read the VMAs, and change entries at most. What a driver calls needs the lock at least for reading. */
const READING: ReadonlySet<LogEvent['type']> = new Set<LogEvent['type']>([
  'access',
  'access_process_vm',
  'pin_user_pages',
  'get_user_pages',
  'follow_pfnmap',
  'uffdio_move',
  ...INSERTING_CALLS,
  'zap_vma_ptes',
  'set_pte',
  'clear_pte',
]);

/** The mmap_lock that an event needs; undefined: it takes none. */
export function mmapLockOf(event: LogEvent): MmapLock | undefined {
  if (!('mm' in event) || NONE.has(event.type)) return undefined;
  const { mm, mmap_lock: held } = event as { readonly mm: number; readonly mmap_lock?: HeldLock };
  if (held !== undefined) return held === 'none' ? undefined : { mm, mode: 'read' };
  if (event.type === 'madvise') return { mm, mode: READS.has(event.advice) ? 'read' : 'write' };
  return { mm, mode: READING.has(event.type) ? 'read' : 'write' };
}

/** One of two events that an address space's lock keeps apart, whatever they touch. */
export function excludes(a: MmapLock | undefined, b: MmapLock | undefined): boolean {
  return a !== undefined && b !== undefined && a.mm === b.mm && (a.mode === 'write' || b.mode === 'write');
}
