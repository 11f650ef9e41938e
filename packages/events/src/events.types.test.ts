// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The events as types: what the compiler must accept and refuse. `npm run typecheck` is what runs these, and the
 * test itself sees that the codecs take what the types do.
 */
import { expect, expectTypeOf, it } from 'vitest';
import { decodeEvent, EVENT_CODECS, encodeEvent } from './codecs/event.js';
import type { DriverCall, EventType, FrameRef, LogEvent, LogHeader, Place } from './types.js';

/** The event with the least that it must have, for each type: a new type, or a new field that is needed, is missed here. */
type Least = { readonly [T in EventType]: FieldsOf<T> };
type FieldsOf<T, E = LogEvent> = E extends { readonly type: infer U } ? (T extends U ? Omit<E, 'type'> : never) : never;

const at: Place = { label: 'ring', page: 0 };
const frame: FrameRef = { label: 'P0' };
const mm = 0;

const LEAST: Least = {
  mmap: { mm, pages: 1, prot: 3, flags: 2, pgoff: 0 },
  'mmap.begin': { mm, pages: 1, prot: 3, flags: 2, pgoff: 0 },
  'mmap.end': { mm },
  munmap: { mm, at, pages: 1 },
  mprotect: { mm, at, pages: 1, prot: 1 },
  mremap: { mm, at, pages: 1, new_pages: 2, flags: 0 },
  madvise: { mm, at, pages: 1, advice: 'MADV_DONTNEED' },
  mlock: { mm, at, pages: 1 },
  munlock: { mm, at, pages: 1 },
  mseal: { mm, at, pages: 1 },
  uffdio_move: { mm, at, to: at, pages: 1, allow_src_holes: false },
  fork: { mm, child: 1 },
  exit: { mm },
  access: { mm, at, op: 'read' },
  prctl: { mm, option: 'PR_SET_MEMORY_MERGE', value: true },
  brk: { mm, brk: 0 },
  execve: { mm, start_brk: 0, start_stack: 0 },
  map_vma: { mm, at: { addr: 0x1000 }, pages: 1, vm_flags: 1 },
  vma_modify_flags: { mm, at, pages: 1, set: 1, clear: 0 },
  truncate: { file: 'tmp', pages: 0 },
  fwrite: { file: 'tmp', pgoff: 0, pages: 1, value: 1 },
  fpunch: { file: 'tmp', pgoff: 0, pages: 1 },
  tune: { key: 'enabled', value: 'always' },
  split_folio: { mm, at, order: 0 },
  shrink: { what: 'deferred' },
  vm_flags_mod: { mm, at, set: 0, clear: 0 },
  set_vm_pgoff: { mm, at, pgoff: 0 },
  set_vm_ops: { mm, at, ops: {} },
  remap_pfn_range: { mm, at, frame, pages: 1 },
  io_remap_pfn_range: { mm, at, frame, pages: 1 },
  vm_iomap_memory: { mm, at, frame, pages: 1 },
  vm_insert_page: { mm, at, frame, pages: 1 },
  vm_insert_pages: { mm, at, frame, pages: 1 },
  vm_map_pages: { mm, at, frame, pages: 1 },
  vm_map_pages_zero: { mm, at, frame, pages: 1 },
  vmf_insert_pfn: { mm, at, frame },
  vmf_insert_pfn_prot: { mm, at, frame },
  vmf_insert_pfn_pmd: { mm, at, frame, write: false },
  vmf_insert_pfn_pud: { mm, at, frame, write: false },
  vmf_insert_folio_pmd: { mm, at, frame, write: false },
  vmf_insert_mixed: { mm, at, frame, pfn_t: 'PFN_DEV' },
  vmf_insert_mixed_mkwrite: { mm, at, frame, pfn_t: 'PFN_DEV' },
  remap_vmalloc_range: { mm, at, frame, pages: 1, pgoff: 0, area: 'vmalloc_user' },
  remap_vmalloc_range_partial: { mm, at, frame, pages: 1, pgoff: 0, area: 'vmalloc_user' },
  dma_mmap_coherent: { mm, at, frame, pages: 1, via: 'direct' },
  dma_mmap_wc: { mm, at, frame, pages: 1, via: 'direct' },
  dma_mmap_pages: { mm, at, frame, pages: 1, via: 'direct' },
  pgprot_noncached: { mm, at },
  pgprot_writecombine: { mm, at },
  pgprot_device: { mm, at },
  vm_get_page_prot: { mm, at },
  set_vm_start: { mm, at },
  set_vm_end: { mm, at },
  zap_vma_ptes: { mm, at, pages: 1 },
  set_pte: { mm, at, frame, pages: 1, special: false, write: false },
  clear_pte: { mm, at, pages: 1 },
  unmap_mapping_range: { file: 'dev', pgoff: 0, pages: 1, even_cows: false },
  get_page: { frame },
  put_page: { frame },
  pin_user_pages: { mm, at, pages: 1, write: false, longterm: false, hold: false },
  pin_user_pages_fast: { mm, at, pages: 1, write: false, longterm: false, hold: false },
  get_user_pages: { mm, at, pages: 1, write: false, longterm: false, hold: false },
  get_user_pages_fast: { mm, at, pages: 1, write: false, longterm: false, hold: false },
  get_user_pages_fast_only: { mm, at, pages: 1, write: false, longterm: false, hold: false },
  unpin_user_pages: {},
  follow_pfnmap: { mm, at },
  access_process_vm: { mm, at, write: false },
  // and one member that says what must hold
  expect: { mm, quantifier: 'forall', ret: '0' },
  'thread.begin': { name: 'ioctl' },
  'thread.end': {},
};

