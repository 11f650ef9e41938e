// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 32-bit PowerPC with the MMU of book3s.
 * arch/powerpc/include/asm/book3s/32/pgtable.h, pgtable-masks.h; arch/powerpc/mm/pgtable.c.
 */
import { bit, bits, clear, declareArchitecture, defineBits, modify, ones, protections } from '@specialbit/core/arch';
import { POWERPC_FACTS, PPC32, PPC32_CHANGES, withExecOnly } from './powerpc.js';

/** 603, 604, 740 to 7448: an inverted (hash) page table, filled from the Linux one. */
function book3s() {
  const { mask: B, bits: names } = defineBits({
    _PAGE_PRESENT: [bit(0), 'resident'],
    _PAGE_HASHPTE: [bit(1), 'software: the hash table has an entry'],
    _PAGE_READ: [bit(2), 'read permission'],
    _PAGE_SWP_EXCLUSIVE: [bit(2), 'exclusive', 'swap'],
    _PAGE_GUARDED: [bit(3), 'guarded storage'],
    _PAGE_COHERENT: [bit(4), 'memory coherence'],
    _PAGE_NO_CACHE: [bit(5), 'not cached'],
    _PAGE_WRITETHRU: [bit(6), 'write-through'],
    _PAGE_DIRTY: [bit(7), 'dirty'],
    _PAGE_ACCESSED: [bit(8), 'young'],
    _PAGE_EXEC: [bit(9), 'execute permission'],
    _PAGE_WRITE: [bit(10), 'write permission'],
    _PAGE_SPECIAL: [bit(11), 'software: special'],
  });
  const { _PAGE_READ: R, _PAGE_WRITE: W, _PAGE_EXEC: X, _PAGE_PRESENT: PRESENT, _PAGE_ACCESSED: ACCESSED } = B;
  const page = (rights: bigint): bigint => PRESENT | ACCESSED | B._PAGE_COHERENT | rights;
  const CACHE_CTL = B._PAGE_COHERENT | B._PAGE_GUARDED | B._PAGE_NO_CACHE | B._PAGE_WRITETHRU;
  const mark = ACCESSED | B._PAGE_HASHPTE;
  return declareArchitecture({
    ...PPC32,
    name: 'ppc32-book3s',
    title: 'PowerPC 604 class, hash table',
    kconfig: 'PPC_BOOK3S_32',
    source: [
      'arch/powerpc/include/asm/book3s/32/pgtable.h',
      'arch/powerpc/include/asm/pgtable-masks.h',
      'arch/powerpc/mm/book3s32/hash_low.S',
    ],
    notes: ['HASHPTE survives every operation, and pte_none ignores it.'],
    levels: { pgd: [22, 1024], pte: [12, 1024] },
    TASK_SIZE: 0xb0000000n,
    layout: {
      pteBits: 32,
      bits: names,
      pfn: { fields: [{ at: 12, count: 20 }] },
      maxPhysmemBits: 32,
      flags: {
        write: W,
        dirty: B._PAGE_DIRTY,
        young: ACCESSED,
        special: B._PAGE_SPECIAL,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: {
        present: PRESENT,
        none: clear(ones(32) & ~B._PAGE_HASHPTE),
        exec: X,
        read: R,
        hashpte: B._PAGE_HASHPTE,
        ci: B._PAGE_NO_CACHE,
      },
      // _PAGE_CACHE_CTL
      pgprot: {
        noncached: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE | B._PAGE_GUARDED },
        writecombine: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE },
      },
      ops: {
        mkwrite: { or: R | W },
        modify: modify(bits(31, 12) | B._PAGE_HASHPTE | B._PAGE_DIRTY | ACCESSED | B._PAGE_SPECIAL),
      },
      protectionMap: withExecOnly(
        protections({
          none: page(0n),
          read: page(R),
          readExec: page(R | X),
          write: page(R | W),
          writeExec: page(R | W | X),
        }),
        page(X),
      ),
      access: { user: R, exec: X, read: R },
      swap: { type: { at: 3, count: 5 }, offset: [{ at: 8, count: 24 }] },
    },
    facts: POWERPC_FACTS,
    changes: PPC32_CHANGES,
    // hash_page enters what the Linux entry allows, and marks it.
    mmu: {
      young: 'tlb-refill',
      dirty: 'tlb-refill',
      rules: {
        read: { if: PRESENT | R, do: { or: mark } },
        exec: { if: PRESENT | X, do: { or: mark } },
        write: { if: PRESENT | R | W, do: { or: mark | B._PAGE_DIRTY } },
      },
    },
  });
}

export const ppc32_book3s = book3s();
