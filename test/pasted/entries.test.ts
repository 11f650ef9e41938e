// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries out of debuggers, oopses, QEMU and KVM, and raw values at their level. */
import { describe, expect, it } from 'vitest';
import { specialbit } from './in-process.testkit.js';

const decoded = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await specialbit('decode', ...args);
  expect([code, err]).toEqual([0, '']);
  return out;
};

describe('a value at its level', () => {
  it('pmd, pud: a huge page; pgd: a table', async () => {
    const pmd = await decoded('--arch', 'x86_64', '--level', 'pmd', '80000000124002e7');
    expect(pmd).toContain('a huge page of 2 MiB (pmd), pfn 0x12400, at 0x12400000, special');
    expect(pmd).toContain('_PAGE_PSE');
    expect(await decoded('--arch', 'x86_64', '--level', 'pud', '80000000400002e7')).toContain(
      'a huge page of 1 GiB (pud)',
    );
    expect(await decoded('--arch', 'x86_64', '--level', 'pgd', '105f2d067')).toContain(
      'the address of a table (pgd), at 0x105f2d000',
    );
  });
  it('no question that this kernel does not ask', async () => {
    expect(await decoded('--arch', 'x86_64@6.12', '8000000002001067')).toContain('not special, protnone, devmap, exec');
    expect(await decoded('--arch', 'x86_64@7.3', '8000000002001067')).toContain('not special, protnone, exec');
    expect(await decoded('--arch', 'arm', '8000000')).not.toContain('devmap');
  });
  it('bits without a name are shown', async () => {
    expect(await decoded('--arch', 'sparc64-sun4u', 'ffffc800016436b0')).toContain('62..58,56..46,43  (no name)');
    expect(await decoded('--arch', 'arm64@6.0', 'a07070a0506090a')).toMatch(/59,1 +\(no name\)/);
  });
  it('bits of absent entries only where the hardware sees no page', async () => {
    const kernel = await decoded('--arch', 'x86_64', '12345163');
    expect(kernel).toContain('_PAGE_GLOBAL');
    expect(kernel).not.toContain('_PAGE_PROTNONE');
    const arm64 = await decoded('--arch', 'arm64', '68000012345f03');
    expect(arm64).toContain('PTE_NG');
    expect(arm64).not.toContain('PTE_PRESENT_INVALID');
    const none = await decoded('--arch', 'x86_64', '8000000012345120');
    expect(none).toContain('_PAGE_PROTNONE');
    expect(none).not.toContain('_PAGE_GLOBAL');
  });
  it('as older kernels have it', async () => {
    expect(await decoded('--arch', 'x86_64', '--kernel', '4.1', 'fd20b000')).toContain('type 0, offset 0x7e9058');
    expect(await decoded('--arch', 'x86_64@4.10', 'fd20b000')).toContain('a swap entry, type 24, offset 0x3f482');
    expect(await decoded('--arch', 'x86_64', '--kernel', '4.4.148', '--', 'fd20b000')).toContain(
      'offset 0x3ffffff816fa7',
    );
    expect(await decoded('--arch', 'arm64@5.10', 'a07070a0506090a')).toContain('type 2, offset 0x207070a050609');
    expect(await decoded('--arch', 'arm64@6.0', 'a07070a0506090a')).toContain('type 1, offset 0x207070a050609');
    expect(await decoded('--arch', 'arm@3.18', '4a44e100')).toContain('type 0, offset 0x4a44e1');
  });
  it('needs an architecture', async () => {
    const { code, err } = await specialbit('decode', '80000000124002e7');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('a raw value does not say which architecture it is of: give --arch'),
    ]);
  });
});

describe('what tools print', () => {
  it.each([
    [
      'vtop of crash',
      '   PGD: 105f2d7f0 => 8000000106a3b067\n   PTE: 108123008 => 8000000012345227\n',
      'pfn 0x12345, at 0x12345000, special',
    ],
    [
      'an oops of x86',
      '[    1.000000] PGD 105f2d067 P4D 105f2d067 PUD 106a3b067 PMD 107c4d067 PTE 8000000012345227\n',
      'on x86_64: a page, pfn 0x12345',
    ],
    [
      'show_pte of arm64',
      '[00007f0000001000] pgd=0800000105f2d003, p4d=0800000105f2d003, pud=0800000106a3b003, pmd=0800000107c4d003, pte=0068000012345f43\n',
      'on arm64-4k-48: a page, pfn 0x12345',
    ],
    ['info tlb', '00007f0000001000: 0000000012345000 X---A-U-W\n', 'NX, accessed, user, writable'],
    ['info mem', '0000000000400000-0000000000401000 0000000000001000 ur-\n', 'user, readable'],
    ['pt of gdb-pt-dump', '   0x555555554000 : 0x2000 | W:0 X:1 S:0 UC:0 WB:1\n', '0x555555554000-0x555555556000'],
    [
      'ptdump',
      '# cat page_tables/current_user\n---[ User Space ]---\n0x0000555555554000-0x0000555555556000           8K USR ro             x  pte\n',
      'pte    USR, ro, x',
    ],
    [
      'a KVM trace',
      ' qemu-1 [000] 1.0: kvm_mmu_set_spte: gfn 12345 spte 600000012345b77 (rwxu) level 1 at 1\n',
      'pfn 0x12345, readable, writable,',
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await decoded(text)).toContain(expected);
  });
  it('a whole file of ptdump is summed up', async () => {
    const line = (n: number): string =>
      `0x${(0xffff888000000000n + BigInt(n) * 0x200000n).toString(16)}-0x${(0xffff888000000000n + BigInt(n + 1) * 0x200000n).toString(16)}           2M     RW         PSE     GLB NX pmd`;
    const text = ['# cat', '---[ Low Kernel Mapping ]---', ...Array.from({ length: 100 }, (_, n) => line(n))].join(
      '\n',
    );
    const out = await decoded(text);
    expect(out).toContain('100 ranges');
    expect(out).toMatch(/Low Kernel Mapping +pmd +100 +204800 KiB +0xffff888000000000 +RW PSE/);
  });
});

describe('refusals lead on', () => {
  it.each([
    ['nothing', '   ', 'found nothing'],
    [
      'a recording',
      'mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000',
      'found a recording (strace): that is for `specialbit import`',
    ],
    [
      'perf trace',
      '  3711.661 a.out/73827 exceptions:page_fault_user(address: 0x57060420, ip: 4195786, error_code: 6)',
      'perf script',
    ],
  ])('%s', async (_name, text, message) => {
    const { code, err } = await specialbit('decode', text);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
