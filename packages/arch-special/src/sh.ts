// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * SuperH. arch/sh/include/asm/pgtable_32.h, pgtable-3level.h, pgtable.h, arch/sh/mm/mmap.c (protections),
 * arch/sh/mm/tlbex_32.c (handle_tlbmiss).
 */
import {
  type ArchFacts,
  anyOf,
  bit,
  bits,
  declareArchitecture,
  defineBits,
  modify,
  protections,
  type StepsSpec,
  swapWithoutExclusive,
  type TestSpec,
} from '@specialbit/core/arch';

const LOW = {
  _PAGE_WT: [bit(0), 'write-through'],
  _PAGE_HW_SHARED: [bit(1), 'seen by every address space'],
  _PAGE_DIRTY: [bit(2), 'dirty'],
  _PAGE_CACHABLE: [bit(3), 'cached'],
  _PAGE_SZ0: [bit(4), 'page size, low bit'],
  _PAGE_RW: [bit(5), 'write permission'],
  _PAGE_USER: [bit(6), 'user code may use it'],
  _PAGE_SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  _PAGE_SZ1: [bit(7), 'page size, high bit'],
  _PAGE_PRESENT: [bit(8), 'resident, and valid for the TLB'],
  _PAGE_PROTNONE: [bit(9), 'software: PROT_NONE'],
  _PAGE_ACCESSED: [bit(10), 'software: young'],
  _PAGE_SPECIAL: [bit(11), 'software: special'],
} as const;
const { mask: L, bits: low } = defineBits(LOW);
const PAGE = L._PAGE_PRESENT | L._PAGE_ACCESSED | L._PAGE_CACHABLE;
const CHG_MASK = bits(31, 12) | L._PAGE_ACCESSED | L._PAGE_CACHABLE | L._PAGE_DIRTY | L._PAGE_SPECIAL;

/** PTE_FLAGS_MASK is the complement of the address mask, shifted up by a page: it keeps address bits 12 to 23. */
const pgprot: StepsSpec = { keep: bits(23, 12) };

/** pgprot_noncached() is pgprot_writecombine(). */
const uncached = { noncached: { clear: L._PAGE_CACHABLE } } as const;

const PGPROT = 'PTE_FLAGS_MASK keeps bits of the address instead of the flags';

const flags = {
  dirty: L._PAGE_DIRTY,
  young: L._PAGE_ACCESSED,
  special: L._PAGE_SPECIAL,
  swp_exclusive: L._PAGE_SWP_EXCLUSIVE,
} as const;
const facts: Partial<ArchFacts> = {
  ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/sh/Kconfig: DMA_NONCOHERENT
  HAVE_GUP_FAST: true, // arch/sh/Kconfig: if MMU
  pte_access_permitted_user: true, // arch/sh/include/asm/pgtable.h
  pte_pgprot: true, // arch/sh/include/asm/page.h
  ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/sh/Kconfig
};

/** handle_tlbmiss marks the entry of a resident page; the CPU asks for the rights of the access afterwards. */
function mmu(user: TestSpec, write: TestSpec) {
  const young: StepsSpec = { or: L._PAGE_ACCESSED };
  const load = { if: L._PAGE_PRESENT, do: young, allow: user };
  return {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: load,
      exec: load,
      write: { if: { all: [L._PAGE_PRESENT, write] }, do: { or: L._PAGE_ACCESSED | L._PAGE_DIRTY }, allow: user },
    },
  } as const;
}

