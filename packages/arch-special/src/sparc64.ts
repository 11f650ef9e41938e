// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 64-bit SPARC: two formats, chosen at boot by patching every helper.
 * arch/sparc/include/asm/pgtable_64.h, arch/sparc/mm/init_64.c (sun4u_pgprot_init, sun4v_pgprot_init).
 */
import {
  type Architecture,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  type HugeSpec,
  type NamedBits,
  ones,
  protections,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const VALID = bit(63);
const SPECIAL = bit(57);
const SWP_EXCLUSIVE = bit(20);
const shared = {
  _PAGE_VALID: [VALID, 'hardware: valid; goes with young'],
  _PAGE_SPECIAL: [SPECIAL, 'software: special'],
  _PAGE_SWP_EXCLUSIVE: [SWP_EXCLUSIVE, 'exclusive', 'swap'],
} as const;

/** The names are those of the header without their suffix (_4U, _4V). */
const sun4uBits = defineBits({
  ...shared,
  _PAGE_W: [bit(1), 'hardware: stores allowed'],
  _PAGE_P: [bit(2), 'privileged'],
  _PAGE_E: [bit(3), 'side effect'],
  _PAGE_CACHE: [bits(5, 4), 'cacheable, physically and virtually indexed'],
  _PAGE_PRESENT: [bit(7), 'software: resident'],
  _PAGE_WRITE: [bit(8), 'software: write permission'],
  _PAGE_READ: [bit(9), 'software: read permission'],
  _PAGE_ACCESSED: [bit(10), 'software: young'],
  _PAGE_MODIFIED: [bit(11), 'software: dirty'],
  _PAGE_EXEC: [bit(12), 'software: execute permission'],
  _PAGE_PADDR: [bits(42, 13), 'physical address'],
});
const sun4vBits = defineBits({
  ...shared,
  _PAGE_PRESENT: [bit(4), 'software: resident'],
  _PAGE_W: [bit(6), 'hardware: stores allowed'],
  _PAGE_EXEC: [bit(7), 'execute permission'],
  _PAGE_P: [bit(8), 'privileged'],
  _PAGE_CACHE: [bit(10), 'cacheable, physically indexed (M7 and later; older chips also set bit 9)'],
  _PAGE_E: [bit(11), 'side effect'],
  _PAGE_PADDR: [bits(55, 13), 'physical address'],
  _PAGE_WRITE: [bit(58), 'software: write permission'],
  _PAGE_READ: [bit(59), 'software: read permission'],
  _PAGE_ACCESSED: [bit(60), 'software: young'],
  _PAGE_MODIFIED: [bit(61), 'software: dirty'],
});
type Masks = { readonly [name in keyof typeof sun4uBits.mask]: bigint };

interface Variant {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly kconfig: string;
  readonly B: Masks;
  readonly names: readonly NamedBits[];
  /** Bits of the pfn that fit the physical address field. */
  readonly pfnBits: number;
  /** What pte_modify keeps, as patched for this format. */
  readonly keep: bigint;
  /** _PAGE_SZ4MB: the size code of huge entries. */
  readonly SZ4MB: bigint;
}

/** `size`: the 4 MiB code of the format; a huge page of Linux is two of them. */
const pmd = (size: bigint): HugeSpec => ({
  kconfig: 'TRANSPARENT_HUGEPAGE',
  bits: [{ name: '_PAGE_PMD_HUGE', mask: PMD_HUGE, meaning: 'software: maps a huge page', kind: 'directory' }],
  tests: { none: clear(ones(64)), present: anyOf(ones(64)), leaf: PMD_HUGE },
  ops: { mkhuge: { or: PMD_HUGE | size }, mkinvalid: { clear: VALID } },
});
const PMD_HUGE = bit(56);

function sparc64({ name, aliases, title, kconfig, B, names, pfnBits, keep, SZ4MB }: Variant): Architecture {
  const page = B._PAGE_PRESENT | B._PAGE_ACCESSED | B._PAGE_CACHE;
  const read = page | VALID | B._PAGE_READ;
  // _PAGE_CV_4V, which chips before the M7 also set
  const uncached = B._PAGE_CACHE === bit(10) ? bit(9) : 0n;
  return declareArchitecture({
    name,
    aliases,
    title,
    kconfig,
    family: 'sparc',
    source: ['arch/sparc/include/asm/pgtable_64.h', 'arch/sparc/mm/init_64.c'],
    notes: [
      'Hardware sees VALID, which goes with young, and W, which is set while writable and dirty.',
      'The user address space has a hole in the middle; TASK_SIZE is its upper end.',
    ],
    bits: 64,
    bigEndian: true,
    levels: { pgd: [43, 1024], pud: [33, 1024], pmd: [23, 1024], pte: [13, 1024] },
    TASK_SIZE: 0xfffffffc00000000n,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: 13, count: pfnBits }] },
      flags: { special: SPECIAL, swp_exclusive: SWP_EXCLUSIVE },
      tests: {
        present: B._PAGE_PRESENT,
        write: B._PAGE_WRITE,
        dirty: B._PAGE_MODIFIED,
        young: B._PAGE_ACCESSED,
        exec: B._PAGE_EXEC,
      },
      pgprot: { noncached: { clear: B._PAGE_CACHE | uncached, or: B._PAGE_E } },
      ops: {
        mkwrite: [{ or: B._PAGE_WRITE }, { if: B._PAGE_MODIFIED, do: { or: B._PAGE_W } }],
        wrprotect: { clear: B._PAGE_WRITE | B._PAGE_W },
        mkdirty: [{ or: B._PAGE_MODIFIED }, { if: B._PAGE_WRITE, do: { or: B._PAGE_W } }],
        mkclean: { clear: B._PAGE_MODIFIED | B._PAGE_W },
        mkyoung: { or: B._PAGE_ACCESSED | VALID },
        mkold: { clear: B._PAGE_ACCESSED | VALID },
        modify: [{ keep }, { orProt: ones(64) & ~keep }],
      },
      protectionMap: protections({
        none: page,
        read,
        readExec: read | B._PAGE_EXEC,
        write: read | B._PAGE_WRITE,
        writeExec: read | B._PAGE_WRITE | B._PAGE_EXEC,
      }),
      access: { user: clear(B._PAGE_P), exec: B._PAGE_EXEC, read: B._PAGE_READ },
      swap: { type: { at: 13, count: 5 }, offset: [{ at: 21, count: 43 }] },
    },
    huge: { pmd: pmd(SZ4MB) },
    facts: {
      read_fault_vm_flags: 5, // arch/sparc/mm/fault_64.c
      cpu_has_dc_aliases: true, // arch/sparc/include/asm/page_64.h: DCACHE_ALIASING_POSSIBLE
      shm_align: 0x4000, // arch/sparc/include/asm/shmparam_64.h: L1DCACHE_SIZE
      MMU_GATHER_MERGE_VMAS: true, // arch/sparc/Kconfig
      MMU_GATHER_NO_FLUSH_CACHE: true, // arch/sparc/Kconfig
      ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/sparc/Kconfig
    },
    changes: [swapWithoutExclusive()],
    // The TSB miss handlers need VALID, a store needs W: both are set by do_sparc64_fault's way into handle_mm_fault.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: {
        read: { if: { all: [VALID, clear(B._PAGE_P)] } },
        exec: { if: { all: [VALID | B._PAGE_EXEC, clear(B._PAGE_P)] } },
        write: { if: { all: [VALID | B._PAGE_W, clear(B._PAGE_P)] } },
      },
    },
  });
}

/** UltraSPARC I to IV. */
export const sparc64_sun4u = sparc64({
  name: 'sparc64-sun4u',
  aliases: [],
  title: 'SPARC, 64-bit, sun4u',
  kconfig: 'SPARC64; a CPU that is no hypervisor guest',
  B: sun4uBits.mask,
  names: sun4uBits.bits,
  pfnBits: 30,
  keep: 0x630107ffffffec38n,
  SZ4MB: bits(62, 61),
});
/** Under the hypervisor of the T1 and later. */
export const sparc64_sun4v = sparc64({
  name: 'sparc64-sun4v',
  aliases: ['sparc64'],
  title: 'SPARC, 64-bit, sun4v',
  kconfig: 'SPARC64; a hypervisor guest',
  B: sun4vBits.mask,
  names: sun4vBits.bits,
  pfnBits: 43,
  keep: 0x33ffffffffffee07n,
  SZ4MB: 3n,
});
