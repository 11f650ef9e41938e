// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 32-bit MIPS kernels built for release 2 and later: CPU_MIPSR2 and its successors select
 * CPU_HAS_RIXI, whose two bits take the place of the special bit.
 * arch/mips/include/asm/pgtable-bits.h, pgtable.h, pgtable-32.h; arch/mips/mm/cache.c
 * (setup_protection_map), tlbex.c (TLB handlers).
 */
import {
  type ArchFacts,
  type Architecture,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  type LayoutSpec,
  type MmuSpec,
  silentBits,
  swapWithoutExclusive,
  type TestSpec,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'software: resident'],
  _PAGE_WRITE: [bit(1), 'software: write permission'],
  _PAGE_SWP_EXCLUSIVE: [bit(1), 'exclusive', 'swap'],
  _PAGE_ACCESSED: [bit(2), 'software: young'],
  _PAGE_MODIFIED: [bit(3), 'software: dirty'],
  _PAGE_NO_EXEC: [bit(4), 'inverted: no execution; only with RIXI in the CPU'],
  _PAGE_NO_READ: [bit(5), 'inverted: no reading'],
  _PAGE_GLOBAL: [bit(6), 'EntryLo G'],
  _PAGE_VALID: [bit(7), 'EntryLo V'],
  _PAGE_DIRTY: [bit(8), 'EntryLo D: stores allowed'],
  _CACHE_MASK: [bits(11, 9), 'EntryLo C: 2 uncached, 3 cached'],
});
const {
  _PAGE_PRESENT: PRESENT,
  _PAGE_WRITE: WRITE,
  _PAGE_ACCESSED: ACCESSED,
  _PAGE_NO_READ: NO_READ,
  _PAGE_VALID: VALID,
} = B;
const soft = silentBits({
  write: WRITE,
  modified: B._PAGE_MODIFIED,
  accessed: ACCESSED,
  readable: clear(NO_READ),
  valid: VALID,
  storeEnable: B._PAGE_DIRTY,
});

export const MIPS_FACTS: Partial<ArchFacts> = {
  ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/mips/Kconfig: DMA_NONCOHERENT, as Malta selects it
  ARCH_HAS_DMA_WRITE_COMBINE: true, // the same
  HAVE_IOREMAP_PROT: true, // arch/mips/Kconfig
  HAVE_GUP_FAST: true, // arch/mips/Kconfig
  pte_sw_mkyoung: true, // arch/mips/include/asm/pgtable.h
  HAVE_COLOR_ZERO_PAGE: true, // arch/mips/include/asm/pgtable.h
  pte_pgprot: true, // arch/mips/include/asm/page.h
  ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/mips/Kconfig
};

/**
 * tlbex.c, handle_tlbl, handle_tlbs and handle_tlbm: a load makes the entry valid and young, a
 * store also dirty. Without RIXI the load handler refuses an unreadable page; with it the handler
 * asks for PRESENT alone, and the CPU refuses afterwards, when the entry is marked already.
 */
function mmu(rixi: boolean): MmuSpec {
  const load = { or: VALID | ACCESSED };
  const readable: TestSpec = { all: [PRESENT, clear(NO_READ)] };
  return {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: rixi ? { if: PRESENT, do: load, allow: clear(NO_READ) } : { if: readable, do: load },
      exec: rixi ? { if: PRESENT, do: load, allow: clear(B._PAGE_NO_EXEC) } : { if: readable, do: load },
      write: { if: PRESENT | WRITE, do: { or: VALID | ACCESSED | B._PAGE_MODIFIED | B._PAGE_DIRTY } },
    },
  };
}

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly kconfig: string;
  /** The CPU has RIXI (cpu_has_rixi): otherwise NO_EXEC is 0 and NO_READ a software bit. */
  readonly rixi: boolean;
  /** Cache attribute of user pages: bits 9 to 11 (_page_cachable_default, from Config.K0). */
  readonly cache: 2n | 3n;
  readonly PAGE_SHIFT?: 12 | 14;
  /** Size in bytes of one way of a data cache that aliases (shm_align_mask in c-r4k.c, plus one). */
  readonly dcacheWay?: number;
}

const base = {
  family: 'mips',
  source: [
    'arch/mips/include/asm/pgtable-bits.h',
    'arch/mips/include/asm/pgtable.h',
    'arch/mips/include/asm/pgtable-32.h',
    'arch/mips/mm/cache.c',
    'arch/mips/mm/tlbex.c',
  ],
  notes: [
    'No bit is left for special: NO_EXEC and NO_READ are there since the kernel is built for a CPU that may have RIXI, whether it has or not.',
    'Dirty is MODIFIED; the hardware bit called dirty is the store enable.',
    'pte_none ignores the global bit.',
  ],
  bits: 32,
  TASK_SIZE: 0x80000000n,
} as const;

