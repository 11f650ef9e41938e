// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld, DEFAULT_PROFILE, kernelOptions, laneOf, Player } from '@specialbit/core';
import { PMD } from '@specialbit/core/kernel';
import { formatEvent, formatLog, type LogEvent, parseLog } from '@specialbit/events';
import type { Imported, ImportOptions, TraceFormat } from '@specialbit/importers';
import { importTraces } from '@specialbit/importers/node';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';

const dir = mkdtempSync(join(tmpdir(), 'specialbit-'));
let files = 0;

function write(text: string): string {
  const path = join(dir, `trace${files++}.txt`);
  writeFileSync(path, text);
  return path;
}

function run(sources: Partial<Record<TraceFormat, string>>, options: ImportOptions = {}): Promise<Imported> {
  return importTraces(
    Object.entries(sources).map(([format, text]) => ({ format: format as TraceFormat, path: write(text) })),
    options,
  );
}

/** What maps an address in the end. */
function entry({ header, events }: Imported, addr: number): unknown {
  const arch = registry.get('x86_64');
  const lane = laneOf(header, arch, DEFAULT_PROFILE);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const event of events) player.step(event);
  const { kernel: k } = player;
  const vpn = addr / arch.page.size;
  const { pt } = k.mms.get(1)!;
  const p = { lo: 0, hi: 0 };
  const huge = pt.getHuge(PMD, vpn, p);
  if (!huge) pt.get(vpn, p);
  const pfn = (huge ? arch.pmd! : k.pte).pfn(p);
  return { level: huge ? 'pmd' : 'pte', pfn, order: k.large_folio(pfn)?.order };
}

const types = (events: readonly LogEvent[]): string[] => events.map((event) => event.type);

