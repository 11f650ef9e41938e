// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ARM with short descriptors (no LPAE): two tables side by side. The Linux entry below is what the
 * helpers see; the hardware entry is derived from it when it is stored, and lies 2048 bytes above.
 * arch/arm/include/asm/pgtable-2level.h, pgtable.h; arch/arm/mm/mmu.c (user_pgprot), proc-v7-2level.S.
 */
import {
  type ArchFacts,
  type ArchitectureSpec,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  type Feature,
  inverted,
  layoutWithout,
  type MmuSpec,
  modify,
  type Pte,
  protections,
  rmapNotDelayed,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const sheet = defineBits({
  L_PTE_VALID: [bit(0), 'valid; the same bit as PRESENT'],
  L_PTE_PRESENT: [bit(0), 'resident'],
  L_PTE_YOUNG: [bit(1), 'young'],
  L_PTE_MT_MASK: [bits(5, 2), 'memory type'],
  L_PTE_MT_BUFFERABLE: [0x04, 'memory type of pgprot_writecombine()'],
  L_PTE_MT_DEV_SHARED: [0x10, 'memory type of pgprot_device()'],
  L_PTE_MT_WRITEBACK: [0x0c, 'memory type of a uniprocessor kernel'],
  L_PTE_MT_WRITEALLOC: [0x1c, 'memory type of an SMP kernel'],
  L_PTE_DIRTY: [bit(6), 'dirty'],
  L_PTE_RDONLY: [bit(7), 'inverted: not writable'],
  L_PTE_SWP_EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  L_PTE_USER: [bit(8), 'user code may use it'],
  L_PTE_XN: [bit(9), 'no execute'],
  L_PTE_SHARED: [bit(10), 'shareable between CPUs'],
  L_PTE_NONE: [bit(11), 'PROT_NONE'],
});
const {
  L_PTE_VALID,
  L_PTE_PRESENT,
  L_PTE_YOUNG,
  L_PTE_MT_MASK,
  L_PTE_MT_BUFFERABLE,
  L_PTE_MT_DEV_SHARED,
  L_PTE_MT_WRITEBACK,
  L_PTE_MT_WRITEALLOC,
  L_PTE_DIRTY,
  L_PTE_RDONLY,
  L_PTE_USER,
  L_PTE_XN,
  L_PTE_SHARED,
  L_PTE_NONE,
  L_PTE_SWP_EXCLUSIVE,
} = sheet.mask;

/** arch/arm/include/asm/pgtable.h: __SWP_TYPE_SHIFT. Only reports of such kernels are decoded by it. */
export const arm_no_pte_file: Feature = {
  name: 'arm_no_pte_file',
  summary: 'arm: there are no entries of nonlinear mappings; swap types begin at bit 2',
  without:
    'arm: bit 2 of an entry that is not present says that it is of a nonlinear mapping; swap types begin at bit 3',
  since: { commit: 'b007ea798f5c', subject: 'arm: drop L_PTE_FILE and pte_file()-related helpers', version: '4.0' },
  evidence: 'source',
};

/** Protections with the boot-time `user_pgprot`: memory type, and shareable with SMP. */
function protectionMap(memory: bigint): readonly bigint[] {
  const page = memory | L_PTE_PRESENT | L_PTE_YOUNG;
  const none = page | L_PTE_XN | L_PTE_RDONLY | L_PTE_NONE;
  const exec = page | L_PTE_USER;
  const read = exec | L_PTE_RDONLY | L_PTE_XN;
  const readExec = exec | L_PTE_RDONLY;
  const write = exec | L_PTE_XN;
  return protections({ none, read, readExec, write, writeExec: exec });
}

const facts: Partial<ArchFacts> = {
  ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/arm/Kconfig
  HAVE_GUP_FAST: false, // arch/arm/Kconfig: only with ARM_LPAE
  pte_access_permitted_user: true, // arch/arm/include/asm/pgtable.h
  FIRST_USER_ADDRESS: 2 * 4096, // arch/arm/include/asm/pgtable.h
  ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/arm/Kconfig
  rodata_read_only: true, // arch/arm/mm/init.c: mark_rodata_ro(), with CONFIG_STRICT_KERNEL_RWX, the default for ARMv7
};

/** An entry that is not young, or not dirty, has a hardware entry that faults on every access, or on stores. */
const mmu: MmuSpec = { young: 'fault', dirty: 'fault' };

const PTE_EXT_XN = 1 << 0;
const PTE_TYPE_SMALL = 1 << 1;
const PTE_EXT_AP0 = 1 << 4;
const PTE_EXT_AP1 = 1 << 5;
const PTE_EXT_TEX1 = 1 << 6;
const PTE_EXT_APX = 1 << 9;
const PTE_EXT_NG = 1 << 11;
const low = (mask: bigint): number => Number(mask);
const VALID_USER = low(L_PTE_VALID | L_PTE_USER | L_PTE_YOUNG);

/**
 * The hardware entry of a user address: set_ptes (arch/arm/mm/mmu.c) asks for nG on what user code
 * can reach, cpu_v7_set_pte_ext (arch/arm/mm/proc-v7-2level.S) translates.
 */
export function cpu_v7_set_pte_ext({ lo }: Readonly<Pte>): number {
  const has = (mask: bigint): boolean => (lo & low(mask)) !== 0;
  if (!has(L_PTE_YOUNG) || !has(L_PTE_VALID) || has(L_PTE_NONE)) return 0;
  const kept = lo & ~0x3f3;
  let hw = kept | PTE_TYPE_SMALL | PTE_EXT_AP0;
  if ((lo & VALID_USER) === VALID_USER) hw |= PTE_EXT_NG;
  if (lo & (1 << 4)) hw |= PTE_EXT_TEX1;
  if (has(L_PTE_RDONLY) || !has(L_PTE_DIRTY)) hw |= PTE_EXT_APX;
  if (has(L_PTE_USER)) hw |= PTE_EXT_AP1;
  if (has(L_PTE_XN)) hw |= PTE_EXT_XN;
  return hw >>> 0;
}

function spec(
  name: string,
  title: string,
  kconfig: string,
  memory: bigint,
  aliases: readonly string[],
): ArchitectureSpec {
  return {
    name,
    aliases,
    family: 'arm',
    title,
    kconfig,
    source: [
      'arch/arm/include/asm/pgtable.h',
      'arch/arm/include/asm/pgtable-2level.h',
      'arch/arm/mm/mmu.c',
      'arch/arm/mm/proc-v7-2level.S',
    ],
    notes: [
      'The entry shown is the Linux one; hw_pte derives the hardware one. A pgd entry is a pair of first-level descriptors (2 MiB).',
      'No bit is left for special: bits 2 to 5 are the memory type, and the ones from 12 up are the pfn.',
    ],
    bits: 32,
    levels: { pgd: [21, 2048], pte: [12, 512] },
    TASK_SIZE: 0xbf000000n,
    layout: {
      pteBits: 32,
      bits: sheet.bits,
      pfn: { fields: [{ at: 12, count: 20 }] },
      maxPhysmemBits: 32,
      flags: {
        write: inverted(L_PTE_RDONLY),
        dirty: L_PTE_DIRTY,
        young: L_PTE_YOUNG,
        swp_exclusive: L_PTE_SWP_EXCLUSIVE,
      },
      tests: {
        present: L_PTE_PRESENT,
        exec: clear(L_PTE_XN),
        valid: L_PTE_VALID,
        valid_user: L_PTE_VALID | L_PTE_USER | L_PTE_YOUNG,
      },
      pgprot: {
        noncached: { clear: L_PTE_MT_MASK },
        writecombine: { clear: L_PTE_MT_MASK, or: L_PTE_MT_BUFFERABLE },
        device: { clear: L_PTE_MT_MASK, or: L_PTE_MT_DEV_SHARED | L_PTE_SHARED | L_PTE_DIRTY | L_PTE_XN },
        dmacoherent: { clear: L_PTE_MT_MASK, or: L_PTE_MT_BUFFERABLE | L_PTE_XN }, // ARM_DMA_MEM_BUFFERABLE: ARMv7
      },
      ops: {
        // pte_modify replaces what a protection says, and keeps the memory type.
        modify: modify(
          bits(31, 0) & ~(L_PTE_XN | L_PTE_RDONLY | L_PTE_USER | L_PTE_NONE | L_PTE_VALID),
          L_PTE_XN | L_PTE_RDONLY | L_PTE_USER | L_PTE_NONE | L_PTE_VALID,
        ),
      },
      protectionMap: protectionMap(memory),
      access: { user: L_PTE_USER, exec: clear(L_PTE_XN) },
      swap: { type: { at: 2, count: 5 }, offset: [{ at: 8, count: 24 }] },
    },
    facts: { ...facts, tlb_delay_rmap: memory !== L_PTE_MT_WRITEBACK }, // include/asm-generic/tlb.h: with SMP
    changes: [
      ...(memory === L_PTE_MT_WRITEBACK ? [] : [rmapNotDelayed()]),
      swapWithoutExclusive({ offset: [{ at: 7, count: 25 }] }),
      layoutWithout(arm_no_pte_file, (layout) => ({
        ...layout,
        swap: { type: { at: 3, count: 5 }, offset: [{ at: 8, count: 24 }] },
      })),
    ],
    mmu,
    hw_pte: cpu_v7_set_pte_ext,
  };
}

/** Uniprocessor kernel: the configuration of the kernel transcripts. */
export const arm = declareArchitecture(
  spec('arm', 'ARM, short descriptors, uniprocessor', 'ARM && MMU && !ARM_LPAE && !SMP', L_PTE_MT_WRITEBACK, [
    'arm-v5',
    'arm-swap',
  ]),
);
export const arm_v7 = declareArchitecture(
  spec(
    'arm-v7',
    'ARMv7, short descriptors, SMP',
    'ARM && MMU && !ARM_LPAE && SMP',
    L_PTE_MT_WRITEALLOC | L_PTE_SHARED,
    [],
  ),
);