function protectionMap(page: bigint, NO_EXEC: bigint): readonly bigint[] {
  const [read, write] = [page | NO_EXEC, page | WRITE | NO_EXEC];
  // biome-ignore format: private above, shared below
  return [
    read | NO_READ, read, read | NO_READ, read, page, page, page, page,
    read | NO_READ, read, write | NO_READ, write, page, page, page | WRITE, page | WRITE,
  ];
}

function mips32({ name, title, kconfig, rixi, cache, PAGE_SHIFT = 12, dcacheWay = 0 }: Variant): Architecture {
  const pfn = bits(31, PAGE_SHIFT);
  const keep = pfn | ACCESSED | B._PAGE_MODIFIED | B._CACHE_MASK;
  const layout: Omit<LayoutSpec, 'pageShift'> = {
    pteBits: 32,
    bits: names,
    pfn: { fields: [{ at: PAGE_SHIFT, count: 32 - PAGE_SHIFT }] },
    maxPhysmemBits: 32,
    flags: { swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
    tests: { ...soft.tests, present: PRESENT, none: clear(bits(31, 0) & ~B._PAGE_GLOBAL) },
    // _CACHE_UNCACHED; cpu_data[0].writecombine is the same on most CPUs
    pgprot: { noncached: { clear: B._CACHE_MASK, or: 2n << 9n } },
    ops: {
      ...soft.ops,
      // pte_modify keeps what the page is and restores VALID where the entry is young and now readable.
      modify: [
        { keep },
        { orProt: bits(31, 0) & ~keep },
        { if: equals(ACCESSED | NO_READ, ACCESSED), do: { or: VALID } },
      ],
    },
    protectionMap: protectionMap(PRESENT | (cache << 9n), rixi ? B._PAGE_NO_EXEC : 0n),
    access: { user: true, exec: rixi ? clear(B._PAGE_NO_EXEC) : true, read: clear(NO_READ) },
    swap: { type: { at: 8, count: 5 }, offset: [{ at: 13, count: 19 }] },
  };
  return declareArchitecture({
    ...base,
    name,
    title,
    kconfig,
    levels: PAGE_SHIFT === 12 ? { pgd: [22, 1024], pte: [12, 1024] } : { pgd: [26, 64], pte: [14, 4096] },
    layout,
    facts: {
      ...MIPS_FACTS,
      read_fault_vm_flags: rixi ? 1 : 7, // arch/mips/mm/fault.c
      cpu_has_dc_aliases: dcacheWay > 0,
      // arch/mips/mm/c-r4k.c; where nothing aliases what it read there is not used
      flush_cache_page_looks_at_page: dcacheWay > 0 ? 'local_r4k_flush_cache_page' : null,
      shm_align: dcacheWay, // arch/mips/mm/mmap.c, c-r4k.c
    },
    changes: [swapWithoutExclusive()],
    mmu: mmu(rixi),
  });
}

/** Release 2 kernel on a CPU without RIXI, whose default is uncached: the machine of the kernel transcripts. */
export const mips32r2 = mips32({
  name: 'mips32r2',
  title: 'MIPS32 release 2, CPU without RIXI',
  kconfig: '32BIT && CPU_MIPS32_R2',
  rixi: false,
  cache: 2n,
});
export const mips32r2_cached = mips32({
  name: 'mips32r2-cached',
  title: 'MIPS32 release 2, CPU without RIXI, cached',
  kconfig: '32BIT && CPU_MIPS32_R2',
  rixi: false,
  cache: 3n,
});
export const mips32r2_16k = mips32({
  name: 'mips32r2-16k',
  title: 'MIPS32 release 2, 16 KiB pages',
  kconfig: '32BIT && CPU_MIPS32_R2 && PAGE_SIZE_16KB',
  rixi: false,
  cache: 3n,
  PAGE_SHIFT: 14,
});
export const mips32r2_rixi = mips32({
  name: 'mips32r2-rixi',
  title: 'MIPS32 release 2, CPU with RIXI',
  kconfig: '32BIT && CPU_MIPS32_R2',
  rixi: true,
  cache: 3n,
});
/** Release 6 on a CPU whose data cache aliases: the machine of the kernel transcripts. */
export const mips32r6 = mips32({
  name: 'mips32r6',
  title: 'MIPS32 release 6, aliasing data cache',
  kconfig: '32BIT && CPU_MIPS32_R6',
  rixi: true,
  cache: 2n,
  dcacheWay: 0x2000,
});
export const mips32r6_cached = mips32({
  name: 'mips32r6-cached',
  title: 'MIPS32 release 6',
  kconfig: '32BIT && CPU_MIPS32_R6',
  rixi: true,
  cache: 3n,
});