describe('strace', () => {
  it('becomes events that a log can hold', async () => {
    const { header, events, left } = await run({
      strace: `5 1.0 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
5 1.1 openat(AT_FDCWD</tmp>, "a", O_RDONLY) = 3</tmp/a>
5 1.2 mmap(NULL, 100, PROT_READ, MAP_SHARED, 3</tmp/a>, 0x1000) = 0x7f0000010000
5 1.3 mprotect(0x7f0000000000, 4096, PROT_NONE) = 0
5 1.4 mremap(0x7f0000000000, 8192, 16384, MREMAP_MAYMOVE) = 0x7f0000020000
5 1.5 madvise(0x7f0000020000, 4096, MADV_DONTNEED) = 0
5 1.6 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 99, 0) = -1 EBADF (Bad file descriptor)
5 1.7 munmap(0x7f0000020000, 16384) = 0
`,
    });
    const again = parseLog([...formatLog(header, events)].join(''));
    expect(again.events).toEqual(events);
    expect(events.map(formatEvent).slice(1)).toEqual([
      '{"type":"mmap","mm":5,"pages":2,"prot":"rw","mapped_at":"0x7f0000000000"}',
      '{"type":"mmap","mm":5,"pages":1,"prot":"r","file":"/tmp/a","pgoff":1,"file_readonly":true,"mapped_at":"0x7f0000010000"}',
      '{"type":"mprotect","mm":5,"at":"0x7f0000000000","pages":1,"prot":"none"}',
      '{"type":"mremap","mm":5,"at":"0x7f0000000000","pages":2,"new_pages":4,"flags":"MREMAP_MAYMOVE","mapped_at":"0x7f0000020000"}',
      '{"type":"madvise","mm":5,"at":"0x7f0000020000","pages":1,"advice":"MADV_DONTNEED"}',
      '{"type":"munmap","mm":5,"at":"0x7f0000020000","pages":4}',
    ]);
    expect(header.files).toEqual({ '/tmp/a': { kind: 'file', pages: 2 } });
    expect(left.get('mmap that failed')).toBe(1);
    expect(header.chosen?.join()).toContain('sizes of 1 files');
  });

  it('threads share an address space, fork copies it, vfork lends it until execve', async () => {
    const { events } = await run({
      strace: `1 1.0 brk(NULL) = 0x1000
1 1.1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 2
2 1.2 munmap(0x1000, 4096) = 0
1 1.3 fork() = 3
3 1.4 munmap(0x1000, 4096) = 0
1 1.5 vfork( <unfinished ...>
4 1.6 execve("/nowhere/x", ["x"], 0x1 /* 0 vars */) = 0
1 1.7 <... vfork resumed>) = 4
4 1.8 munmap(0x1000, 4096) = 0
2 1.9 +++ exited with 0 +++
3 2.0 +++ exited with 0 +++
1 2.1 +++ exited with 0 +++
`,
    });
    expect(events.map((event) => [event.type, 'mm' in event ? event.mm : undefined])).toEqual([
      ['execve', 1],
      ['brk', 1],
      ['munmap', 1],
      ['fork', 1],
      ['munmap', 3],
      ['execve', 4],
      ['munmap', 4],
      ['exit', 3],
      ['exit', 1],
    ]);
  });

  it('knows files by descriptor: two of one name, one that was cut, System V memory', async () => {
    const { header, events } = await run({
      strace: `1 1.0 memfd_create("x", 0) = 3</memfd:x>(deleted)
1 1.1 ftruncate(3</memfd:x>(deleted), 16384) = 0
1 1.2 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3</memfd:x>(deleted), 0) = 0x10000
1 1.3 close(3</memfd:x>(deleted)) = 0
1 1.4 memfd_create("x", 0) = 3</memfd:x>(deleted)
1 1.5 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3</memfd:x>(deleted), 0) = 0x20000
1 1.6 shmget(IPC_PRIVATE, 16384, 0600) = 7
1 1.7 shmat(7, NULL, SHM_RDONLY) = 0x30000
1 1.8 shmdt(0x30000) = 0
`,
    });
    expect(Object.keys(header.files!)).toEqual(['/memfd:x', '/memfd:x#2', '/SYSV00000000']);
    expect(types(events)).toEqual(['execve', 'truncate', 'mmap', 'mmap', 'mmap', 'munmap']);
    expect(events.at(-2)).toMatchObject({ pages: 4, prot: 1, file_readonly: true, file: '/SYSV00000000' });
  });

  it('gives drivers what the table knows of them', async () => {
    const { events, header } = await run({
      strace: `1 1.0 perf_event_open({type=1}, 0, -1, -1, 0) = 3<anon_inode:[perf_event]>
1 1.1 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_SHARED, 3<anon_inode:[perf_event]>, 0) = 0x10000
1 1.2 openat(AT_FDCWD</tmp>, "/dev/odd", O_RDWR) = 4</dev/odd<char 250:0>>
1 1.3 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_SHARED, 4</dev/odd<char 250:0>>, 0) = 0x20000
`,
    });
    expect(types(events)).toEqual(['execve', 'mmap', 'remap_pfn_range', 'remap_pfn_range', 'mmap']);
    expect(header.chosen?.join()).toContain('what the driver of /dev/odd does');
  });
});

