// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { ADVICE_NAMES } from '../names/mman.js';
import type { DriverCall, DriverOps, Expect, FaultHandler, FrameRef, LogEvent, LogHeader, Place } from '../types.js';

/** Arbitrary canonical values, for properties. */

/** Every key of `A` as an arbitrary; those that may be absent are made so by `optionalKeys`. */
type Shape<A> = { readonly [K in keyof A]-?: fc.Arbitrary<Exclude<A[K], undefined>> };

/** A record in which the keys named last may be absent. */
function object<A extends object>(shape: Shape<A>, ...optionalKeys: (keyof A)[]): fc.Arbitrary<A> {
  const requiredKeys = (Object.keys(shape) as (keyof A)[]).filter((key) => !optionalKeys.includes(key));
  return fc.record(shape, { requiredKeys, noNullPrototype: true }) as unknown as fc.Arbitrary<A>;
}

const count = fc.oneof(fc.nat(20), fc.nat(), fc.maxSafeNat());
const pfn = count;
const byte = fc.nat(255);
const bits = fc.oneof(fc.constant(0), fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }));
const frameLabel = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/).filter((label) => label !== '__proto__');
const label = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:/@-]{0,8}$/);
const fileName = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
const frame: fc.Arbitrary<FrameRef> = fc.oneof(fc.record({ label: frameLabel }), fc.record({ pfn }));
const addr = fc.nat(2 ** 31 - 1).map((page) => page * 4096);
const place: fc.Arbitrary<Place> = fc.oneof(fc.record({ label, page: count }), fc.record({ addr }));
const callPlace: fc.Arbitrary<Place> = fc.record({ label: fc.constant(''), page: count });
const mm = fc.nat(5);
const yes = fc.constant(true);
const bool = fc.boolean();
const one = <const T extends string>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const servingHandler = object<FaultHandler>(
  {
    do: one(
      'page',
      'vmf_insert_pfn',
      'vmf_insert_mixed',
      'vmf_insert_mixed_mkwrite',
      'vm_insert_page',
      'remap_pfn_range',
    ),
    frame,
    frames: count,
    guarded: yes,
    call: fc.constant([]),
  },
  'frames',
  'guarded',
  'call',
).map(({ call: _, ...rest }): FaultHandler => rest);
const callHandler: fc.Arbitrary<FaultHandler> = fc.record({
  do: fc.constant('call' as const),
  call: fc.array(fc.record({ type: fc.constant('vm_flags_mod' as const), at: callPlace, set: bits, clear: bits }), {
    maxLength: 2,
  }),
});
const handler = fc.oneof(servingHandler, callHandler, fc.constant<FaultHandler>({ do: 'sigbus' }));

const ops = object<DriverOps>(
  {
    fault: handler,
    huge_fault: fc.record({ frame, pmd: bool, pud: bool, write: bool }),
    access: yes,
    pfn_mkwrite: yes,
    page_mkwrite: yes,
    find_special_page: frame,
    close: yes,
    may_split: fc.constantFrom('EINVAL', 'EPERM'),
    get_unmapped_area: yes,
    anonymous: yes,
    secretmem: yes,
  },
  'fault',
  'huge_fault',
  'access',
  'pfn_mkwrite',
  'page_mkwrite',
  'find_special_page',
  'close',
  'may_split',
  'get_unmapped_area',
  'anonymous',
  'secretmem',
);

