// SPDX-License-Identifier: GPL-2.0-or-later
/** Reports as people pasted them, with what each of them means. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporary } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

/** File, architecture, the entry and what it is, and texts that the explanation has (a `!` before those that it must not have). */
const SPLATS: readonly (readonly [file: string, arch: string, entry: string, ...texts: string[]])[] = [
  ['a01-syzbot-khugepaged-quoted', 'x86_64', '8000000071c00227', 'bad_special', 'The stack says so: vm_normal_page'],
  [
    'a03-arm64-6.10-fork13-wrapped',
    'arm64-4k-48',
    '2000000019ffc3',
    'zap_present_folio_ptes',
    'index     0x29',
    'pfn 0x19f, as in the entry',
    'refcount 1',
  ],
  ['a04-ppc32-g4-6.0.9', 'ppc32-book3s', '648a5747', 'index     0xa7896', 'not dirty, special', 'refcount 0'],
  ['a06-arm-aspeed-4.3.6', 'arm', '4a44e100', 'a swap entry, type 0', 'free_swap_and_cache()', 'do_swap_page'],
  [
    'a07-celery-4.1-syslog-swap',
    'x86_64',
    'fd20b000',
    'offset 0x7e9058',
    'as decoded here',
    '!do_swap_page',
    '31 reports',
  ],
  [
    'a08-rpi-arm64-6.0-journald',
    'arm64',
    'a07070a0506090a',
    'a swap entry, type 1, offset 0x207070a050609',
    'as decoded here',
  ],
  ['a10-muser-hugepage-5.4', 'x86_64', '80000001bcea0027', 'refcount 0', 'TAIL_MAPPING', 'VM_MIXEDMAP'],
  ['a13-xen-6.15-printk-caller', 'x86_64', '10085c125', 'pfn 0x10085c, as in the entry', 'zap_present_folio_ptes'],
  [
    'a15-zynqmp-arm64-5.4-interleaved',
    'arm64-4k-48',
    '20000b692cffd3',
    'bad_pfn',
    'VM_DENYWRITE',
    'not in the report',
    'missing   index',
  ],
  ['a20-newformat-6.18-pte', 'x86_64', '8000000012345227', 'bad_special', 'pud       0x0000000106a3b067'],
  [
    'a21-newformat-7.x-pmd',
    'x86_64',
    '80000000124002e7',
    'a huge page of 2 MiB (pmd), pfn 0x12400',
    'vm_normal_page_pmd',
    'bad_special',
  ],
  [
    'a22-newformat-7.3-cowindex',
    'x86_64',
    '8000000012345225',
    'index     0x1',
    '0x7f0000001 the one of anonymous memory',
  ],
  ['a23-vmflags-36bits-x86', 'x86_64', '8000000012345225', 'VM_PKEY_BIT1|0x80000000000'],
  ['a28-sparc64-6.19-newformat', 'sparc64-sun4u', 'ffffc800016436b0', '62..58,56..46,43  (no name)', 'bad_special'],
  [
    'a29-mips-openwrt-5.10',
    'mips32r2',
    '8505b8f',
    'index     0x4f',
    'VM_DENYWRITE',
    'anonymous memory',
    'pfn 0x8505, as in the entry',
  ],
  ['a31-s390-4.5-wrapped', 's390x', '420', 'type 8, offset 0x0', 'index     0xd00', '!do_swap_page'],
];

const path = (file: string): string => join(root, `test/pasted/splats/${file}.txt`);

describe.each(SPLATS)('%s', (file, arch, entry, ...texts) => {
  it('is decoded', async () => {
    const { code, out, err } = await specialbit('decode', path(file));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`0x${entry} on ${arch}: `);
    for (const text of texts) {
      if (text.startsWith('!')) expect(out).not.toContain(text.slice(1));
      else expect(out).toContain(text);
    }
    // a page was dumped: vm_normal_page() gave it, so that its pfn was none behind the memory map
    if (out.includes('The report shows the struct page')) expect(out).not.toMatch(/pfn > highest_memmap_pfn +yes/);
  });

  it('is imported with its entry, bit for bit', async () => {
    const { code, out, err } = await specialbit('import', path(file));
    expect(code).toBe(0);
    expect(out.match(/"type":"map_vma"/g)).toHaveLength(1);
    if (file.includes('pmd')) expect(err).toContain('left out, 1: an entry of the pmd level');
    else expect(out).toContain(`"raw":"${arch}:0x${entry}"`);
    expect(err).toMatch(/ lines used, \d+ not about memory, 0 not understood/);
    expect(JSON.parse(out.split('\n')[0]!)).toMatchObject({ arch: [arch] });
  });

  it('is replayed with that entry', async () => {
    const log = await specialbit('import', path(file), '--quiet');
    const { code, out } = await specialbit('replay', temporary('log.jsonl', log.out), '--at', '3', '--no-events');
    expect(code).toBe(0);
    if (!file.includes('pmd')) expect(out).toMatch(new RegExp(`\\b0*${entry}\\b`));
  });
});

describe('several in one paste', () => {
  it('are explained each', async () => {
    const { out } = await specialbit('decode', path('a26-two-reports'));
    expect(out).toContain('report 1 of 2, line 1: bad page map in libcamera-vid');
    expect(out).toContain('report 2 of 2, line 10: bad page map in celery');
    expect(out).toContain('bits, and arm64 has at most 48');
  });
  it('are imported each, on its architecture', async () => {
    const { out } = await specialbit('import', path('a26-two-reports'), '--quiet');
    expect(out).toContain('"raw":"arm64:0x603550904040496"');
    expect(out).toContain('"raw":"x86_64:0xfd20b000"');
  });
});

describe('counters that do not end at 0', () => {
  it('are explained', async () => {
    const { code, out } = await specialbit('decode', path('a18-rss-counter-6.1'));
    expect(code).toBe(0);
    expect(out).toContain('MM_FILEPAGES is 2 when the address space ends');
    expect(out).toContain('MM_ANONPAGES is -2');
    expect(out).toContain('4096 bytes of page tables are left');
  });
  it('have nothing to import', async () => {
    const { code, err } = await specialbit('import', path('a18-rss-counter-6.1'));
    expect(code).toBe(2);
    expect(err).toContain('3 reports have no page table entry to place; `specialbit decode` explains');
  });
});

it('numbers of more than 64 bits are none', async () => {
  const lines = `BUG: Bad page map in process test  pte:8000000012345225 pmd:107c4d067
addr:00099999999999999997f0000001000 vm_flags:80200000073 anon_vma:ffff888103344550 mapping:0000000000000000 index:7f0000001
`;
  const { code, out } = await specialbit('decode', temporary('wide.txt', lines));
  expect([code, /^addr .*/m.exec(out)?.[0]]).toEqual([0, 'addr      not in the report']);
});
