// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { type ArchitectureSpec, defineArchitecture } from './architecture.js';
import { defineLayout } from './define-layout.js';
import { ArchError } from './errors.js';
import { modify } from './formula.js';
import type { LayoutSpec } from './layout.js';
import { bit, bits } from './mask.js';
import { formatPte, readPte } from './raw.js';
import { toyBits as B, toy } from './toy.testkit.js';

/** `code: problem. remedy` of the error that the layout raises. */
function complaint(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    if (error instanceof ArchError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}
const broken = (change: Partial<LayoutSpec>): string => complaint(() => defineLayout({ ...toy, ...change }));

describe('checkLayout', () => {
  it('accepts a layout without contradictions', () => {
    expect(broken({})).toBe('accepted');
  });

  it('refuses a special bit inside a field that hardware reads', () => {
    const special = bit(4);
    const names = [...(toy.bits ?? []), { name: 'SPECIAL2', mask: special, meaning: 'special', kind: 'page' as const }];
    expect(broken({ bits: names, flags: { ...toy.flags, special } })).toBe(
      'layout.overlap: the special bit SPECIAL2 (0x10) lies inside TYPE_MASK (0x18: memory type). Choose a bit that neither hardware nor software uses',
    );
  });

  it('refuses it also where the bit has no name of its own', () => {
    const names = toy.bits?.filter(({ name }) => name !== 'SPECIAL') ?? [];
    expect(broken({ bits: names, flags: { ...toy.flags, special: bit(4) } })).toBe(
      'layout.overlap: the special bit 0x10 lies inside TYPE_MASK (0x18: memory type). Choose a bit that neither hardware nor software uses',
    );
  });

  it('refuses a special bit inside the pfn', () => {
    expect(broken({ flags: { ...toy.flags, special: bit(12) } })).toBe(
      'layout.overlap: the pfn field (0xfffff000) and what special tests (0x1000) overlap in 0x1000. Move the bit, or give the pfn fewer bits',
    );
  });

  it('refuses a special bit that another test looks at', () => {
    expect(broken({ flags: { ...toy.flags, special: B.DIRTY } })).toBe(
      'layout.overlap: the special bit DIRTY (0x40) lies inside what dirty tests (0x40). Choose a bit that no other test looks at',
    );
  });

  it('refuses a special bit that pte_modify loses', () => {
    expect(broken({ ops: { modify: modify(bits(31, 12) | B.ACCESSED | B.DIRTY) } })).toBe(
      'layout.modify: modify turns 0x5225 into 0x5021, which is no longer special: mprotect would lose it. Add the bits that tests.special looks at to what ops.modify keeps (_PAGE_CHG_MASK)',
    );
  });

  it('refuses a pfn field that is too small for the machine', () => {
    expect(broken({ maxPhysmemBits: 36 })).toBe(
      'layout.pfn: the pfn field holds 20 bits, but 36-bit physical addresses with pages of 2^12 bytes need 24. Give the pfn more bits, or correct maxPhysmemBits',
    );
  });

  it('refuses a swap entry that looks present', () => {
    expect(broken({ swap: { type: { at: 0, count: 5 }, offset: [{ at: 8, count: 24 }] } })).toBe(
      'layout.swap: swap entry (type 1, offset 1) is 0x101, which is present: present looks at PRESENT (0x1). Keep swap.type, swap.offset and swp_exclusive away from these bits',
    );
  });

  it('refuses a swap entry that looks empty', () => {
    expect(broken({ tests: { present: B.PRESENT, none: { mask: bits(7, 0), value: 0 } } })).toBe(
      'layout.swap: swap entry (type 0, offset 1) is 0x100, which is none: none looks at 0xff. Give swap.base a bit that pte_none looks at',
    );
  });

  it('refuses parts of a swap entry that overlap', () => {
    expect(broken({ swap: { type: { at: 1, count: 7 }, offset: [{ at: 8, count: 24 }] } })).toBe(
      'layout.overlap: swap.type (0xfe) and swp_exclusive (0x80) overlap in 0x80. Give each a place of its own in the swap entry',
    );
  });

  it('refuses a protection map that is not one', () => {
    expect(broken({ protectionMap: toy.protectionMap.slice(1) })).toBe(
      'layout.protection-map: protectionMap has 15 entries, vm_get_page_prot needs 16. Give one protection for each combination of VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8',
    );
    expect(broken({ protectionMap: toy.protectionMap.map((p, i) => (i === 3 ? 0x1025 : p)) })).toBe(
      'layout.overlap: protectionMap[3] (0x1025) reaches into the pfn field (0xfffff000). A protection holds no address bits: correct the protection or the field',
    );
    expect(broken({ protectionMap: toy.protectionMap.map((p, i) => (i === 9 ? 0x225 : p)) })).toBe(
      'layout.overlap: protectionMap[9] (0x225) sets the special bit SPECIAL (0x200), so that every page of such a mapping would be special. Choose another bit, or correct the protection',
    );
  });

  it('refuses an operation without its effect, or with another', () => {
    expect(broken({ ops: { ...toy.ops, mkdirty: { or: bit(8) } } })).toBe(
      'layout.operation: mkdirty turns 0x5025 into 0x5125, for which dirty does not hold. Let ops.mkdirty set what tests.dirty looks at',
    );
    expect(broken({ ops: { ...toy.ops, mkyoung: { or: B.ACCESSED | B.DIRTY } } })).toBe(
      'layout.operation: mkyoung turns 0x5025 into 0x5065, which changes dirty too. Let ops.mkyoung leave alone what tests.dirty looks at',
    );
    expect(broken({ ops: { ...toy.ops, mkold: { clear: bits(31, 5) } } })).toBe(
      'layout.operation: mkold turns 0x5025 into 0x5 and so pfn 5 into 0. Keep ops.mkold out of the pfn field (0xfffff000)',
    );
  });

  it('refuses names that half overlap', () => {
    const names = [...(toy.bits ?? []), { name: 'WIDE', mask: 0x60n, meaning: 'two bits', kind: 'page' as const }];
    expect(broken({ bits: [...names, { name: 'OFF', mask: 0xc0n, meaning: 'shifted', kind: 'page' as const }] })).toBe(
      'layout.overlap: WIDE (0x60) and OFF (0xc0) overlap in 0x40. Correct one of the masks, or name the kind of entry that it is about (absent, swap, directory)',
    );
  });

  it('refuses masks beyond the entry, and what is no mask', () => {
    expect(broken({ tests: { present: bit(32) } })).toBe(
      'layout.width: tests.present: mask 0x100000000 does not fit the entry, whose bits are 0xffffffff. Correct the mask or pteBits',
    );
    expect(broken({ tests: { present: '0y1' } })).toBe(
      "layout.mask: tests.present: '0y1' is not a mask. Write a hex string such as '0x80', a bigint, or a number from 0 to 2^53-1",
    );
    expect(broken({ tests: { present: { mask: 1, value: 2 } } })).toBe(
      'layout.mask: tests.present: value 0x2 has bits outside mask 0x1, so the test never holds. Add the bits to the mask or take them out of the value',
    );
  });

  it('refuses an empty entry that is not empty', () => {
    expect(broken({ tests: { present: B.PRESENT, none: B.TYPE_MASK } })).toBe(
      'layout.empty: the empty entry 0x0 is not none. pte_clear must leave an entry for which pte_none holds: correct empty or tests.none',
    );
  });

  it('takes a deviation that is declared, and only one that occurs', () => {
    const lossy = { ops: { modify: modify(bits(31, 12) | B.DIRTY | B.SPECIAL) } };
    expect(broken(lossy)).toMatch(/^layout\.modify: .* no longer young/);
    expect(broken({ ...lossy, accepted: { 'modify-young': 'because it does' } })).toBe('accepted');
    expect(broken({ accepted: { 'modify-young': 'because it does' } })).toBe(
      "layout.accepted: the layout accepts 'modify-young', but that check holds. Take the entry out of accepted",
    );
  });
});

describe('defineArchitecture', () => {
  const { pageShift: _, ...layout } = toy;
  const spec = {
    name: 'toy',
    family: 'toy',
    title: 'Toy',
    kconfig: 'TOY',
    source: [],
    bits: 32,
    levels: { pgd: [22, 1024], pte: [12, 1024] },
    TASK_SIZE: 0xc0000000n,
    layout,
    facts: {},
    mmu: { young: 'hardware', dirty: 'hardware' },
  } as const;

  it('folds the levels that are left out', () => {
    expect(defineArchitecture(spec).levels.map((l) => [l.name, l.shift, l.entries, l.folded])).toEqual([
      ['pgd', 22, 1024, false],
      ['p4d', 22, 1, true],
      ['pud', 22, 1, true],
      ['pmd', 22, 1, true],
      ['pte', 12, 1024, false],
    ]);
  });

  it('refuses levels that do not fit each other', () => {
    expect(complaint(() => defineArchitecture({ ...spec, levels: { pgd: [22, 1024], pte: [12, 512] } }))).toBe(
      'arch.geometry: toy: a pte table of 512 entries of 2^12 bytes covers 2^21 bytes, but a pgd entry covers 2^22. Correct a shift or the number of entries',
    );
  });

  it('names the architecture in errors of its layout', () => {
    expect(complaint(() => defineArchitecture({ ...spec, layout: { ...layout, maxPhysmemBits: 40 } }))).toMatch(
      /^layout\.pfn: toy: the pfn field holds 20 bits/,
    );
  });

  it('refuses a TASK_SIZE within a page', () => {
    expect(complaint(() => defineArchitecture({ ...spec, TASK_SIZE: 0xc0000800n }))).toBe(
      'arch.geometry: toy: TASK_SIZE 0xc0000800 is no number of pages of 0x1000 bytes. Give the first byte that user code cannot have',
    );
  });

  it('refuses what is no entry width', () => {
    expect(complaint(() => defineArchitecture({ ...spec, layout: { ...layout, pteBits: 65 } }))).toBe(
      'layout.width: toy: pteBits is 65, but an entry has 8 to 64 bits. Give the number of bits that one page-table entry takes',
    );
  });

  it('says what a plugin in JavaScript left out', () => {
    const { mmu: _mmu, ...rest } = spec;
    expect(complaint(() => defineArchitecture(rest as unknown as ArchitectureSpec))).toBe(
      'arch.member: toy: mmu is missing, expected an object. See ArchitectureSpec in @specialbit/core/arch for what a plugin must say',
    );
    const numeric = { ...spec, TASK_SIZE: 0xc0000000 } as unknown as ArchitectureSpec;
    expect(complaint(() => defineArchitecture(numeric))).toMatch(
      /^arch\.member: toy: TASK_SIZE is of type number, expected a bigint/,
    );
  });

  it('leaves deviations from the laws of the kit to the kit', () => {
    const accepted = { 'protections/private': 'as it is' };
    expect(complaint(() => defineArchitecture({ ...spec, layout: { ...layout, accepted } }))).toBe('accepted');
  });

  it('checks operations that a plugin replaces', () => {
    const lazy = { ...spec, override: () => ({ mkdirty: () => {} }) };
    expect(complaint(() => defineArchitecture(lazy))).toBe(
      'layout.operation: toy: mkdirty turns 0x5025 into 0x5025, for which dirty does not hold. Let ops.mkdirty set what tests.dirty looks at',
    );
    const arch = defineArchitecture({
      ...spec,
      override: (codec) => ({
        mkwrite_novma: (p) => {
          codec.mkwrite_novma(p);
          p.lo |= 1 << 8;
        },
        write: (p) => codec.write(p) && codec.present(p),
      }),
    });
    const p = readPte('5005');
    arch.pte.mkwrite(p);
    const same = [arch.pte.ops.mkwrite === arch.pte.mkwrite, arch.pte.tests.write === arch.pte.write];
    expect([formatPte(p), ...same]).toEqual(['5107', true, true]);
  });
});

describe('pfn fields', () => {
  it('refuses parts of the pfn that overlap', () => {
    const fields = [
      { at: 12, count: 20 },
      { at: 30, count: 2, from: 20 },
    ];
    expect(broken({ pfn: { fields } })).toBe(
      'layout.overlap: pfn.fields[0] (0xfffff000) and pfn.fields[1] (0xc0000000) overlap in 0xc0000000. Give each part of the pfn bits of its own',
    );
  });
});
