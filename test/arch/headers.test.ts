// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Headers of kernel transcripts: encodings that running kernels computed with their own inline
 * functions, and their constants. Each machine's architecture must agree with all of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findProfile, linux_6_12, type Profile } from '@specialbit/core';
import { type Architecture, formatPte, type Pte, readPte, type SwapEntry } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

type Transformed = readonly [raw: string, bits: string, pfn: string];
interface SwapRow {
  readonly type: number;
  readonly offset: string;
  readonly raw: string;
  readonly none: number;
  readonly present: number;
  readonly back: readonly [type: number, offset: string];
}
interface Header {
  readonly arch: string;
  /** Release, `6.12.117`. */
  readonly kernel: string;
  readonly has_pte_special: number;
  readonly page_size: number;
  readonly big_endian: number;
  readonly bits: 32 | 64;
  readonly const: { readonly [name: string]: number | string };
  readonly vm_flags: { readonly [name: string]: string };
  readonly protection_map: readonly string[];
  readonly golden: readonly ({ readonly pfn: string; readonly prot: string } & {
    readonly [transformation: string]: string | Transformed;
  })[];
  readonly swap: readonly SwapRow[];
}

const headers = ['./headers/', './headers-6.1/'].flatMap((path) => {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString()) as Header);
});

const show = (arch: Architecture, p: Pte): Transformed => {
  const { pte } = arch;
  const bits = [
    pte.present(p) ? 'P' : '-',
    pte.write(p) ? 'W' : '-',
    pte.dirty(p) ? 'D' : '-',
    pte.young(p) ? 'Y' : '-',
    pte.special(p) ? 'S' : '-',
  ];
  return [formatPte(p), bits.join(''), pte.pfn(p).toString(16)];
};

/** Index of vm_get_page_prot for the protections that `modify_X` names. */
const MODIFY: { readonly [name: string]: number } = { none: 0, r: 1, rw_shared: 11 };

describe.each(headers.map((h) => [h.arch, h.kernel, h] as const))('%s, Linux %s', (name, kernel, header) => {
  const arch = registry.get(name).at(findProfile(kernel) as Profile);
  const { pte } = arch;

  it("has the machine's constants", () => {
    const c = header.const;
    const shift = (level: string) => arch.levels.find((l) => l.name === level)?.shift;
    const entries = (level: string) => arch.levels.find((l) => l.name === level)?.entries;
    expect({
      special: arch.special.pte ? 1 : 0,
      page_size: arch.page.size,
      big_endian: arch.bigEndian ? 1 : 0,
      bits: arch.bits,
      sizeof_pte: arch.layout.pteBits / 8,
      PAGE_SHIFT: arch.page.shift,
      PMD_SHIFT: shift('pmd'),
      PUD_SHIFT: shift('pud'),
      PGDIR_SHIFT: shift('pgd'),
      PTRS_PER_PTE: entries('pte'),
      PTRS_PER_PMD: entries('pmd'),
      PTRS_PER_PGD: entries('pgd'),
      TASK_SIZE: arch.TASK_SIZE.toString(16),
      gup_fast: arch.facts.HAVE_GUP_FAST ? 1 : 0,
      hw_pte_young: arch.facts.arch_has_hw_pte_young ? 1 : 0,
      color_zero_page: arch.facts.HAVE_COLOR_ZERO_PAGE ? 1 : 0,
      pte_devmap: arch.features.pte_devmap ? 1 : 0,
      pte_none_cleared: pte.empty.lo === 0 && pte.empty.hi === 0 ? 1 : 0,
    }).toEqual({
      special: header.has_pte_special,
      page_size: header.page_size,
      big_endian: header.big_endian,
      bits: header.bits,
      sizeof_pte: c.sizeof_pte,
      PAGE_SHIFT: c.PAGE_SHIFT,
      PMD_SHIFT: c.PMD_SHIFT,
      PUD_SHIFT: c.PUD_SHIFT,
      PGDIR_SHIFT: c.PGDIR_SHIFT,
      PTRS_PER_PTE: c.PTRS_PER_PTE,
      PTRS_PER_PMD: c.PTRS_PER_PMD,
      PTRS_PER_PGD: c.PTRS_PER_PGD,
      TASK_SIZE: c.TASK_SIZE,
      gup_fast: c.gup_fast,
      hw_pte_young: c.hw_pte_young,
      color_zero_page: c.color_zero_page,
      pte_devmap: c.pte_devmap,
      pte_none_cleared: c.pte_none_cleared,
    });
  });

  it('has the protection map', () => {
    expect(pte.protection_map.map(formatPte)).toEqual(header.protection_map);
  });

  it('transforms entries as the kernel does', () => {
    for (const row of header.golden) {
      const prot = readPte(row.prot);
      for (const [name, wanted] of Object.entries(row)) {
        if (!Array.isArray(wanted)) continue;
        const p: Pte = { lo: 0, hi: 0 };
        pte.pfn_pte(p, Number.parseInt(row.pfn, 16), prot);
        for (const word of name === 'pfn_pte' ? [] : name.split(/_(?=mk|wrprotect|modify)/)) {
          if (word === 'modify_back') pte.modify(p, prot);
          else if (word.startsWith('modify_'))
            pte.modify(p, pte.protection_map[MODIFY[word.slice(7)] as number] as Pte);
          else (pte.ops[word] as (p: Pte) => void)(p);
        }
        expect([name, ...show(arch, p)]).toEqual([name, ...wanted]);
      }
    }
  });

  it('encodes swap entries as the kernel does', () => {
    const entry: SwapEntry = { type: 0, offset: 0 };
    expect(header.swap.length).toBeGreaterThan(0);
    for (const row of header.swap) {
      const p: Pte = { lo: 0, hi: 0 };
      pte.swp_entry_to_pte(p, row.type, Number.parseInt(row.offset, 16));
      pte.pte_to_swp_entry(p, entry);
      expect({
        raw: formatPte(p),
        none: pte.none(p) ? 1 : 0,
        present: pte.present(p) ? 1 : 0,
        back: [entry.type, entry.offset.toString(16)],
      }).toEqual({ raw: row.raw, none: row.none, present: row.present, back: row.back });
    }
  });
});

it('covers every machine of the transcripts', () => {
  expect(headers.filter((h) => h.kernel.startsWith('6.12.'))).toHaveLength(15);
  expect(headers.filter((h) => h.kernel.startsWith('6.1.'))).toHaveLength(8);
});

it('takes an architecture as it is for a kernel with all of its features', () => {
  const unchanged = registry.all.filter((arch) => arch.changedBy.every((feature) => linux_6_12.has(feature)));
  for (const arch of unchanged) expect(arch.at(linux_6_12)).toBe(arch);
  expect(unchanged.map(({ name }) => name)).toContain('arm');
});