/** `rest`: what the event has beside the call's own fields. */
function driverCalls<R extends { readonly at: fc.Arbitrary<Place> }>(rest: R): fc.Arbitrary<DriverCall> {
  const run = { ...rest, frame, pages: count };
  const type = one;
  return fc.oneof<fc.Arbitrary<DriverCall>[]>(
    fc.record({ type: type('vm_flags_mod'), ...rest, set: bits, clear: bits }),
    fc.record({ type: type('set_vm_pgoff'), ...rest, pgoff: count }),
    fc.record({ type: type('set_vm_pgoff'), ...rest, pgoff: count, frame }),
    fc.record({ type: type('set_vm_pgoff'), ...rest, pgoff: count, self: yes }),
    fc.record({ type: type('remap_pfn_range', 'io_remap_pfn_range', 'vm_iomap_memory'), ...run }),
    fc.record({ type: type('remap_pfn_range', 'vm_iomap_memory'), ...run, fails_after: count }),
    fc.record({ type: type('vm_insert_page', 'vm_insert_pages', 'vm_map_pages', 'vm_map_pages_zero'), ...run }),
    fc.record({ type: type('vmf_insert_pfn', 'vmf_insert_pfn_prot'), ...rest, frame }),
    fc.record({ type: type('vmf_insert_pfn_prot'), ...rest, frame, prot: bits }),
    fc.record({
      type: type('vmf_insert_pfn_pmd', 'vmf_insert_pfn_pud', 'vmf_insert_folio_pmd'),
      ...rest,
      frame,
      write: bool,
    }),
    fc.record({
      type: type('vmf_insert_mixed', 'vmf_insert_mixed_mkwrite'),
      ...rest,
      frame,
      pfn_t: one('PFN_DEV', 'PFN_DEV|PFN_MAP', 'PFN_SPECIAL', 'none'),
    }),
    object(
      {
        type: type('remap_vmalloc_range_partial'),
        ...run,
        pgoff: count,
        size: count,
        area: one('vmalloc_user', 'dma_alloc_coherent', 'vmalloc'),
      },
      'size',
    ),
    fc.record({ type: type('remap_vmalloc_range'), ...run, pgoff: count, area: one('vmalloc_user', 'vmalloc') }),
    object(
      {
        type: type('dma_mmap_coherent', 'dma_mmap_wc', 'dma_mmap_pages'),
        ...run,
        coherent: bool,
        via: one('direct', 'iommu', 'iommu_pages', 'common'),
      },
      'coherent',
    ),
    fc.record({
      type: type(
        'pgprot_noncached',
        'pgprot_writecombine',
        'pgprot_device',
        'vm_get_page_prot',
        'set_vm_start',
        'set_vm_end',
      ),
      ...rest,
    }),
    fc.record({ type: type('zap_vma_ptes'), ...rest, pages: count }),
    fc.record({ type: type('set_pte'), ...run, special: bool, write: bool }),
    fc.record({ type: type('clear_pte'), ...rest, pages: count }),
  );
}

const mapping = { mm, at: place, pages: count };
const gup = { ...mapping, write: bool, longterm: bool, hold: bool };

