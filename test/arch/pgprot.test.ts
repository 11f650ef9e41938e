// SPDX-License-Identifier: GPL-2.0-or-later
/** Memory types: what pgprot_noncached() and its relatives make of the protection of a shared, writable mapping. */
import type { Pte, PteCodec } from '@specialbit/core/arch';
import { pteValue } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

type Op = 'pgprot_noncached' | 'pgprot_writecombine' | 'pgprot_device' | 'pgprot_dmacoherent';
const SHARED_RW = 11;

const made = (pte: PteCodec, op: Op, index = SHARED_RW): string => {
  const prot: Pte = { ...(pte.protection_map[index] as Pte) };
  pte[op](prot);
  return `0x${pteValue(prot).toString(16)}`;
};

/** By hand, from the headers of 6.12: PAGE_SHARED and the macro. */
const GOLDEN: readonly (readonly [name: string, noncached: string, writecombine: string, device: string])[] = [
  // asm/pgtable.h; the PAT of arch/x86/mm/pat/memtype.c: PCD is UC-, PWT is WC
  ['x86_64', '0x8000000000000037', '0x800000000000002f', '0x8000000000000037'],
  ['i386', '0x37', '0x2f', '0x37'],
  // MT_DEVICE_nGnRnE 3, MT_NORMAL_NC 2, MT_DEVICE_nGnRE 4, with PXN and UXN
  ['arm64', '0x68000000000fcf', '0x68000000000fcb', '0x68000000000fd3'],
  // MT_UNCACHED 0, MT_BUFFERABLE 1, MT_DEV_SHARED 4 with SHARED, DIRTY and XN
  ['arm', '0x303', '0x307', '0x753'],
  ['mips32r2-cached', '0x403', '0x403', '0x403'],
  ['parisc32', '0xa83', '0xa83', '0xa83'],
  ['ppc64-radix-4k', '0x8000000000000126', '0x8000000000000136', '0x8000000000000126'],
  ['csky', '0x7e0', '0x7c0', '0x7e0'],
  ['arc', '0x20c', '0x20c', '0x20c'],
];

describe('memory types', () => {
  it.each(GOLDEN)('of %s', (name, noncached, writecombine, device) => {
    const { pte } = registry.get(name);
    const found = [made(pte, 'pgprot_noncached'), made(pte, 'pgprot_writecombine'), made(pte, 'pgprot_device')];
    expect(found).toEqual([noncached, writecombine, device]);
  });

  it.each(registry.all.map(({ name }) => name))(
    '%s: stay what they are when made again, and survive pgprot_modify()',
    (name) => {
      const { pte } = registry.get(name);
      const twice = (op: Op, prot: Pte): void => {
        const once = { ...prot };
        pte[op](once);
        expect(once, op).toEqual(prot);
      };
      for (const op of ['pgprot_noncached', 'pgprot_writecombine', 'pgprot_device', 'pgprot_dmacoherent'] as const) {
        for (const from of [9, 11]) {
          const prot: Pte = { ...(pte.protection_map[from] as Pte) };
          pte[op](prot);
          twice(op, prot);
          // mprotect() of the VMA: the new rights, the old memory type
          const back = { ...prot };
          if (op !== 'pgprot_dmacoherent') {
            pte.pgprot_modify(back, pte.protection_map[20 - from] as Pte);
            expect(made(pte, op, 20 - from)).toBe(`0x${pteValue(back).toString(16)}`);
          }
        }
      }
    },
  );

  it('pgprot_modify() of a protection without a type is the new protection', () => {
    for (const { pte, name } of registry.all) {
      const prot: Pte = { ...(pte.protection_map[9] as Pte) };
      pte.pgprot_modify(prot, pte.protection_map[11] as Pte);
      expect(prot, name).toEqual(pte.protection_map[11]);
    }
  });
});
