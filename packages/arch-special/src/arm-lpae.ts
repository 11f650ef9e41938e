// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ARM with LPAE: three levels, 64-bit entries, one table for Linux and hardware.
 * arch/arm/include/asm/pgtable-3level.h, pgtable-3level-hwdef.h, pgtable.h; arch/arm/mm/mmu.c
 * (user_pgprot, set_ptes), proc-v7-3level.S (cpu_v7_set_pte_ext).
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
  type HugeSpec,
  inverted,
  modify,
  ones,
  protections,
  rmapNotDelayed,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  L_PTE_VALID: [bit(0), 'valid for the hardware'],
  L_PTE_PRESENT: [bits(1, 0), 'resident: either bit'],
  L_PTE_MT_MASK: [bits(4, 2), 'memory type'],
  L_PTE_MT_BUFFERABLE: [0x04, 'memory type of pgprot_writecombine()'],
  L_PTE_MT_DEV_SHARED: [0x10, 'memory type of pgprot_device()'],
  L_PTE_MT_WRITEBACK: [0x0c, 'memory type of a uniprocessor kernel'],
  L_PTE_MT_WRITEALLOC: [0x1c, 'memory type of an SMP kernel'],
  L_PTE_USER: [bit(6), 'user code may use it'],
  PTE_AP2: [bit(7), 'hardware: read only'],
  L_PTE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  L_PTE_SHARED: [bits(9, 8), 'shareable between CPUs'],
  L_PTE_YOUNG: [bit(10), 'young'],
  PTE_EXT_NG: [bit(11), 'not global'],
  PTE_EXT_PXN: [bit(53), 'no execution in the kernel: set in every user page'],
  L_PTE_XN: [bit(54), 'no execution'],
  L_PTE_DIRTY: [bit(55), 'software: dirty'],
  L_PTE_SPECIAL: [bit(56), 'software: special'],
  L_PTE_NONE: [bit(57), 'software: PROT_NONE'],
  L_PTE_RDONLY: [bit(58), 'software, inverted: not writable'],
});
const {
  L_PTE_VALID,
  L_PTE_PRESENT,
  L_PTE_USER,
  L_PTE_YOUNG,
  L_PTE_XN,
  L_PTE_DIRTY,
  L_PTE_NONE,
  L_PTE_RDONLY,
  PTE_AP2,
} = B;

function protectionMap(memory: bigint): readonly bigint[] {
  const page = L_PTE_PRESENT | L_PTE_YOUNG | B.PTE_EXT_PXN | memory;
  const user = page | L_PTE_USER;
  return protections({
    none: page | L_PTE_XN | L_PTE_RDONLY | L_PTE_NONE,
    read: user | L_PTE_RDONLY | L_PTE_XN,
    readExec: user | L_PTE_RDONLY,
    write: user | L_PTE_XN,
    writeExec: user,
  });
}

const MODIFIABLE = L_PTE_XN | L_PTE_RDONLY | L_PTE_USER | L_PTE_NONE | L_PTE_VALID;

/** Sections: the table bit is clear. There is no special bit for them. */
const PMD: HugeSpec = {
  kconfig: 'TRANSPARENT_HUGEPAGE',
  tests: {
    present: L_PTE_VALID,
    leaf: equals(bits(1, 0), 1n),
    trans_huge: { all: [anyOf(ones(64)), { not: bits(1, 0) }] },
  },
  ops: {
    mkhuge: { clear: bit(1) },
    mkinvalid: { clear: L_PTE_VALID },
    set_pte: [
      { if: L_PTE_NONE, do: { clear: L_PTE_VALID } },
      { if: { all: [L_PTE_DIRTY, clear(L_PTE_RDONLY)] }, do: { clear: PTE_AP2 }, else: { or: PTE_AP2 } },
      { or: B.PTE_EXT_NG },
    ],
  },
};

