// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile, laneOf } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { findArchitecture } from '@specialbit/transcripts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cpioArchive } from '../cpio-archive.js';
import { judged } from './judge-console.js';
import { Places, spotText } from './places.js';
import { type Reproducer, reproduce } from './reproduce.js';

const COMPILER = process.env.CC ?? 'cc';

const known = [...x86, ...nospecial];

function reproducer(
  events: readonly object[],
  lanes = ['x86_64@6.12', 'arm@6.12'],
  header: object = {},
): Reproducer | string {
  const lines = [{ specialbit: 1, title: 'a log', files: { dev: 'device' }, ...header }, ...events];
  const log = parseLog(lines.map((line) => JSON.stringify(line)).join('\n'));
  const items = log.events.map((event, i) => ({ number: i + 1, event }));
  return reproduce(
    log.header,
    items,
    lanes.map((name) => {
      const [arch = '', kernel = ''] = name.split('@');
      return { name, options: laneOf(log.header, findArchitecture(known, arch)!, findProfile(kernel)!) };
    }),
  );
}

function made(...given: Parameters<typeof reproducer>): Reproducer {
  const result = reproducer(...given);
  if (typeof result === 'string') expect.fail(result);
  return result;
}

const map = (label: string, more: object = {}): object => ({
  type: 'mmap',
  label,
  pages: 2,
  prot: 'rw',
  file: 'dev',
  ...more,
});

/** A driver that counts its pages on one of two architectures, a copy, GUP, a process that ends, huge pages and bare memory. */
const LONG = [
  map('bo', {
    ops: {
      fault: { do: 'vmf_insert_mixed', frame: 'P0', guarded: true },
      pfn_mkwrite: true,
      page_mkwrite: true,
      close: true,
    },
    call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP|VM_DONTEXPAND' }],
  }),
  { type: 'write', at: 'bo', value: 7 },
  { type: 'fork', child: 1 },
  { type: 'read', mm: 1, at: 'bo[1]' },
  { type: 'exit', mm: 1 },
  { type: 'pin_user_pages', at: 'bo', hold: true },
  { type: 'unpin_user_pages' },
  { type: 'follow_pfnmap', at: 'bo' },
  { type: 'access_process_vm', at: 'bo' },
  map('bar', { call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }] }),
  { type: 'zap_vma_ptes', at: 'bar', pages: 1 },
  { type: 'vm_insert_page', at: 'bar', frame: 'P3' },
  { type: 'munmap', at: 'bo', pages: 2 },
];

describe('a reproducer', () => {
  it('has every event, and names lanes of which the same is expected together', () => {
    const { made: numbers, left, groups, fatal, bare } = made(LONG);
    expect(left).toEqual([]);
    expect(numbers).toEqual(LONG.map((_, i) => i + 1));
    expect(groups).toEqual([['x86_64@6.12'], ['arm@6.12']]);
    expect({ fatal, bare }).toEqual({ fatal: true, bare: true });
  });

  it('expects what the model says of each lane', () => {
    const { files } = made(LONG);
    const play = files.get('play.c')!;
    expect(play).toContain('page_is("P0", PICK_TEXT("count 1, mapcount 0", "count 2, mapcount 1"));');
    expect(play).toContain('deadly("BUG: ');
    const module = files.get('repro.c')!;
    expect(module).toContain('return vmf_insert_mixed(vma, vmf->address, MIXED_PFN(pfn_P + off, PFN_DEV));');
    expect(module).toContain('[12] = { .call = event_12, .lock = FOR_WRITING },');
  });

  it('is these files', async () => {
    const { files } = made([LONG[0]!, LONG[1]!, LONG[12]!]);
    for (const [name, text] of files) await expect(text).toMatchFileSnapshot(`expected/${name}.txt`);
  });

  it.each([
    [{ type: 'clear_pte', at: 'bar' }, 'clear_pte: it needs flush_tlb_range(), which x86 does not export'],
    [
      { type: 'vmf_insert_mixed_mkwrite', at: 'bar', frame: 'P0' },
      'vmf_insert_mixed_mkwrite() is not exported since 6.12',
    ],
    [
      { type: 'remap_pfn_range', at: 'bar', frame: '0x1234' },
      'pfn 0x1234: a module cannot choose a pfn, give it a label',
    ],
    [{ type: 'set_vm_pgoff', at: 'bar', pgoff: 3 }, 'set_vm_pgoff of a mapping that is in the tree of its file'],
    [
      { type: 'dma_mmap_coherent', at: 'bar', frame: 'P0', pages: 2 },
      'dma_mmap_coherent: memory of a device, which the module is not',
    ],
    [{ type: 'vm_insert_page', at: 'bar', frame: 'D0' }, 'D0: it has no struct page that the call could be given'],
    [{ type: 'brk', brk: '0x100000' }, 'brk: no call that a program can make'],
    [{ type: 'exec', at: 'bar' }, 'code that runs in the mapping'],
    [
      map('x', { ops: { find_special_page: 'P0' } }),
      'the handler find_special_page: kernels of distributions have it for Xen alone, or not at all',
    ],
  ])('leaves out %j, and says why', (event, why) => {
    const { left, made: numbers } = made([map('bar'), event, { type: 'read', at: 'bar' }]);
    expect(left.map(({ number, why: said }) => [number, said])).toEqual([[2, why]]);
    expect(numbers).toEqual([1, 3]);
  });

  it('leaves out what names a mapping that was left out', () => {
    const result = reproducer([map('x', { ops: { secretmem: true } }), { type: 'read', at: 'x' }]);
    expect(result).toBe("the handler secretmem: it is memfd_secret()'s alone");
  });

  it('is written in C that a compiler takes without a warning', ({ skip }) => {
    try {
      execFileSync(COMPILER, ['--version'], { stdio: 'ignore' });
    } catch {
      skip('no C compiler: apt-get install gcc libc6-dev');
    }
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-reproduce-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of made(LONG).files) writeFileSync(join(folder, name), text);
    execFileSync(COMPILER, ['-Wall', '-Wextra', '-Werror', '-fsyntax-only', join(folder, 'play.c')]);
  });
});

