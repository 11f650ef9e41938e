// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Huge entries: golden vectors that the kernel's own PMD helpers computed (kernels with
 * TRANSPARENT_HUGEPAGE), and the special bit of each level by kernel version.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { defineProfile, linux_6_1, linux_6_12, linux_6_18 } from '@specialbit/core';
import { type Architecture, formatPte, type HugeCodec, type Pte, pteValue, readPte } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { configuration, registry } from './configurations.js';

interface PmdVectors {
  readonly config: string;
  readonly pmdFlags?: readonly string[];
  readonly pmd?: readonly (readonly [
    pfn: string,
    prot: number,
    chain: string,
    pmd: string,
    flags: string,
    pfnOut: string,
  ])[];
}

/** Those of 6.12 stand by themselves; newer releases have them beside the vectors of their PTEs. */
const sets = [
  { release: '6.12', folder: new URL('../vectors-pmd/', import.meta.url), configurations: 21 },
  { release: '6.18', folder: new URL('../vectors-6.18/', import.meta.url), configurations: 8 },
  { release: '7.3', folder: new URL('../vectors-7.3/', import.meta.url), configurations: 13 },
].map((set) => ({
  ...set,
  vectors: readdirSync(set.folder)
    .sort()
    .map((file) => JSON.parse(gunzipSync(readFileSync(new URL(file, set.folder))).toString()) as PmdVectors)
    .filter(({ pmd }) => pmd !== undefined),
}));
const show = (p: Pte): string => `0x${pteValue(p).toString(16)}`;
const pmdOf = (arch: Architecture): HugeCodec => {
  if (!arch.pmd) throw new Error(`${arch.name} has no pmd codec`);
  return arch.pmd;
};

describe.each(sets)('golden PMD vectors of Linux $release', ({ release, vectors, configurations }) => {
  for (const { config, pmdFlags = [], pmd: rows = [] } of vectors) {
    it(config, () => {
      const arch = configuration(config, release);
      const pmd = pmdOf(arch);
      const failures: string[] = [];
      for (const [pfn, prot, chain, raw, flags, pfnOut] of rows) {
        const p: Pte = { lo: 0, hi: 0 };
        pmd.pfn_pxd(p, Number(pfn), arch.pte.protection_map[prot] as Pte);
        for (const op of chain === '' ? [] : chain.split(',')) (pmd.ops[op] as (p: Pte) => void)(p);
        const mask = pmdFlags.reduce((sum, name, i) => sum + (pmd.tests[name]?.(p) ? 2 ** i : 0), 0);
        // The pfn of what is no leaf yet is nobody's business.
        const found = [show(p), `0x${mask.toString(16)}`, pmd.leaf(p) ? `0x${pmd.pfn(p).toString(16)}` : pfnOut];
        const wanted = [raw, flags, pfnOut];
        if (found.join() !== wanted.join())
          failures.push(`pfn ${pfn} prot ${prot} [${chain}]: expected ${wanted}, got ${found}`);
      }
      expect(failures.slice(0, 4)).toEqual([]);
    });
  }

  it(`are there for ${configurations} configurations`, () => expect(vectors).toHaveLength(configurations));
});

describe('special bits by level', () => {
  const levels = (name: string, profile: typeof linux_6_1) => registry.get(name).at(profile).special;

  it.each([
    ['x86_64', { pte: true, pmd: false, pud: false }, { pte: true, pmd: true, pud: true }],
    ['i386', { pte: true, pmd: false, pud: false }, { pte: true, pmd: false, pud: false }],
    ['i386-pae', { pte: true, pmd: false, pud: false }, { pte: true, pmd: false, pud: false }],
    ['loongarch64', { pte: true, pmd: false, pud: false }, { pte: true, pmd: false, pud: false }],
    ['arm64', { pte: true, pmd: false, pud: false }, { pte: true, pmd: true, pud: false }],
    ['arm', { pte: false, pmd: false, pud: false }, { pte: false, pmd: false, pud: false }],
  ])('%s', (name, before, since) => {
    expect([levels(name, linux_6_1), levels(name, linux_6_12), levels(name, linux_6_18)]).toEqual([
      before,
      since,
      since,
    ]);
  });

  it('came to riscv64 later: PMD entries in 6.15, PUD entries in 6.16', () => {
    const at = (version: string) => registry.get('riscv64').at(defineProfile(version));
    expect(['6.12', '6.15', '6.16'].map((version) => at(version).special)).toEqual([
      { pte: true, pmd: false, pud: false },
      { pte: true, pmd: true, pud: false },
      { pte: true, pmd: true, pud: true },
    ]);
    expect([at('6.12').pmd?.pages, at('6.12').pud, at('6.16').pud?.pages]).toEqual([512, undefined, 512 * 512]);
  });

  it('came to 64-bit powerpc in 7.1, with a pmd_modify() that keeps it', () => {
    const kept = (name: string, version: string): unknown => {
      const { pmd, pte, special } = registry.get(name).at(defineProfile(version));
      const p: Pte = { lo: 0, hi: 0 };
      pmd?.pfn_pxd(p, 2 * pmd.pages, pte.protection_map[3] as Pte);
      pte.mkspecial(p);
      pmd?.modify(p, pte.protection_map[1] as Pte);
      return [special.pmd, pmd?.pages, pte.special(p), pmd?.pfn(p)];
    };
    for (const [name, pages] of [
      ['ppc64-radix-64k', 32],
      ['ppc64-hash-64k', 256],
    ] as const) {
      expect([kept(name, '6.19'), kept(name, '7.1')]).toEqual([
        [false, pages, false, 2 * pages],
        [true, pages, true, 2 * pages],
      ]);
    }
    expect(kept('ppc64-radix-4k', '7.3')).toEqual([true, 512, true, 1024]);
    expect(registry.get('ppc64-hash-4k').pmd).toBeUndefined();
  });

  it('does nothing where the level has none', () => {
    for (const name of ['i386', 'loongarch64']) {
      const { pte, pmd } = registry.get(name);
      const p: Pte = { lo: 0, hi: 0 };
      pmd?.pfn_pxd(p, pmd.pages, pte.protection_map[1] as Pte);
      pmd?.mkhuge(p);
      const before = formatPte(p);
      pmd?.mkspecial(p);
      expect([name, formatPte(p), pmd?.special(p)]).toEqual([name, before, false]);
    }
  });
});