function spec(name: string, title: string, kconfig: string, memory: bigint): ArchitectureSpec {
  return {
    name,
    family: 'arm',
    title,
    kconfig,
    source: [
      'arch/arm/include/asm/pgtable.h',
      'arch/arm/include/asm/pgtable-3level.h',
      'arch/arm/mm/mmu.c',
      'arch/arm/mm/proc-v7-3level.S',
    ],
    notes: [
      'What is stored is not what was given: cpu_v7_set_pte_ext adds the hardware read-only bit to an entry that is read-only or clean, and takes VALID from a PROT_NONE one.',
      'Present means either of two bits, so that PROT_NONE stays present without VALID.',
    ],
    // one table for Linux and the hardware (PTE_HWTABLE_OFF is 0): the low word of the entry itself
    hw_pte: (p) => p.lo,
    bits: 32,
    levels: { pgd: [30, 4], pmd: [21, 512], pte: [12, 512] },
    TASK_SIZE: 0xbf000000n,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: 12, count: 28 }] },
      maxPhysmemBits: 40,
      flags: {
        write: inverted(L_PTE_RDONLY),
        dirty: L_PTE_DIRTY,
        young: L_PTE_YOUNG,
        special: B.L_PTE_SPECIAL,
        swp_exclusive: B.L_PTE_SWP_EXCLUSIVE,
      },
      tests: {
        present: anyOf(L_PTE_PRESENT),
        exec: clear(L_PTE_XN),
        valid: L_PTE_VALID,
        valid_user: L_PTE_VALID | L_PTE_USER | L_PTE_YOUNG,
        huge: { all: [anyOf(ones(64)), clear(bit(1))] },
      },
      pgprot: {
        noncached: { clear: B.L_PTE_MT_MASK },
        writecombine: { clear: B.L_PTE_MT_MASK, or: B.L_PTE_MT_BUFFERABLE },
        device: { clear: B.L_PTE_MT_MASK, or: B.L_PTE_MT_DEV_SHARED | B.L_PTE_SHARED | L_PTE_DIRTY | L_PTE_XN },
        dmacoherent: { clear: B.L_PTE_MT_MASK, or: B.L_PTE_MT_BUFFERABLE | L_PTE_XN }, // ARM_DMA_MEM_BUFFERABLE
      },
      ops: {
        modify: modify(ones(64) & ~MODIFIABLE, MODIFIABLE),
        // __HAVE_ARCH_PTE_SAME: pte_same() does not look at nG of a present entry, which set_ptes() adds
        same: { if: anyOf(L_PTE_PRESENT), do: { clear: B.PTE_EXT_NG } },
        set_pte: [
          // set_ptes: what user code can reach is not global.
          { if: L_PTE_VALID | L_PTE_USER | L_PTE_YOUNG, do: { or: B.PTE_EXT_NG } },
          {
            if: L_PTE_VALID,
            do: {
              if: L_PTE_NONE,
              do: { clear: L_PTE_VALID },
              else: {
                if: { all: [L_PTE_DIRTY, clear(L_PTE_RDONLY)] },
                do: { clear: PTE_AP2 },
                else: { or: PTE_AP2 },
              },
            },
          },
        ],
      },
      protectionMap: protectionMap(memory),
      access: { user: L_PTE_USER, exec: clear(L_PTE_XN) },
      swap: { type: { at: 2, count: 5 }, offset: [{ at: 8, count: 24 }] },
    },
    huge: { pmd: PMD },
    facts: {
      ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/arm/Kconfig
      HAVE_GUP_FAST: true, // arch/arm/Kconfig: if ARM_LPAE
      pte_access_permitted_user: true, // arch/arm/include/asm/pgtable.h
      tlb_delay_rmap: memory !== B.L_PTE_MT_WRITEBACK, // include/asm-generic/tlb.h: with SMP
      FIRST_USER_ADDRESS: 2 * 4096, // arch/arm/include/asm/pgtable.h
      ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/arm/Kconfig
      rodata_read_only: true, // arch/arm/mm/init.c: mark_rodata_ro(), with CONFIG_STRICT_KERNEL_RWX, the default for ARMv7
    },
    changes: [
      ...(memory === B.L_PTE_MT_WRITEBACK ? [] : [rmapNotDelayed()]),
      swapWithoutExclusive({ offset: [{ at: 7, count: 25 }] }),
    ],
    // The access flag is not set by hardware, and a clean entry is read-only for it.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: { write: { if: { all: [L_PTE_VALID | L_PTE_USER | L_PTE_YOUNG, clear(PTE_AP2)] } } },
    },
  };
}

/** Uniprocessor kernel: the configuration of the kernel transcripts. */
export const arm_lpae = declareArchitecture(
  spec('arm-lpae', 'ARM with LPAE, uniprocessor', 'ARM && ARM_LPAE && !SMP', B.L_PTE_MT_WRITEBACK),
);
export const arm_lpae_smp = declareArchitecture(
  spec('arm-lpae-smp', 'ARM with LPAE, SMP', 'ARM && ARM_LPAE && SMP', B.L_PTE_MT_WRITEALLOC | B.L_PTE_SHARED),
);