it('every type has a codec, and every codec of an event a type', () => {
  const shorthands = new Set(['read', 'write', 'exec']);
  const codecs = [...EVENT_CODECS.keys()].filter((type) => !shorthands.has(type));
  expect(codecs.sort()).toEqual(Object.keys(LEAST).sort());
});

it.each(Object.entries(LEAST))('what the type of %s needs is what its codec needs', (type, fields) => {
  const event = { type, ...fields } as LogEvent;
  const again = decodeEvent(JSON.parse(JSON.stringify(encodeEvent(event))));
  expect(again).toMatchObject({ type });
  expect(encodeEvent(again)).toEqual(encodeEvent(event));
});

it('places and frames', () => {
  expectTypeOf<Place>().toEqualTypeOf<{ readonly label: string; readonly page: number } | { readonly addr: number }>();
  expectTypeOf<FrameRef>().toEqualTypeOf<{ readonly label: string } | { readonly pfn: number }>();
});

it('a driver’s call is an event without an address space', () => {
  expectTypeOf<DriverCall['type']>().toExtend<EventType>();
  expectTypeOf<DriverCall & { readonly mm: number }>().toExtend<LogEvent>();
});

it('the header must say the version of the format', () => {
  expectTypeOf<LogHeader['specialbit']>().toEqualTypeOf<1>();
  // @ts-expect-error a header without it is none
  const header: LogHeader = {};
  expect(header).toEqual({});
});

it('wrong events do not compile', () => {
  const wrong = (event: LogEvent): void => {
    // @ts-expect-error no such type
    wrong({ type: 'mumap', mm, at, pages: 1 });
    // @ts-expect-error no such advice
    wrong({ type: 'madvise', mm, at, pages: 1, advice: 'MADV_MAYBE' });
    // @ts-expect-error an access says what it does
    wrong({ type: 'access', mm, at });
    if (event.type === 'fork') {
      expectTypeOf(event.child).toEqualTypeOf<number>();
      // @ts-expect-error events are immutable
      event.child = 2;
    }
  };
  expectTypeOf(wrong).toBeFunction();
});
