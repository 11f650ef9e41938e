// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * MIPS kernels that have the special bit: 32-bit ones built for CPUs before release 2, and all
 * 64-bit ones. Which software bits exist moves all bits above them.
 * arch/mips/include/asm/pgtable-bits.h, pgtable.h, pgtable-32.h, pgtable-64.h; arch/mips/mm/cache.c
 * (setup_protection_map), tlbex.c (TLB handlers).
 */
import {
  type ArchFacts,
  type Architecture,
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  type HugeSpec,
  layoutWithout,
  type MmuSpec,
  type NamedBits,
  ones,
  type StepSpec,
  silentBits,
  swapWithoutExclusive,
  type TestSpec,
} from '@specialbit/core/arch';
import { mips_modify_keeps_special } from './changes.js';

const facts: Partial<ArchFacts> = {
  ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/mips/Kconfig: DMA_NONCOHERENT, as Malta selects it
  ARCH_HAS_DMA_WRITE_COMBINE: true, // the same
  HAVE_IOREMAP_PROT: true, // arch/mips/Kconfig
  HAVE_GUP_FAST: true, // arch/mips/Kconfig
  pte_sw_mkyoung: true, // arch/mips/include/asm/pgtable.h
  HAVE_COLOR_ZERO_PAGE: true, // arch/mips/include/asm/pgtable.h
  pte_pgprot: true, // arch/mips/include/asm/page.h
  ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/mips/Kconfig
};

/** Positions of the bits; EntryLo (G, V, D, C) follows the software bits. */
interface Bits {
  readonly WRITE: bigint;
  readonly ACCESSED: bigint;
  readonly MODIFIED: bigint;
  readonly SPECIAL: bigint;
  readonly NO_READ: bigint;
  /** 0n without RIXI. */
  readonly NO_EXEC: bigint;
  readonly HUGE?: bigint;
  readonly GLOBAL: bigint;
  readonly VALID: bigint;
  readonly DIRTY: bigint;
  readonly CACHE_MASK: bigint;
  readonly SWP_EXCLUSIVE: bigint;
}
const PRESENT = bit(0);

/** Kernels with MIPS_HUGE_TLB_SUPPORT. An empty PMD holds the address of invalid_pte_table; here it is 0. */
function pmd(HUGE: bigint, at: Bits, keep: bigint): HugeSpec {
  const table: TestSpec = { all: [clear(HUGE), anyOf(ones(64))] };
  return {
    kconfig: 'TRANSPARENT_HUGEPAGE && CPU_SUPPORTS_HUGEPAGES',
    tests: { none: clear(ones(64)), present: { any: [HUGE | PRESENT, table] }, leaf: HUGE },
    // without RIXI what may be read may be executed, and nothing else
    access: { user: true, exec: clear(at.NO_EXEC === 0n ? at.NO_READ : at.NO_EXEC), read: clear(at.NO_READ) },
    ops: {
      mkhuge: { or: HUGE },
      mkinvalid: { clear: PRESENT | at.VALID | at.DIRTY },
      modify: [{ keep: keep | HUGE }, { orProt: ones(64) & ~keep }],
    },
  };
}

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly kconfig: string;
  readonly bits: 32 | 64;
  readonly at: Bits;
  /** Cache attribute of user pages, in place. */
  readonly cache: bigint;
  /** First bit of the pfn. */
  readonly pfn: number;
  readonly levels: ArchitectureSpec['levels'];
  readonly TASK_SIZE: bigint;
  readonly swap: { readonly type: number; readonly offset: number; readonly count: number };
}

const names = (at: Bits): readonly NamedBits[] =>
  defineBits({
    _PAGE_PRESENT: [PRESENT, 'software: resident'],
    _PAGE_WRITE: [at.WRITE, 'software: write permission'],
    _PAGE_ACCESSED: [at.ACCESSED, 'software: young'],
    _PAGE_MODIFIED: [at.MODIFIED, 'software: dirty'],
    _PAGE_HUGE: [at.HUGE ?? 0n, 'huge page'],
    _PAGE_SPECIAL: [at.SPECIAL, 'software: special'],
    _PAGE_NO_EXEC: [at.NO_EXEC, 'inverted: no execution'],
    _PAGE_NO_READ: [at.NO_READ, 'inverted: no reading'],
    _PAGE_GLOBAL: [at.GLOBAL, 'EntryLo G'],
    _PAGE_VALID: [at.VALID, 'EntryLo V'],
    _PAGE_DIRTY: [at.DIRTY, 'EntryLo D: stores allowed'],
    _CACHE_MASK: [at.CACHE_MASK, 'EntryLo C'],
    _PAGE_SWP_EXCLUSIVE: [at.SWP_EXCLUSIVE, 'exclusive', 'swap'],
  }).bits.filter((b) => b.mask !== 0n);