describe('places', () => {
  it('keep their distance within a cluster, and their position within page tables', () => {
    const places = new Places([
      [0x1003, 0x1005],
      [0x1010, 0x1011],
      [0x9000, 0x9001],
    ]);
    expect(places.begins).toEqual([3, 0]);
    expect(spotText(places.of(0x1010))).toBe('at(0, 13)');
    expect(spotText(places.of(0x9000))).toBe('at(1, 0)');
    expect(places.of(0x5000)).toBeUndefined();
  });
});

describe('what a machine printed', () => {
  const told = { release: '6.12', fatal: false, late: false, seconds: 1, timeout: 5 };

  it('is fine where every check is', () => {
    const boot = judged('noise\nREPRO BEGIN\nok 1 - a\n1..1\nREPRO END 0\n', '', told);
    expect(boot).toMatchObject({ failed: false, lines: ['ok 1 - a', '1..1'] });
  });

  it('is not where one is not, or the kernel died and was not to', () => {
    expect(judged('REPRO BEGIN\nnot ok 1 - a\nREPRO END 0\n', '', told).failed).toBe(true);
    const dead = judged('REPRO BEGIN\nok 1 - a\n[ 1.0] kernel BUG at mm/memory.c:1!\n', '', told);
    expect(dead).toMatchObject({
      failed: true,
      lines: ['ok 1 - a', '# the kernel died', '[ 1.0] kernel BUG at mm/memory.c:1!'],
    });
  });

  it('is fine where the kernel died as it was to', () => {
    const printed = 'REPRO BEGIN\n# event 2, read x, is to kill the kernel: BUG\n[ 1.0] kernel BUG at mm/memory.c:1!\n';
    expect(judged(printed, '', { ...told, fatal: true }).failed).toBe(false);
  });

  it('is an error where it did not boot', () => {
    expect(() => judged('', 'qemu: no such image', told)).toThrow(
      '6.12 does not get to the reproducer: qemu: no such image',
    );
  });
});

describe('an initramfs', () => {
  it('is newc: four bytes each, and a trailer', () => {
    const archive = cpioArchive([
      { path: 'dev', mode: 0o40755, content: Buffer.alloc(0) },
      { path: 'init', mode: 0o100755, content: Buffer.from('abcde') },
    ]);
    expect(archive.length % 4).toBe(0);
    const text = archive.toString('latin1');
    expect(text.startsWith('070701')).toBe(true);
    expect(text).toContain('init\0');
    expect(text).toContain('TRAILER!!!\0');
  });
});