/** Any event in canonical form. */
export const logEvent: fc.Arbitrary<LogEvent> = fc.oneof<fc.Arbitrary<LogEvent>[]>(
  object(
    {
      type: one('mmap', 'mmap.begin'),
      mm,
      label,
      at: place,
      pages: count,
      prot: bits,
      flags: fc.oneof(bits, fc.constant(1), fc.constant(0x22)),
      file: fileName,
      pgoff: count,
      file_readonly: yes,
      prepare: yes,
      mapped_at: place,
      ops,
      call: fc.array(driverCalls({ at: callPlace }), { maxLength: 3 }),
    },
    'label',
    'at',
    'file',
    'file_readonly',
    'prepare',
    'mapped_at',
    'ops',
    'call',
  ),
  object({ type: one('mmap.end'), mm, error: fc.stringMatching(/^E[A-Z0-9]{1,8}$/) }, 'error'),
  fc.record({ type: one('munmap'), ...mapping }),
  object({ type: one('mlock', 'munlock'), ...mapping, alloc: fc.array(pfn) }, 'alloc'),
  object({ type: one('mseal'), ...mapping }),
  fc.record({ type: one('uffdio_move'), ...mapping, to: place, allow_src_holes: bool }),
  fc.record({ type: one('mprotect'), ...mapping, prot: bits }),
  object(
    { type: one('mremap'), ...mapping, new_pages: count, flags: fc.nat(7), to: place, mapped_at: place, label },
    'to',
    'mapped_at',
    'label',
  ),
  fc.record({ type: one('madvise'), ...mapping, advice: one('unknown', ...ADVICE_NAMES) }),
  fc.record({ type: one('fork'), mm, child: mm }),
  fc.record({ type: one('exit'), mm }),
  object(
    { type: one('access'), mm, at: place, op: one('read', 'exec'), raced: yes, alloc: fc.array(pfn) },
    'raced',
    'alloc',
  ),
  object({ type: one('access'), mm, at: place, op: one('write'), value: byte, alloc: fc.array(pfn) }, 'value', 'alloc'),
  fc.record({ type: one('prctl'), mm, option: one('PR_SET_MEMORY_MERGE'), value: bool }),
  fc.record({ type: one('brk'), mm, brk: count }),
  object(
    { type: one('execve'), mm, start_brk: count, start_stack: count, brk: count, comm: fc.string() },
    'brk',
    'comm',
  ),
  object(
    {
      type: one('map_vma'),
      ...mapping,
      vm_flags: bits,
      label,
      file: fileName,
      pgoff: count,
      name: fc.string(),
      ops,
      anon_vma: count,
    },
    'label',
    'file',
    'pgoff',
    'name',
    'ops',
    'anon_vma',
  ),
  fc.record({ type: one('vma_modify_flags'), ...mapping, set: bits, clear: bits }),
  fc.record({ type: one('truncate'), file: fileName, pages: count }),
  fc.record({ type: one('fwrite'), file: fileName, pgoff: count, pages: count, value: byte }),
  fc.record({ type: one('fpunch'), file: fileName, pgoff: count, pages: count }),
  fc.record({
    type: one('tune'),
    key: one('enabled', 'hugepages-64kB/enabled', 'hugepages-pmd/shmem_enabled', 'khugepaged/max_ptes_none'),
    value: one('always', 'madvise', '1', 'nonsense'),
  }),
  fc.record({ type: one('split_folio'), mm, at: place, order: count }),
  object({ type: one('shrink'), what: one('deferred', 'huge_zero'), nr_to_scan: count }, 'nr_to_scan'),
  driverCalls({ mm, at: place }) as fc.Arbitrary<LogEvent>,
  fc.record({ type: one('unmap_mapping_range'), file: fileName, pgoff: count, pages: count, even_cows: bool }),
  fc.record({ type: one('get_page', 'put_page'), frame }),
  fc.record({ type: one('pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast_only'), ...gup }),
  fc.record({ type: one('set_vm_ops'), mm, at: place, ops }),
  fc.record({ type: one('unpin_user_pages') }),
  fc.record({ type: one('follow_pfnmap'), mm, at: place }),
  fc.record({ type: one('access_process_vm'), mm, at: place, write: fc.constant(false) }),
  object({ type: one('access_process_vm'), mm, at: place, write: yes, value: byte }, 'value'),
  fc.record({ type: one('thread.begin'), name: label }),
  fc.record({ type: one('thread.end') }),
  object<Expect>(
    {
      type: one('expect'),
      mm,
      on: fc.array(one('arm', 'arm|m68k@6.12', '!pte_special', 'feature:mmap_actions'), { minLength: 1 }),
      quantifier: one('forall', 'exists', '~exists'),
      event: count,
      ret: one('0', '-ENOMEM', '3', 'VM_FAULT_SIGBUS', 'mapped'),
      signal: one('SIGSEGV', 'SIGBUS', 'none'),
      crash: fc.string(),
      messages: fc.array(fc.string()),
      calls: fc.dictionary(one('fault', 'pfn_mkwrite'), count, { noNullPrototype: true }),
      reason: fc.string(),
      at: place,
      pte: one('none', 'swap', 'PW-YS', 'P????'),
      level: one('pte', 'pmd', 'pud'),
      normal: one('page', 'NULL', 'bad', '-'),
      raw: one('8000000008000227'),
      folio: fc.dictionary(one('order', 'mapcount', 'deferred'), count, { noNullPrototype: true }),
      kpagecount: count,
      mmap_exclusive: bool,
      smaps: fc.dictionary(one('Rss', 'Pss', 'Private'), count, { noNullPrototype: true }),
      maps: one('P0', 'A*'),
      vma: bool,
      pages: count,
      vm_flags: bits,
      no_vm_flags: bits,
      vm_pgoff: frame,
      frame,
      count: fc.integer(),
      mapcount: fc.integer(),
      rss: fc.dictionary(one('MM_FILEPAGES', 'MM_SWAPENTS'), fc.integer(), { noNullPrototype: true }),
    },
    'on',
    'event',
    'signal',
    'crash',
    'messages',
    'calls',
    'reason',
    'pte',
    'level',
    'normal',
    'raw',
    'folio',
    'kpagecount',
    'mmap_exclusive',
    'smaps',
    'maps',
    'vma',
    'pages',
    'vm_flags',
    'no_vm_flags',
    'vm_pgoff',
    'frame',
    'count',
    'mapcount',
    'rss',
  ),
);

