// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile, laneOf } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { findArchitecture, toEvent } from '@specialbit/transcripts';
import { expect, test } from 'vitest';
import { type CompiledLog, compileLog } from './compile-log.js';

const lanes = [...x86, ...nospecial];

function compile(events: readonly object[], arch = 'x86_64', kernel = '6.12', header: object = {}): CompiledLog {
  const lines = [{ specialbit: 1, files: { dev: 'device' }, ...header }, ...events];
  const log = parseLog(lines.map((line) => JSON.stringify(line)).join('\n'));
  const items = log.events.map((event, i) => ({ number: i + 1, event }));
  return compileLog(log.header, items, laneOf(log.header, findArchitecture(lanes, arch)!, findProfile(kernel)!));
}

/** Lines, with the position in the slot relative to the first one's. */
function texts({ lines }: CompiledLog): string[] {
  const first = Number(/ p=(\d+)/.exec(lines.map(({ text }) => text).join(' '))?.[1] ?? 0);
  return lines.map(({ text }) => text.replace(/ (p|top)=(\d+)/g, (_, key, p) => ` ${key}=${Number(p) - first}`));
}

const map = (label: string, more: object = {}): object => ({
  type: 'mmap',
  label,
  pages: 2,
  prot: 'rw',
  file: 'dev',
  ...more,
});

test('places become slots, frames those of the driver, calls within ->mmap its arguments', () => {
  const compiled = compile([
    map('bar', {
      flags: 'MAP_PRIVATE',
      pgoff: 4,
      ops: { fault: { do: 'vmf_insert_mixed', frame: 'P2', frames: 3 }, pfn_mkwrite: true },
      call: [
        { type: 'vm_flags_mod', set: 'VM_MIXEDMAP|VM_IO' },
        { type: 'vm_insert_page', at: '[1]', frame: 'P0' },
      ],
    }),
    { type: 'write', at: 'bar[1]', value: 7 },
    { type: 'fork', child: 1 },
    { type: 'read', mm: 1, at: 'bar' },
    { type: 'mprotect', at: 'bar', pages: 1, prot: 'r' },
    { type: 'expect', ret: 0 },
    { type: 'unmap_mapping_range', file: 'dev', pgoff: 4, pages: 2, even_cows: true },
  ]);
  expect(texts(compiled)).toEqual([
    'mmap mm=0 v=0 p=0 n=2 prot=rw share=p file=dev pgoff=4 fault=mixed:P2 frames=3 mkw=pfn pre=flags;p=0;set=MIXEDMAP|IO pre2=insert_page;p=1;frame=P0',
    'write mm=0 v=0 p=1 val=7',
    'fork mm=0 child=1',
    'read mm=1 v=0 p=0',
    'mprotect mm=0 v=0 p=0 n=1 prot=r',
    'unmap_range mm=0 pgoff=4 n=2 even=1',
  ]);
  expect(compiled.left).toEqual([]);
  expect(compiled.lines.map(({ events }) => events)).toEqual([[1], [2], [3], [4], [5], [7]]);
});

test('mappings that touch keep doing so, those that are far apart get slots of their own', () => {
  const at = (page: number): string => `0x${(0x40000000 + page * 4096).toString(16)}`;
  const anon = (page: number): object => ({
    type: 'mmap',
    at: at(page),
    pages: 2,
    prot: 'rw',
    flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED',
  });
  const compiled = compile([
    anon(0),
    anon(2),
    anon(5000),
    { type: 'mremap', at: at(2), pages: 2, new_pages: 2, to: at(5010) },
  ]);
  expect(texts(compiled)).toEqual([
    'mmap mm=0 v=0 p=0 n=2 prot=rw share=p file=anon',
    'mmap mm=0 v=0 p=2 n=2 prot=rw share=p file=anon',
    'mmap mm=0 v=1 p=904 n=2 prot=rw share=p file=anon',
    'mremap mm=0 v=0 p=2 n=2 newn=2 to=1 top=914',
  ]);
});

test('what happens between mmap.begin and mmap.end happens within ->mmap', () => {
  const race = [
    { type: 'mmap.begin', label: 'bar', pages: 2, prot: 'rw', file: 'dev' },
    { type: 'remap_pfn_range', at: 'bar', frame: 'D0', pages: 2 },
    { type: 'unmap_mapping_range', file: 'dev', pages: 2, even_cows: true },
    { type: 'mmap.end' },
  ];
  const compiled = compile(race);
  expect(texts(compiled)).toEqual([
    'mmap mm=0 v=0 p=0 n=2 prot=rw share=s file=dev pgoff=0 pre=remap;p=0;frame=D0;n=2 pre2=unmap_range;pgoff=0;n=2;even=1',
  ]);
  expect(compiled.lines[0]?.events).toEqual([1, 2, 3, 4]);
});

test('->mmap_prepare is asked for where there are actions', () => {
  const prepared = [map('bar', { prepare: true, call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] })];
  expect(texts(compile(prepared, 'x86_64', '7.3'))[0]).toContain('file=prep');
  expect(texts(compile(prepared, 'x86_64', '6.12'))[0]).toContain('file=dev');
});