/** tlbex.c: see the same function of the kernels without the bit. RIXI refuses after the entry is marked. */
function mmu(at: Bits): MmuSpec {
  const load = { or: at.VALID | at.ACCESSED };
  const readable: TestSpec = { all: [PRESENT, clear(at.NO_READ)] };
  const rixi = at.NO_EXEC !== 0n;
  return {
    young: 'tlb-refill',
    dirty: 'tlb-refill',
    rules: {
      read: rixi ? { if: PRESENT, do: load, allow: clear(at.NO_READ) } : { if: readable, do: load },
      exec: rixi ? { if: PRESENT, do: load, allow: clear(at.NO_EXEC) } : { if: readable, do: load },
      write: { if: PRESENT | at.WRITE, do: { or: at.VALID | at.ACCESSED | at.MODIFIED | at.DIRTY } },
    },
  };
}

function mips({ name, title, kconfig, at, cache, levels, TASK_SIZE, swap, ...v }: Variant): Architecture {
  const all = ones(v.bits);
  const pfn = all & ~ones(v.pfn);
  const keep = pfn | at.ACCESSED | at.MODIFIED | at.SPECIAL | at.CACHE_MASK;
  const pte_modify = (keep: bigint): readonly StepSpec[] => [
    { keep },
    { orProt: all & ~keep },
    { if: equals(at.ACCESSED | at.NO_READ, at.ACCESSED), do: { or: at.VALID } },
  ];
  const soft = silentBits({
    write: at.WRITE,
    modified: at.MODIFIED,
    accessed: at.ACCESSED,
    readable: clear(at.NO_READ),
    valid: at.VALID,
    storeEnable: at.DIRTY,
  });
  const page = PRESENT | cache;
  // attribute 2 of a field of three bits, and the one bit of the R3000
  const lowest = at.CACHE_MASK & -at.CACHE_MASK;
  const uncached = lowest === at.CACHE_MASK ? lowest : lowest << 1n;
  const [data, shared] = [page | at.NO_EXEC, page | at.WRITE | at.NO_EXEC];
  return declareArchitecture({
    name,
    title,
    kconfig,
    levels,
    TASK_SIZE,
    family: 'mips',
    source: [
      'arch/mips/include/asm/pgtable-bits.h',
      'arch/mips/include/asm/pgtable.h',
      v.bits === 64 ? 'arch/mips/include/asm/pgtable-64.h' : 'arch/mips/include/asm/pgtable-32.h',
      'arch/mips/mm/cache.c',
      'arch/mips/mm/tlbex.c',
    ],
    notes: [
      'Dirty is MODIFIED; the hardware bit called dirty is the store enable.',
      'Positions depend on which software bits the kernel is built with, the pfn on the page size.',
      'pte_none ignores the global bit.',
    ],
    bits: v.bits,
    layout: {
      pteBits: v.bits,
      bits: names(at),
      pfn: { fields: [{ at: v.pfn, count: v.bits - v.pfn }] },
      flags: { special: at.SPECIAL, swp_exclusive: at.SWP_EXCLUSIVE },
      tests: { ...soft.tests, present: PRESENT, none: clear(all & ~at.GLOBAL), ...(at.HUGE && { huge: at.HUGE }) },
      // _CACHE_UNCACHED; cpu_data[0].writecombine is the same on most CPUs
      pgprot: { noncached: { clear: at.CACHE_MASK, or: uncached } },
      ops: {
        ...soft.ops,
        modify: pte_modify(keep),
      },
      // biome-ignore format: private above, shared below
      protectionMap: [
        data | at.NO_READ, data, data | at.NO_READ, data, page, page, page, page,
        data | at.NO_READ, data, shared | at.NO_READ, shared, page, page, page | at.WRITE, page | at.WRITE,
      ],
      access: { user: true, exec: at.NO_EXEC ? clear(at.NO_EXEC) : true, read: clear(at.NO_READ) },
      swap: { type: { at: swap.type, count: 5 }, offset: [{ at: swap.offset, count: swap.count }] },
    },
    ...(at.HUGE && { huge: { pmd: pmd(at.HUGE, at, keep) } }),
    facts: { ...facts, read_fault_vm_flags: at.NO_EXEC ? 1 : 7 }, // arch/mips/mm/fault.c
    changes: [
      layoutWithout(mips_modify_keeps_special, (layout) => ({
        ...layout,
        ops: { ...layout.ops, modify: pte_modify(keep & ~at.SPECIAL) },
        accepted: { ...layout.accepted, 'modify-special': 'the mask of pte_modify lacks the special bit' },
      })),
      swapWithoutExclusive(),
    ],
    mmu: mmu(at),
  });
}