const range = fc.tuple(fc.nat(), fc.integer({ min: 1 })).map(([first, pages]) => [first, first + pages] as const);

/** Ranges made ascending by moving each behind the one before. */
const ram = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 })), { maxLength: 4 }).map((gaps) => {
  let end = 0;
  return gaps.map(([gap, pages]) => {
    const first = end + gap;
    end = first + pages;
    return [first, end] as const;
  });
});

const machine = object(
  {
    ram,
    highest_memmap_pfn: pfn,
    zero_pfn: pfn,
    zero_pages: fc.integer({ min: 0, max: 4096 }),
    frames: fc.dictionary(frameLabel, pfn, { noNullPrototype: true }),
    huge_zero_pfn: count,
    unbacked: fc.array(range, { maxLength: 2 }),
    zone_device: fc.array(range, { maxLength: 2 }),
    mtrr_writeback: fc.array(range, { maxLength: 2 }),
    memtypes: fc.dictionary(one('wb', 'wc', 'uc-', 'uc', 'wt'), fc.array(range, { maxLength: 2 }), {
      noNullPrototype: true,
    }),
  },
  'huge_zero_pfn',
  'unbacked',
  'zone_device',
  'mtrr_writeback',
  'memtypes',
);

const device = fc.record({ kind: one('device', 'shmem', 'file', 'hugetlbfs'), pages: count });
const withContent = fc.record({ kind: one('shmem'), pages: count, content: fc.array(byte, { maxLength: 4 }) });

/** Any header in canonical form. */
export const logHeader: fc.Arbitrary<LogHeader> = object<LogHeader>(
  {
    specialbit: fc.constant(1),
    title: fc.string(),
    description: fc.array(fc.string()),
    arch: fc.array(fc.string()),
    profile: fc.string(),
    config: fc.array(fc.string()),
    chosen: fc.array(fc.string()),
    files: fc.dictionary(fileName, fc.oneof(device, withContent), { noNullPrototype: true }),
    thp: fc.constantFrom<NonNullable<LogHeader['thp']>>(
      {},
      { enabled: 'always' },
      { 'hugepages-64kB/enabled': 'inherit' },
    ),
    hugetlb: fc.constantFrom<NonNullable<LogHeader['hugetlb']>>(
      { nr_hugepages: '16' },
      { 'hugepages-pud/nr_hugepages': '1', nr_overcommit_hugepages: '0' },
    ),
    blocks: fc.constantFrom<NonNullable<LogHeader['blocks']>>(
      { C0: { order: 2, compound: true } },
      { G0: { order: 'pmd', device: true }, N1: { order: 3 } },
    ),
    machine: fc.dictionary(label, machine, { noNullPrototype: true, maxKeys: 3 }),
  },
  'title',
  'description',
  'arch',
  'profile',
  'config',
  'chosen',
  'files',
  'thp',
  'hugetlb',
  'blocks',
  'machine',
);