test.each([
  [{ type: 'brk', brk: '0x1000' }, 'brk: no operation of the laboratory'],
  [{ type: 'vm_insert_page', at: 'bar', frame: 'P9' }, 'no such frame: P9'],
  [
    { type: 'remap_pfn_range', at: 'bar', frame: 'D12', pages: 8 },
    '8 frames from D12 on: the laboratory has D0 to D15',
  ],
  [{ type: 'vm_flags_mod', at: 'bar', set: 'VM_HUGETLB' }, 'the driver changes VM_PFNMAP'],
  [{ type: 'access', op: 'exec', at: 'bar' }, 'does not run code'],
  [{ type: 'set_pte', at: 'bar', raw: 'x86_64:0x227' }, 'a raw entry'],
  [{ type: 'fork', child: 7 }, 'address space 7'],
  [{ type: 'mmap', pages: 1, prot: 'r', flags: 'MAP_SHARED|MAP_ANONYMOUS' }, 'shared anonymous memory'],
  [{ type: 'munmap', at: 'nowhere', pages: 1 }, 'nowhere'],
])('%j is named', (event, why) => {
  const { left } = compile([map('bar'), event]);
  expect(left).toHaveLength(1);
  expect(left[0]).toMatchObject({ number: 2 });
  expect(left[0]!.why).toContain(why);
});

test('a frame without a reference is not inserted: the harness would hold it', () => {
  const { left } = compile([
    map('bar'),
    { type: 'put_page', frame: 'P0' },
    { type: 'vm_insert_page', at: 'bar', frame: 'P0' },
  ]);
  expect(left.map(({ number, why }) => [number, why])).toEqual([
    [3, "P0 has no reference left: the laboratory's frames are held by the harness as well"],
  ]);
});

test('a line is read by the transcripts as the event that it was', () => {
  const compiled = compile([
    map('bar', { ops: { fault: { do: 'page', frame: 'P0' } } }),
    { type: 'pin_user_pages', at: 'bar', write: true, hold: true },
  ]);
  const [name, ...words] = compiled.lines[1]!.text.split(' ');
  const op = Object.fromEntries(words.map((word) => word.split('=')).map(([key, value]) => [key, Number(value)]));
  expect(toEvent({ name: name!, ...op }, 0, 4096)).toMatchObject({
    type: 'pin_user_pages',
    pages: 1,
    write: true,
    hold: true,
    longterm: false,
  });
});

test('huge pages: settings of the header first, pools, their files, and what /proc is to say', () => {
  const anon = { type: 'mmap', prot: 'rw', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB' };
  const { lines, left } = compile(
    [
      { ...anon, label: 'a', pages: 512 },
      { type: 'mmap', label: 's', pages: 512, prot: 'rw', file: 'h', flags: 'MAP_SHARED|MAP_NORESERVE' },
      { ...anon, label: 'none', pages: 1024 },
      { type: 'expect', ret: '-ENOMEM' },
      { type: 'expect', at: 'a[3]', kpagecount: 0, smaps: { Private_Hugetlb: 0 } },
      { type: 'fpunch', file: 'h', pgoff: 0, pages: 512 },
      { type: 'truncate', file: 'h', pages: 512 },
      { type: 'tune', key: 'hugepages-pmd/nr_hugepages', value: 2 },
      { type: 'madvise', at: 'a', pages: 512, advice: 'MADV_HUGEPAGE' },
      { type: 'split_folio', at: 'a', order: 0 },
      { type: 'shrink', what: 'huge_zero' },
    ],
    'x86_64',
    '6.12',
    { files: { h: 'hugetlbfs', big: { kind: 'shmem', pages: 1536, huge: 'always' } }, thp: 'always', hugetlb: 2 },
  );
  expect(lines.map(({ text }) => text.replace(/ v=\d+ p=\d+/, ' @'))).toEqual([
    'tune mm=0 key=enabled val=always',
    'tune mm=0 key=nr_hugepages val=2',
    'ftrunc mm=0 file=huge0 n=0',
    'mmap mm=0 @ n=512 prot=rw share=p file=huge',
    'mmap mm=0 @ n=512 prot=rw share=s file=huge0 pgoff=0 noreserve=1',
    // there are too few pages for it, wherever it were to lie
    'mmap mm=0 @ n=1024 prot=rw share=p file=huge',
    'smaps mm=0 @',
    'pagemap mm=0 @',
    'fpunch mm=0 file=huge0 p=0 n=512',
    'ftrunc mm=0 file=huge0 n=512',
    'tune mm=0 key=hugepages-2048kB/nr_hugepages val=2',
    'madvise mm=0 @ n=512 adv=hugepage',
    'split mm=0 @ order=0',
    'shrink mm=0 what=zero',
  ]);
  expect(lines.map(({ events }) => events.length).slice(0, 4)).toEqual([0, 0, 0, 1]);
  expect(left).toEqual([]);
  // a lane without huge pages is asked nothing of /proc
  const small = [map('m'), { type: 'expect', at: 'm', kpagecount: 0 }];
  expect(compile(small).lines).toHaveLength(1);
});

test('what the laboratory has no huge pages for is said', () => {
  const { left } = compile(
    [
      { type: 'mmap', label: 'g', pages: 512, prot: 'rw', file: 'g' },
      { type: 'mmap', label: 'w', pages: 512, prot: 'rw', file: 'w' },
      { type: 'fwrite', file: 'w', pgoff: 0, pages: 1, value: 1 },
    ],
    'x86_64',
    '6.12',
    {
      files: { g: { kind: 'hugetlbfs', huge_page: 'pud' }, w: { kind: 'shmem', huge: 'within_size' } },
      thp: 'always',
      hugetlb: 1,
    },
  );
  expect(left.map(({ why }) => why)).toEqual([
    'pages of hugetlb that a PUD maps: no machine of the laboratory has them',
    'a file of tmpfs with huge=within_size: the laboratory has one empty file each of always, never and advise',
    'a file of tmpfs with huge=within_size: the laboratory has one empty file each of always, never and advise',
  ]);
});