/** Release 1 and R4000-class, 32-bit: NO_READ, WRITE, ACCESSED, MODIFIED, SPECIAL, then EntryLo. */
const R4K = {
  NO_READ: bit(1),
  WRITE: bit(2),
  ACCESSED: bit(3),
  MODIFIED: bit(4),
  SPECIAL: bit(5),
  NO_EXEC: 0n,
  GLOBAL: bit(6),
  VALID: bit(7),
  DIRTY: bit(8),
  CACHE_MASK: bits(11, 9),
  SWP_EXCLUSIVE: bit(1),
} as const satisfies Bits;
const MIPS32 = { bits: 32, pfn: 12, levels: { pgd: [22, 1024], pte: [12, 1024] }, TASK_SIZE: 0x80000000n } as const;
const R1 = { ...MIPS32, kconfig: '32BIT && CPU_MIPS32_R1', at: R4K, swap: { type: 8, offset: 13, count: 19 } } as const;

/** On a CPU whose default is uncached: the machine of the kernel transcripts. */
export const mips32r1 = mips({ ...R1, name: 'mips32r1', title: 'MIPS32 release 1', cache: 2n << 9n });
export const mips32r1_cached = mips({
  ...R1,
  name: 'mips32r1-cached',
  title: 'MIPS32 release 1, cached',
  cache: 3n << 9n,
});

/** The R3000 has its EntryLo bits from bit 8 on, and one uncached bit. */
export const mips32_r3k = mips({
  ...MIPS32,
  name: 'mips32-r3k',
  title: 'MIPS R3000',
  kconfig: '32BIT && CPU_R3000',
  at: { ...R4K, GLOBAL: bit(8), VALID: bit(9), DIRTY: bit(10), CACHE_MASK: bit(11), SWP_EXCLUSIVE: bit(7) },
  cache: 0n,
  swap: { type: 10, offset: 15, count: 17 },
});

/** 64-bit: WRITE, ACCESSED, MODIFIED, with huge TLB entries HUGE, then SPECIAL, RIXI, EntryLo. */
function bits64(huge: boolean, rixi: boolean): Bits {
  const next = huge ? 5 : 4;
  return {
    WRITE: bit(1),
    ACCESSED: bit(2),
    MODIFIED: bit(3),
    ...(huge && { HUGE: bit(4) }),
    SPECIAL: bit(next),
    NO_EXEC: rixi ? bit(next + 1) : 0n,
    NO_READ: bit(next + 2),
    GLOBAL: bit(next + 3),
    VALID: bit(next + 4),
    DIRTY: bit(next + 5),
    CACHE_MASK: bits(next + 8, next + 6),
    SWP_EXCLUSIVE: bit(23),
  };
}
const MIPS64 = { bits: 64, TASK_SIZE: bit(40), swap: { type: 16, offset: 24, count: 40 } } as const;
const K16 = {
  ...MIPS64,
  pfn: 16,
  levels: { pgd: [36, 2048], pmd: [25, 2048], pte: [14, 2048] },
  cache: 3n << 11n,
} as const;

export const mips64r2 = mips({
  ...K16,
  name: 'mips64r2',
  title: 'MIPS64 release 2, 16 KiB pages, RIXI',
  kconfig: '64BIT && CPU_MIPS64_R2 && PAGE_SIZE_16KB && MIPS_HUGE_TLB_SUPPORT',
  at: bits64(true, true),
});
export const mips64r2_norixi = mips({
  ...K16,
  name: 'mips64r2-norixi',
  title: 'MIPS64 release 2, 16 KiB pages, CPU without RIXI',
  kconfig: '64BIT && CPU_MIPS64_R2 && PAGE_SIZE_16KB && MIPS_HUGE_TLB_SUPPORT',
  at: bits64(true, false),
});
export const mips64r2_4k = mips({
  ...MIPS64,
  name: 'mips64r2-4k',
  title: 'MIPS64 release 2, 4 KiB pages, RIXI',
  kconfig: '64BIT && CPU_MIPS64_R2 && PAGE_SIZE_4KB && !MIPS_HUGE_TLB_SUPPORT',
  at: bits64(false, true),
  pfn: 13,
  levels: { pgd: [30, 1024], pmd: [21, 512], pte: [12, 512] },
  cache: 3n << 10n,
});