describe('x86_64 PUD entries', () => {
  const { pud, pte } = registry.get('x86_64');
  const read = pte.protection_map[1] as Pte;

  it('are made by pfn_pud, pud_mkhuge and pud_mkspecial', () => {
    const p: Pte = { lo: 0, hi: 0 };
    pud?.pfn_pxd(p, 0x80000, read);
    pud?.mkhuge(p);
    pud?.mkspecial(p);
    expect([formatPte(p), pud?.pfn(p), pud?.leaf(p), pud?.special(p), pud?.pages]).toEqual([
      '80000000800002a5',
      0x80000,
      true,
      true,
      0x40000,
    ]);
  });

  it('keep special and pfn when rights are taken, and hide the pfn from the CPU', () => {
    const p = readPte('80000000800002a5');
    pud?.modify(p, pte.protection_map[0] as Pte);
    expect([pud?.pfn(p), pud?.special(p), pud?.present(p), pud?.leaf(p)]).toEqual([0x80000, true, false, true]);
    pud?.modify(p, read);
    expect(formatPte(p)).toBe('80000000800002a5');
  });
});

/** What user code may do with a huge entry is what it may do with a small one of the same protection, once both are young and dirty. */
describe('user access through a huge entry', () => {
  const all = registry.all.flatMap((arch) =>
    ['6.1', '6.12', '6.18', '7.3'].map((version) => [arch.name, version] as const),
  );

  it.each(all)('%s on %s', (name, version) => {
    const arch = registry.get(name).at(defineProfile(version));
    const wrong: string[] = [];
    for (const huge of [arch.pmd, arch.pud]) {
      if (huge === undefined) continue;
      for (const [i, prot] of arch.pte.protection_map.entries()) {
        const small: Pte = { lo: 0, hi: 0 };
        arch.pte.pfn_pte(small, 0x1000, prot);
        // nobody marks an entry of PROT_NONE; on some architectures that alone would make it valid
        const touched = i % 8 !== 0;
        if (touched) arch.pte.mkyoung(small);
        if (touched) arch.pte.mkdirty(small);
        arch.pte.set_pte(small);
        const large: Pte = { lo: 0, hi: 0 };
        huge.pfn_pxd(large, 2 * huge.pages, prot);
        huge.mkhuge(large);
        if (touched) huge.mkyoung(large);
        if (touched) huge.mkdirty(large);
        for (const op of ['read', 'write', 'exec'] as const) {
          const may = arch.user_access({ ...small }, op);
          const can = huge.present(large) && huge.user(large) && huge[op](large);
          if (may !== can) wrong.push(`protection ${i}, ${op}: a PTE ${may}, ${huge.kconfig} ${can} (${show(large)})`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('names the bits of a huge entry as its own level does', () => {
  const names = (arch: string): string[] => pmdOf(registry.get(arch)).layout.bits.map(({ name }) => name);
  expect(names('s390x').filter((name) => !name.startsWith('_SEGMENT_ENTRY_'))).toEqual([]);
  expect(names('s390x-soft-dirty')).toContain('_SEGMENT_ENTRY_SOFT_DIRTY');
  expect(names('loongarch64')).toEqual(expect.arrayContaining(['_PAGE_HUGE', '_PAGE_HGLOBAL']));
  expect(names('loongarch64')).not.toContain('_PAGE_GLOBAL');
  expect(names('x86_64').filter((name) => /PSE|_PAT/.test(name))).toEqual(['_PAGE_PSE', '_PAGE_PAT_LARGE']);
});
