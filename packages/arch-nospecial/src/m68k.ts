// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * m68k: three MMUs. Motorola's own (68020/030, 68040/060), ColdFire V4e, Sun-3.
 * arch/m68k/include/asm/motorola_pgtable.h, mcf_pgtable.h, sun3_pgtable.h; arch/m68k/mm/motorola.c,
 * mcfmmu.c, sun3mmu.c (protections); arch/m68k/sun3/mmu_emu.c.
 */
import {
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  inverted,
  modify,
  protections,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const common = {
  family: 'm68k',
  bits: 32,
  bigEndian: true,
  facts: {
    ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/m68k/Kconfig: M68K_NONCOHERENT_DMA
    ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/m68k/Kconfig
  },
} as const;

const motorola = defineBits({
  _PAGE_PRESENT: [bit(0), 'resident'],
  _PAGE_PROTNONE: [bit(2), 'PROT_NONE', 'absent'],
  _PAGE_RONLY: [bit(2), 'inverted: not writable'],
  _PAGE_ACCESSED: [bit(3), 'young'],
  _PAGE_DIRTY: [bit(4), 'dirty'],
  _PAGE_CACHE040: [bit(5), '68040, 68060: copyback caching'],
  _PAGE_NOCACHE030: [bit(6), '68030: not cached'],
  _PAGE_SUPER: [bit(7), '68040: supervisor only'],
  _PAGE_GLOBAL040: [bit(10), '68040: global'],
  _PAGE_SWP_EXCLUSIVE: [bit(11), 'exclusive', 'swap'],
  _PAGE_CHG_MASK: [0xfffff078, 'what pte_modify keeps', 'mask'],
});

/** `cache`: what boot adds to every protection on this CPU (paging_init in arch/m68k/mm/motorola.c). */
function motorolaSpec(name: string, title: string, aliases: readonly string[], cache: bigint): ArchitectureSpec {
  const B = motorola.mask;
  const write = B._PAGE_PRESENT | B._PAGE_ACCESSED | cache;
  const reach = equals(B._PAGE_PRESENT | B._PAGE_SUPER, B._PAGE_PRESENT);
  return {
    ...common,
    name,
    aliases,
    title,
    kconfig: 'M68K && MMU_MOTOROLA',
    source: ['arch/m68k/include/asm/motorola_pgtable.h', 'arch/m68k/mm/motorola.c'],
    notes: ['PROT_NONE and read-only are one bit: making a PROT_NONE entry writable makes it absent.'],
    levels: { pgd: [25, 128], pmd: [18, 128], pte: [12, 64] },
    TASK_SIZE: 0xf0000000n,
    layout: {
      pteBits: 32,
      bits: motorola.bits,
      pfn: { fields: [{ at: 12, count: 20 }] },
      maxPhysmemBits: 32,
      flags: {
        write: inverted(B._PAGE_RONLY),
        dirty: B._PAGE_DIRTY,
        young: B._PAGE_ACCESSED,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: { present: anyOf(B._PAGE_PRESENT | B._PAGE_PROTNONE) },
      // _PAGE_NOCACHE_S of the 68040 is the bit of _PAGE_NOCACHE030
      pgprot: {
        noncached: { clear: cache, or: B._PAGE_NOCACHE030 },
        dmacoherent: { clear: cache, or: B._PAGE_NOCACHE030 | (cache === 0n ? 0n : B._PAGE_GLOBAL040) },
      },
      ops: { modify: modify(B._PAGE_CHG_MASK) },
      protectionMap: protections({
        none: B._PAGE_PROTNONE | B._PAGE_ACCESSED | cache,
        read: write | B._PAGE_RONLY,
        write,
      }),
      access: { user: reach, exec: true },
      swap: { type: { at: 4, count: 5 }, offset: [{ at: 12, count: 20 }] },
    },
    changes: [swapWithoutExclusive()],
    // The table walker of the 68020 to 68060 writes U and M, U also when it then refuses a store.
    mmu: {
      young: 'hardware',
      dirty: 'hardware',
      rules: {
        write: {
          if: reach,
          do: [{ or: B._PAGE_ACCESSED }, { if: clear(B._PAGE_RONLY), do: { or: B._PAGE_DIRTY } }],
          allow: clear(B._PAGE_RONLY),
        },
      },
    },
  };
}

const coldfire = defineBits({
  CF_PAGE_DIRTY: [bit(0), 'dirty'],
  CF_PAGE_LOCKED: [bit(1), 'locked in the TLB'],
  CF_PAGE_EXEC: [bit(2), 'execute permission'],
  CF_PAGE_WRITABLE: [bit(3), 'write permission'],
  CF_PAGE_READABLE: [bit(4), 'read permission'],
  CF_PAGE_SYSTEM: [bit(5), 'supervisor only'],
  CF_PAGE_COPYBACK: [bit(6), 'copyback caching'],
  CF_PAGE_NOCACHE: [bit(7), 'not cached'],
  _PAGE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  CF_PAGE_VALID: [bit(10), 'resident'],
  CF_PAGE_SHARED: [bit(11), 'seen by every address space'],
  CF_PAGE_ACCESSED: [bit(12), 'young'],
  CF_PAGE_CHG_MASK: [0xfffff001, 'what pte_modify keeps', 'mask'],
});
const STORES = 'private writable entries carry the write bit: a store reaches the frame, and nothing is copied';

function coldfireSpec(): ArchitectureSpec {
  const B = coldfire.mask;
  const { CF_PAGE_READABLE: R, CF_PAGE_WRITABLE: W, CF_PAGE_EXEC: X, CF_PAGE_SHARED: S } = B;
  const page = (rights: bigint): bigint => B.CF_PAGE_VALID | B.CF_PAGE_ACCESSED | rights;
  const reach = { all: [B.CF_PAGE_VALID, clear(B.CF_PAGE_SYSTEM)] };
  // cf_tlb_miss: an entry loaded while clean loses its write permission, so that the first store faults.
  const load = [{ or: B.CF_PAGE_ACCESSED }, { if: clear(B.CF_PAGE_DIRTY), do: { clear: W } }];
  return {
    ...common,
    name: 'm68k-coldfire',
    title: 'ColdFire V4e, 8 KiB pages',
    kconfig: 'M68K && COLDFIRE && MMU',
    source: ['arch/m68k/include/asm/mcf_pgtable.h', 'arch/m68k/mm/mcfmmu.c'],
    notes: [
      'Private writable protections carry the write bit, shared writable ones do not: they get it from pte_mkwrite.',
    ],
    levels: { pgd: [22, 1024], pte: [13, 512] },
    TASK_SIZE: 0xc0000000n,
    layout: {
      pteBits: 32,
      bits: coldfire.bits,
      pfn: { fields: [{ at: 13, count: 19 }] },
      maxPhysmemBits: 32,
      flags: { write: W, dirty: B.CF_PAGE_DIRTY, young: B.CF_PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
      tests: { present: B.CF_PAGE_VALID, exec: X, read: R },
      pgprot: { noncached: { or: B.CF_PAGE_NOCACHE } },
      ops: { modify: modify(B.CF_PAGE_CHG_MASK) },
      // biome-ignore format: private above, shared below
      protectionMap: [
        page(0n), page(R), page(W), page(R | W), page(X), page(R | X), page(W | X), page(R | W | X),
        page(0n), page(R), page(S), page(R | S), page(X), page(R | X), page(X | S), page(R | X | S),
      ],
      access: { user: clear(B.CF_PAGE_SYSTEM), exec: X, read: R },
      accepted: {
        'protections/private': 'mcfmmu.c gives private writable mappings the write bit, and shared ones none',
        'behaviour/cow-linear': STORES,
        'behaviour/cow-linear-fork': STORES,
        'behaviour/anonymous-fits-rule': STORES,
        // set_pte_range() of 6.18 makes a writable entry of a dirty page dirty at once, and no store faults any more
        'behaviour/file-in-memory': STORES,
        'behaviour/fault-page': STORES,
        'access/marks-only': 'cf_tlb_miss takes the write bit of a clean entry away, so that the first store faults',
      },
      swap: { type: { at: 0, count: 5 }, offset: [{ at: 11, count: 21 }] },
    },
    changes: [swapWithoutExclusive()],
    mmu: {
      young: 'tlb-refill',
      dirty: 'tlb-refill',
      rules: {
        read: { if: reach, do: load, allow: R },
        exec: { if: reach, do: load, allow: X },
        write: { if: { all: [reach, W] }, do: { or: B.CF_PAGE_ACCESSED | B.CF_PAGE_DIRTY } },
      },
    },
  };
}

const sun3 = defineBits({
  SUN3_PAGE_PGNUM_MASK: [bits(18, 0), 'page frame number'],
  _PAGE_SWP_EXCLUSIVE: [bit(6), 'exclusive', 'swap'],
  SUN3_PAGE_MODIFIED: [bit(24), 'dirty'],
  SUN3_PAGE_ACCESSED: [bit(25), 'young'],
  SUN3_PAGE_TYPE_MASK: [bits(27, 26), 'memory, I/O or VME'],
  SUN3_PAGE_NOCACHE: [bit(28), 'not cached'],
  SUN3_PAGE_SYSTEM: [bit(29), 'supervisor only'],
  SUN3_PAGE_WRITEABLE: [bit(30), 'write permission'],
  SUN3_PAGE_VALID: [bit(31), 'resident'],
});
function sun3Spec(): ArchitectureSpec {
  const B = sun3.mask;
  const read = B.SUN3_PAGE_VALID | B.SUN3_PAGE_ACCESSED | B.SUN3_PAGE_NOCACHE;
  return {
    ...common,
    name: 'm68k-sun3',
    title: 'Sun-3, 8 KiB pages',
    kconfig: 'M68K && SUN3',
    source: ['arch/m68k/include/asm/sun3_pgtable.h', 'arch/m68k/mm/sun3mmu.c', 'arch/m68k/sun3/mmu_emu.c'],
    notes: [
      'There is no PROT_NONE: the protection is that of a read-only page. The pfn is at the bottom, the flags at the top.',
    ],
    levels: { pgd: [17, 2048], pte: [13, 16] },
    TASK_SIZE: 0x0e000000n,
    layout: {
      pteBits: 32,
      bits: sun3.bits,
      pfn: { fields: [{ at: 0, count: 19 }] },
      maxPhysmemBits: 32,
      flags: {
        write: B.SUN3_PAGE_WRITEABLE,
        dirty: B.SUN3_PAGE_MODIFIED,
        young: B.SUN3_PAGE_ACCESSED,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: { present: B.SUN3_PAGE_VALID },
      pgprot: { noncached: { or: B.SUN3_PAGE_NOCACHE } },
      ops: { modify: modify(B.SUN3_PAGE_PGNUM_MASK | B.SUN3_PAGE_ACCESSED | B.SUN3_PAGE_MODIFIED) },
      protectionMap: protections({ none: read, read, write: read | B.SUN3_PAGE_WRITEABLE }),
      access: { user: clear(B.SUN3_PAGE_SYSTEM), exec: true },
      accepted: {
        'access/only-pages': 'there is no PROT_NONE: its protection is that of a read-only page',
        'behaviour/mprotect-keeps-frames': 'there is no PROT_NONE: its protection is that of a read-only page',
      },
      swap: { type: { at: 0, count: 5 }, offset: [{ at: 7, count: 24 }] },
    },
    changes: [swapWithoutExclusive()],
    // mmu_emu_handle_fault fills the hardware's small maps and marks the entry.
    mmu: { young: 'tlb-refill', dirty: 'tlb-refill' },
  };
}

/** 68040 and 68060: the configuration of the kernel transcripts. */
export const m68k = declareArchitecture(
  motorolaSpec('m68k', 'm68k, 68040 or 68060', ['m68k-040'], motorola.mask._PAGE_CACHE040),
);
export const m68k_030 = declareArchitecture(motorolaSpec('m68k-030', 'm68k, 68020 or 68030', [], 0n));
export const m68k_coldfire = declareArchitecture(coldfireSpec());
export const m68k_sun3 = declareArchitecture(sun3Spec());