const sh4Page = PAGE | L._PAGE_SZ0;
export const sh4 = declareArchitecture({
  name: 'sh4',
  aliases: ['sh'],
  family: 'sh',
  title: 'SH-4',
  kconfig: 'SUPERH && MMU && CPU_SH4 && !X2TLB',
  source: [
    'arch/sh/include/asm/pgtable_32.h',
    'arch/sh/include/asm/pgtable.h',
    'arch/sh/mm/mmap.c',
    'arch/sh/mm/tlbex_32.c',
  ],
  notes: ['The page-size bit is part of every protection. PROT_NONE has a bit of its own and counts as present.'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0x7c000000n,
  layout: {
    pteBits: 32,
    bits: low,
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { ...flags, write: L._PAGE_RW },
    tests: { present: anyOf(L._PAGE_PRESENT | L._PAGE_PROTNONE) },
    pgprot: uncached,
    ops: { pgprot, modify: modify(CHG_MASK) },
    protectionMap: protections({
      none: L._PAGE_PROTNONE | L._PAGE_CACHABLE | L._PAGE_ACCESSED | L._PAGE_SZ0,
      read: sh4Page | L._PAGE_USER,
      write: sh4Page | L._PAGE_USER | L._PAGE_RW,
    }),
    access: { user: L._PAGE_USER | L._PAGE_PRESENT, exec: true },
    accepted: { 'pgprot/round-trip': PGPROT },
    swap: { type: { at: 1, count: 5 }, offset: [{ at: 11, count: 21 }] },
  },
  facts: {
    ...facts,
    HAVE_IOREMAP_PROT: true, // arch/sh/Kconfig: MMU && !X2TLB
    cpu_has_dc_aliases: true, // arch/sh/mm/cache.c: a way is larger than a page
    shm_align: 0x4000, // arch/sh/mm/mmap.c shm_align_mask: 16 KiB, one way, of the SH7750's data cache
  },
  changes: [swapWithoutExclusive()],
  mmu: mmu(L._PAGE_USER, L._PAGE_RW),
});

const { mask: E, bits: extended } = defineBits({
  _PAGE_EXT_ESZ0: [bit(36), 'high word: page size 4 KiB, in every protection'],
  _PAGE_EXT_USER_EXEC: [bit(40), 'high word: user code may execute'],
  _PAGE_EXT_USER_WRITE: [bit(41), 'high word: user code may write'],
  _PAGE_EXT_USER_READ: [bit(42), 'high word: user code may read'],
  _PAGE_EXT_KERN_EXEC: [bit(43), 'high word: the kernel may execute'],
  _PAGE_EXT_KERN_WRITE: [bit(44), 'high word: the kernel may write'],
  _PAGE_EXT_KERN_READ: [bit(45), 'high word: the kernel may read'],
  _PAGE_EXT_WIRED: [bit(46), 'high word: stays in the TLB'],
});
const {
  _PAGE_EXT_USER_READ: UR,
  _PAGE_EXT_USER_WRITE: UW,
  _PAGE_EXT_USER_EXEC: UX,
  _PAGE_EXT_KERN_READ: KR,
  _PAGE_EXT_KERN_WRITE: KW,
  _PAGE_EXT_KERN_EXEC: KX,
} = E;
const page = (rights: bigint): bigint => PAGE | E._PAGE_EXT_ESZ0 | rights;
const [R, W, X] = [UR | KR, UW | KW, UX | KX];
const NONE = L._PAGE_PROTNONE | L._PAGE_CACHABLE | L._PAGE_ACCESSED | E._PAGE_EXT_ESZ0;

export const sh4a_x2tlb = declareArchitecture({
  name: 'sh4a-x2tlb',
  family: 'sh',
  title: 'SH-4A with extended TLB',
  kconfig: 'SUPERH && MMU && X2TLB',
  source: [
    'arch/sh/include/asm/pgtable_32.h',
    'arch/sh/include/asm/pgtable-3level.h',
    'arch/sh/mm/mmap.c',
    'arch/sh/mm/tlbex_32.c',
  ],
  notes: [
    'Two words, pte_low | pte_high << 32: rights and page size are in the high one, where swap entries also live.',
    'pte_modify only ors into the high word: it never takes a right away.',
  ],
  bits: 32,
  levels: { pgd: [30, 4], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: 0x7c000000n,
  layout: {
    pteBits: 64,
    bits: [...low, ...extended],
    pfn: { fields: [{ at: 12, count: 20 }] },
    maxPhysmemBits: 32,
    flags: { ...flags, write: UW | KW },
    tests: { present: anyOf(L._PAGE_PRESENT | L._PAGE_PROTNONE), write: anyOf(UW | KW) },
    pgprot: uncached,
    ops: { pgprot, modify: modify(bits(63, 32) | CHG_MASK) },
    // A private page that may be written is readable and executable, until it has been copied.
    // biome-ignore format: private above, shared below
    protectionMap: [
      NONE, page(R), page(R | X), page(R | X), page(R | X), page(R | X), page(R | X), page(R | X),
      NONE, page(R), page(W), page(R | W), page(R | X), page(R | X), page(R | W | X), page(R | W | X),
    ],
    access: { user: anyOf(UR | UW | UX), exec: UX },
    accepted: {
      'pgprot/round-trip': PGPROT,
      'modify/write': 'pte_modify only ors into the high word, where the rights are',
      'access/modify-takes-store': 'pte_modify only ors into the high word, where the rights are',
      'behaviour/mprotect-keeps-frames': 'pte_modify only ors into the high word, where the rights are',
      'modify/fresh': 'pte_modify only ors into the high word, where the rights are',
    },
    swap: { type: { at: 32, count: 5 }, offset: [{ at: 37, count: 27 }] },
  },
  facts,
  changes: [swapWithoutExclusive()],
  mmu: mmu(anyOf(UR | UW | UX), anyOf(UW | KW)),
});