describe('traces', () => {
  const TRACE = `# tracer: nop
a-1 [000] ..... 1.000001: sys_mmap(addr: 0x0, len: 0x2000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0)
a-1 [000] ..... 1.000003: sys_mmap -> 0x7f0000000000
a-1 [000] ..... 1.000005: page_fault_user: address=0x7f0000000010 ip=0x1 error_code=0x6
a-1 [000] ..... 1.000006: mm_page_alloc: page=0 pfn=0x176f81 order=0 migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP
a-1 [000] ..... 1.000007: page_fault_user: address=0x7f0000001010 ip=0x1 error_code=0x4
`;

  it('faults are accesses, with the frames that were allocated', async () => {
    const { events } = await run({ ftrace: TRACE });
    expect(events.slice(1).map(formatEvent)).toEqual([
      '{"type":"mmap","mm":1,"pages":2,"prot":"rw","mapped_at":"0x7f0000000000"}',
      '{"type":"access","mm":1,"op":"write","at":"0x7f0000000000","alloc":["0x176f81"]}',
      '{"type":"access","mm":1,"op":"read","at":"0x7f0000001000"}',
    ]);
  });

  it('show transparent huge pages, and the log then has them: of all memory, or of what was advised', async () => {
    const huge = (
      call: string,
    ): string => `${call}a-1 [000] ..... 1.000005: page_fault_user: address=0x7f0000200010 ip=0x1 error_code=0x6
a-1 [000] ..... 1.000006: mm_page_alloc: page=0 pfn=0x236600 order=9 migratetype=1 gfp_flags=GFP_TRANSHUGE|__GFP_NORETRY
`;
    const advice = `a-1 [000] ..... 1.000003: sys_madvise(start: 0x7f0000200000, len_in: 0x200000, behavior: 0xe)
a-1 [000] ..... 1.000004: sys_madvise -> 0x0
`;
    const mapped = `a-1 [000] ..... 1.000001: sys_mmap(addr: 0x0, len: 0x400000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0)
a-1 [000] ..... 1.000002: sys_mmap -> 0x7f0000200000
`;
    expect((await run({ ftrace: huge(mapped) })).header.thp).toEqual({ enabled: 'always' });
    expect((await run({ ftrace: huge(mapped + advice) })).header.thp).toEqual({ enabled: 'madvise' });
    expect((await run({ ftrace: TRACE })).header.thp).toBeUndefined();
  });

  const MAPPED = `a-1 [000] ..... 1.000001: sys_mmap(addr: 0x0, len: 0x400000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0)
a-1 [000] ..... 1.000002: sys_mmap -> 0x7f0000200000
`;

  it('huge pages get the frames of the recording, and sizes below a PMD their own settings', async () => {
    const huge = (
      order: number,
      pfn: string,
    ): string => `${MAPPED}a-1 [000] ..... 1.000005: page_fault_user: address=0x7f0000211010 ip=0x1 error_code=0x6
a-1 [000] ..... 1.000006: mm_page_alloc: page=0 pfn=${pfn} order=${order} migratetype=1 gfp_flags=GFP_TRANSHUGE_LIGHT|__GFP_NORETRY
`;
    const pmd = await run({ ftrace: huge(9, '0x236600') }, { architecture: (name) => registry.get(name) });
    expect(entry(pmd, 0x7f0000211000)).toMatchObject({ level: 'pmd', pfn: 0x236600 });
    const small = await run({ ftrace: huge(4, '0x236610') }, { architecture: (name) => registry.get(name) });
    expect(small.header.thp).toEqual({ enabled: 'never', 'hugepages-order4/enabled': 'always' });
    expect(entry(small, 0x7f0000210000)).toMatchObject({ level: 'pte', pfn: 0x236610, order: 4 });
    expect(entry(small, 0x7f0000211000)).toMatchObject({ level: 'pte', pfn: 0x236611, order: 4 });
  });

  const FAULTED = `${MAPPED}a-1 [000] ..... 1.000005: page_fault_user: address=0x7f0000211010 ip=0x1 error_code=0x6
a-1 [000] ..... 1.000006: mm_page_alloc: page=0 pfn=0x176f81 order=0 migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP
a-1 [000] ..... 1.000007: rss_stat: mm_id=2695741331 curr=1 type=MM_ANONPAGES size=4096B
`;

  it.each([
    ['%p hashed', '00000000a0adbf93'],
    ['addresses', 'ffff888103b2c000'],
  ])('what khugepaged does to a process is MADV_COLLAPSE where its frames are (%s)', async (_, mm) => {
    const imported = await run(
      {
        ftrace: `${FAULTED}khugepaged-40 [001] ..... 1.000008: mm_khugepaged_scan_pmd: mm=${mm}, scan_pfn=0x176f81, writable=1, referenced=1, none_or_zero=511, status=succeeded, unmapped=0
khugepaged-40 [001] ..... 1.000009: mm_page_alloc: page=0 pfn=0x236600 order=9 migratetype=1 gfp_flags=GFP_TRANSHUGE
khugepaged-40 [001] ..... 1.000010: mm_collapse_huge_page: mm=${mm}, isolated=1, status=succeeded
`,
      },
      { architecture: (name) => registry.get(name) },
    );
    expect(imported.events.slice(-1).map(formatEvent)).toEqual([
      '{"type":"madvise","mm":1,"at":"0x7f0000200000","pages":512,"advice":"MADV_COLLAPSE","alloc":["0x236600"]}',
    ]);
    expect(entry(imported, 0x7f0000211000)).toMatchObject({ level: 'pmd', pfn: 0x236600 });
  });

  it('a collapse that failed, that a process asked for, or of which no line says where, is none of khugepaged', async () => {
    const line = (who: string, mm: string, pfn: string, status: string): string =>
      `${FAULTED}${who} [001] ..... 1.000008: mm_khugepaged_scan_pmd: mm=${mm}, scan_pfn=${pfn}, referenced=1, none_or_zero=511, status=succeeded, unmapped=0
${who} [001] ..... 1.000010: mm_collapse_huge_page: mm=${mm}, isolated=1, status=${status}, order=9
`;
    const known = '00000000a0adbf93';
    for (const [text, left] of [
      [line('khugepaged-40', known, '0x176f81', 'page_locked'), undefined],
      [line('a-1', known, '0x176f81', 'succeeded'), undefined],
      [line('khugepaged-40', known, '0x176f82', 'succeeded'), 1],
    ] as const) {
      const imported = await run({ ftrace: text }, { architecture: (name) => registry.get(name) });
      expect(types(imported.events)).toEqual(['execve', 'mmap', 'access']);
      expect(imported.left.get('khugepaged: huge pages of which no line says where')).toBe(left);
    }
  });

  it('a file that khugepaged collapses is collapsed at its address', async () => {
    const imported = await run({
      ftrace: `${FAULTED}khugepaged-40 [001] ..... 1.000010: mm_khugepaged_collapse_file: mm=00000000a0adbf93, hpage_pfn=0x236600, index=0, addr=7f0000400000, is_shmem=1, filename=x y, nr=512, result=succeeded
`,
    });
    expect(formatEvent(imported.events.at(-1)!)).toBe(
      '{"type":"madvise","mm":1,"at":"0x7f0000400000","pages":512,"advice":"MADV_COLLAPSE"}',
    );
  });

  it('what a call allocates is of that call, and not of the next one', async () => {
    const { events } = await run({
      ftrace: `a-1 [000] ..... 1.000001: sys_mmap(addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x8022, fd: 0xffffffff, off: 0x0)
a-1 [000] ..... 1.000002: mm_page_alloc: page=0 pfn=0x176f81 order=0 migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP
a-1 [000] ..... 1.000003: sys_mmap -> 0x7f0000000000
a-1 [000] ..... 1.000004: sys_mmap(addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0)
a-1 [000] ..... 1.000005: sys_mmap -> 0x7f0000010000
`,
    });
    expect(events.slice(1).map((event) => ('alloc' in event ? event.alloc : undefined))).toEqual([
      [0x176f81],
      undefined,
    ]);
  });

  it('go together with strace, also when their clocks are leap seconds apart', async () => {
    for (const shift of [0, 37]) {
      const { events } = await run({
        strace: '1 1.0 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000\n',
        ftrace: TRACE.replaceAll(': ', ': ').replaceAll(' 1.0', ` ${1 + shift}.0`),
      });
      expect(types(events)).toEqual(['execve', 'mmap', 'access', 'access']);
    }
  });

  it('probes of the recipe put what a driver calls within ->mmap into the mmap', async () => {
    const { events } = await run({
      strace: `1 1.0 mmap(NULL, 8192, PROT_READ, MAP_SHARED, 3</dev/odd<char 250:0>>, 0) = 0x7f0000000000
`,
      ftrace: `a-1 [000] ..... 1.000001: sys_mmap(addr: 0x0, len: 0x2000, prot: 0x1, flags: 0x1, fd: 0x3, off: 0x0)
a-1 [000] ..... 1.000002: sb_remap_pfn_range: (remap_pfn_range+0x0/0x40) addr=0x7f0000000000 pfn=0xfe000 size=0x2000
a-1 [000] ..... 1.000003: sys_mmap -> 0x7f0000000000
a-1 [000] ..... 1.000004: sb_zap_vma_ptes: (zap_vma_ptes+0x0/0x40) addr=0x7f0000000000 size=0x1000
`,
    });
    expect(events.slice(1).map(formatEvent)).toEqual([
      '{"type":"mmap","mm":1,"pages":2,"prot":"r","file":"/dev/odd","mapped_at":"0x7f0000000000","ops":{},"call":[{"type":"remap_pfn_range","frame":"0xfe000","pages":2}]}',
      '{"type":"zap_vma_ptes","mm":1,"at":"0x7f0000000000","pages":1}',
    ]);
  });
});
