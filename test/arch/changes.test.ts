// SPDX-License-Identifier: GPL-2.0-or-later
/** What features change in architectures: every combination that a profile can ask for must be a sound one. */
import { defineProfile, findProfile, linux_6_1, linux_6_12, linux_6_18, PROFILES, releaseHas } from '@specialbit/core';
import {
  type Architecture,
  checkArchitecture,
  type Feature,
  formatPte,
  pteValue,
  readPte,
} from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

const linux_7_3 = findProfile('7.3')!;
const features = new Map<string, Feature>();
for (const arch of registry.all) for (const feature of arch.changedBy) features.set(feature.name, feature);

/** `a` as in 6.1, for what its operation makes of `raw`. */
function at_6_1(name: string, op: (arch: Architecture, p: ReturnType<typeof readPte>) => void, raw: string): string {
  const arch = registry.get(name).at(linux_6_1);
  const p = readPte(raw);
  op(arch, p);
  return formatPte(p);
}

describe('changes', () => {
  it.each([
    ['6.12', true],
    ['6.17', false],
    ['6.18', false],
    ['7.1', false],
    ['7.2', true],
    ['7.3', true],
  ])('pmd_modify() of x86 in %s keeps the dirty state of a writable PMD: %s', (kernel, keeps) => {
    const { pmd, pte } = registry.get('x86_64').at(findProfile(kernel)!);
    // present, writable, user, accessed, dirty, huge; then read-only
    const p = readPte('0x80000000200000e7');
    pmd!.modify(p, readPte('0x8000000000000025'));
    expect([pmd!.dirty(p), pmd!.write(p), pte.dirty(readPte('0x67'))]).toEqual([keeps, false, true]);
  });

  it.each(PROFILES.map((p) => [p.name, p] as const))('give sound architectures for %s', (_, profile) => {
    for (const arch of registry.all) {
      const older = arch.at(profile);
      expect(() => checkArchitecture(older)).not.toThrow();
      expect(older.name).toBe(arch.name);
    }
  });

  it.each([...features.keys()])('can be undone one by one: %s', (name) => {
    const feature = features.get(name)!;
    // what is older than every proven kernel is undone in the release that brought it: later ones build on it
    const ancient = releaseHas(linux_6_1.version, feature) && feature.until === undefined;
    const [with_, without] = ancient ? [feature.since.version, feature.since.version] : ['6.12.117', '6.1.192'];
    for (const arch of registry.all) {
      if (!arch.changedBy.some((change) => change.name === name)) continue;
      const older = arch.at(defineProfile(with_, { minus: [name] }));
      expect(() => checkArchitecture(older)).not.toThrow();
      expect([arch.name, older === arch.at(defineProfile(with_, { plus: [name] }))]).toEqual([arch.name, false]);
      const newer = arch.at(defineProfile(without, { plus: [name] }));
      expect([arch.name, newer.layout.pteBits]).toEqual([arch.name, arch.layout.pteBits]);
    }
  });

  it('have one feature for each name, with underscores, and a text for both sides', () => {
    for (const arch of registry.all) {
      for (const feature of arch.changedBy) {
        expect(features.get(feature.name)).toBe(feature);
        expect(feature.name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect([feature.summary, feature.without, feature.since.subject].every((text) => text.length > 5)).toBe(true);
      }
    }
  });

  it('are in the kernel of the newest transcripts, but for those that are only reported', () => {
    for (const feature of features.values()) {
      if (feature.evidence !== 'reported')
        expect([feature.name, releaseHas(linux_7_3.version, feature) || feature.until !== undefined]).toEqual([
          feature.name,
          true,
        ]);
    }
  });

  it('take the special bit in mprotect on MIPS in 6.1, and not in 6.12', () => {
    const modify = (arch: Architecture, p: ReturnType<typeof readPte>) =>
      arch.pte.modify(p, arch.pte.protection_map[1] as ReturnType<typeof readPte>);
    const special = '1000421'; // pfn 1000, uncached, SPECIAL, PRESENT
    expect(registry.get('mips32r1').pte.special(readPte(special))).toBe(true);
    expect(at_6_1('mips32r1', modify, special)).toBe('1000401');
    expect(registry.get('mips32r1').layout.accepted['modify-special']).toBeUndefined();
    expect(registry.get('mips32r1').at(linux_6_1).layout.accepted['modify-special']).toBeDefined();
  });

  it('leave dirty in bit 6 of a read-only entry on x86 in 6.1', () => {
    const wrprotect = (arch: Architecture, p: ReturnType<typeof readPte>) => arch.pte.wrprotect(p);
    expect(at_6_1('x86_64', wrprotect, '8000000001000067')).toBe('8000000001000065');
    expect(at_6_1('i386', wrprotect, '1000067')).toBe('1000065');
  });

  it('leave one bit of um that says that the host is behind, from 6.13 on, and four levels', () => {
    const um = registry.get('um-x86_64');
    const shape = (arch: Architecture) => [
      arch.levels.filter(({ folded }) => !folded).length,
      arch.layout.bits.map(({ name }) => name).filter((name) => /NEW|SYNC/.test(name)),
    ];
    expect(shape(um.at(linux_6_12))).toEqual([3, ['_PAGE_NEWPAGE', '_PAGE_NEWPROT']]);
    expect(shape(um.at(linux_7_3))).toEqual([4, ['_PAGE_NEEDSYNC']]);
  });

  it("tell alpha's exclusive swapped pages, and use Svrsw60t59b's bits on riscv, where the kernel does", () => {
    const exclusive = (arch: Architecture): boolean => {
      const p = { lo: 0, hi: 0 };
      arch.pte.swp_entry_to_pte(p, 1, 5);
      arch.pte.swp_mkexclusive(p);
      return arch.pte.swp_exclusive(p);
    };
    const alpha = registry.get('alpha');
    expect([exclusive(alpha.at(linux_6_12)), exclusive(alpha.at(linux_6_18))]).toEqual([false, true]);
    const soft = [linux_6_12, linux_6_18, linux_7_3].map(
      (kernel) => registry.get('riscv64-sv39-svrsw').at(kernel).features.soft_dirty,
    );
    expect(soft).toEqual([false, false, true]);
  });

  it('give riscv generic_access_phys() in 7.1, and pte_pgprot() in 6.15', () => {
    const facts = ['6.12', '6.18', '7.1', '7.3'].map(
      (kernel) => registry.get('riscv64').at(findProfile(kernel)!).facts,
    );
    expect(facts.map((of) => of.HAVE_IOREMAP_PROT)).toEqual([false, false, true, true]);
    expect(facts.map((of) => of.pte_pgprot)).toEqual([false, true, true, true]);
    expect(registry.get('riscv32-sv32').at(linux_6_18).facts.pte_pgprot).toBe(true);
  });

  it('have write combining on LoongArch in 6.1, and strongly ordered memory since 6.6', () => {
    const combine = (arch: Architecture): string => {
      const prot = readPte(formatPte(arch.pte.protection_map[11]!));
      arch.pte.pgprot_writecombine(prot);
      return ((pteValue(prot) >> 4n) & 3n).toString();
    };
    const loongarch = registry.get('loongarch64');
    // _CACHE_SUC 0, _CACHE_CC 1, _CACHE_WUC 2
    expect([linux_6_1, linux_6_12, linux_7_3].map((kernel) => combine(loongarch.at(kernel)))).toEqual(['2', '0', '0']);
  });

  it('or write combining to what was there on x86 in 6.12, and replace it since 6.16', () => {
    for (const name of ['x86_64', 'i386', 'i386-pae']) {
      const types = [linux_6_1, linux_6_12, linux_6_18, linux_7_3].map((kernel) => {
        const { pte } = registry.get(name).at(kernel);
        const prot = readPte(formatPte(pte.protection_map[11]!));
        pte.pgprot_noncached(prot);
        pte.pgprot_writecombine(prot);
        return pte.cachemode(prot);
      });
      expect([name, ...types]).toEqual([name, 'UC', 'UC', 'WC', 'WC']);
    }
  });

  it('have no devmap bit from 6.17 on', () => {
    for (const arch of registry.all)
      expect([arch.name, arch.at(linux_6_18).features.pte_devmap]).toEqual([arch.name, false]);
    expect(registry.get('riscv64').at(linux_6_1).features.pte_devmap).toBe(false);
    expect(
      registry
        .get('x86_64')
        .at(linux_6_1)
        .layout.bits.find((b) => b.name === '_PAGE_DEVMAP')?.mask,
    ).toBe(1n << 58n);
    expect(registry.get('x86_64').at(linux_6_12).features.pte_devmap).toBe(true);
  });
});
