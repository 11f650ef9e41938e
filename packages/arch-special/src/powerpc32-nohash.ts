// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 32-bit PowerPC with a software-filled TLB: 8xx, 44x, e500.
 * arch/powerpc/include/asm/nohash/32/pte-8xx.h, nohash/32/pte-44x.h, nohash/pte-e500.h,
 * nohash/pgtable.h, pgtable-masks.h; arch/powerpc/mm/pgtable.c.
 */
import {
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  modify,
  ones,
  protections,
} from '@specialbit/core/arch';
import { POWERPC_FACTS, PPC32, PPC32_CHANGES, withExecOnly } from './powerpc.js';

/** 8xx: rights are two bits, 3 is read-only, 1 no access. */
function mpc8xx() {
  const { mask: B, bits: names } = defineBits({
    _PAGE_PRESENT: [bit(0), 'resident'],
    _PAGE_NO_CACHE: [bit(1), 'not cached'],
    _PAGE_SH: [bit(2), 'seen by every address space'],
    _PAGE_SWP_EXCLUSIVE: [bit(2), 'exclusive', 'swap'],
    _PAGE_SPS: [bit(3), 'small page size'],
    _PAGE_GUARDED: [bit(4), 'guarded storage'],
    _PAGE_ACCESSED: [bit(5), 'young'],
    _PAGE_EXEC: [bit(6), 'execute permission'],
    _PAGE_SPECIAL: [bit(7), 'software: special'],
    _PAGE_DIRTY: [bit(8), 'dirty'],
    _PAGE_NA: [bit(9), 'inverted: no access, when bit 10 is clear'],
    _PAGE_RO: [bits(10, 9), 'inverted: not writable, when both are set'],
    _PAGE_HUGE: [bit(11), 'huge page'],
  });
  const {
    _PAGE_RO: RO,
    _PAGE_NA: NA,
    _PAGE_EXEC: X,
    _PAGE_PRESENT: PRESENT,
    _PAGE_ACCESSED: ACCESSED,
    _PAGE_DIRTY: DIRTY,
  } = B;
  const CACHE_CTL = B._PAGE_GUARDED | B._PAGE_NO_CACHE;
  const readable = { not: equals(RO, NA) };
  const page = (limits: bigint): bigint => PRESENT | ACCESSED | limits;
  return declareArchitecture({
    ...PPC32,
    name: 'ppc32-8xx',
    title: 'PowerPC 8xx',
    kconfig: 'PPC_8xx && PPC_4K_PAGES',
    source: [
      'arch/powerpc/include/asm/nohash/32/pte-8xx.h',
      'arch/powerpc/include/asm/nohash/pgtable.h',
      'arch/powerpc/kernel/head_8xx.S',
    ],
    notes: ['With 16 KiB pages an entry is four equal words.'],
    levels: { pgd: [22, 1024], pte: [12, 1024] },
    TASK_SIZE: 0x80000000n,
    layout: {
      pteBits: 32,
      bits: names,
      pfn: { fields: [{ at: 12, count: 20 }] },
      maxPhysmemBits: 32,
      flags: {
        write: { inverted: RO },
        dirty: DIRTY,
        young: ACCESSED,
        special: B._PAGE_SPECIAL,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: { present: PRESENT, exec: X, read: readable, hashpte: false, ci: B._PAGE_NO_CACHE },
      // _PAGE_CACHE_CTL
      pgprot: {
        noncached: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE | B._PAGE_GUARDED },
        writecombine: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE },
      },
      ops: { modify: modify(bits(31, 12) | ACCESSED | DIRTY | B._PAGE_SPECIAL) },
      protectionMap: withExecOnly(
        protections({ none: page(NA), read: page(RO), readExec: page(RO | X), write: page(0n), writeExec: page(X) }),
        page(NA | X),
      ),
      access: { user: readable, exec: X, read: readable },
      swap: { type: { at: 3, count: 5 }, offset: [{ at: 8, count: 24 }] },
    },
    facts: { ...POWERPC_FACTS, ARCH_HAS_SYNC_DMA_FOR_DEVICE: true }, // NOT_COHERENT_CACHE
    changes: PPC32_CHANGES,
    // The miss handlers hand ACCESSED and DIRTY to the MMU, which faults without them.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: {
        read: { if: { all: [PRESENT | ACCESSED, readable] } },
        exec: { if: PRESENT | ACCESSED | X },
        write: { if: { all: [PRESENT | ACCESSED | DIRTY, clear(RO)] } },
      },
    },
  });
}

/** 44x: 64-bit entries in a 32-bit kernel. */
function ppc44x() {
  const { mask: B, bits: names } = defineBits({
    _PAGE_PRESENT: [bit(0), 'resident'],
    _PAGE_WRITE: [bit(1), 'write permission'],
    _PAGE_EXEC: [bit(2), 'execute permission'],
    _PAGE_SWP_EXCLUSIVE: [bit(2), 'exclusive', 'swap'],
    _PAGE_READ: [bit(3), 'read permission'],
    _PAGE_DIRTY: [bit(4), 'dirty'],
    _PAGE_SPECIAL: [bit(5), 'software: special'],
    _PAGE_ACCESSED: [bit(6), 'young'],
    _PAGE_ENDIAN: [bit(7), 'little-endian page'],
    _PAGE_GUARDED: [bit(8), 'guarded storage'],
    _PAGE_COHERENT: [bit(9), 'memory coherence'],
    _PAGE_NO_CACHE: [bit(10), 'not cached'],
    _PAGE_WRITETHRU: [bit(11), 'write-through'],
  });
  const { _PAGE_READ: R, _PAGE_WRITE: W, _PAGE_EXEC: X, _PAGE_PRESENT: PRESENT, _PAGE_ACCESSED: ACCESSED } = B;
  const CACHE_CTL = B._PAGE_COHERENT | B._PAGE_GUARDED | B._PAGE_NO_CACHE | B._PAGE_WRITETHRU;
  const page = (rights: bigint): bigint => PRESENT | ACCESSED | rights;
  return declareArchitecture({
    ...PPC32,
    name: 'ppc32-44x',
    title: 'PowerPC 44x',
    kconfig: 'PPC_44x',
    source: [
      'arch/powerpc/include/asm/nohash/32/pte-44x.h',
      'arch/powerpc/include/asm/nohash/pgtable.h',
      'arch/powerpc/kernel/head_44x.S',
    ],
    notes: ['pte_none looks at the lower word alone.'],
    levels: { pgd: [21, 2048], pte: [12, 512] },
    TASK_SIZE: 0xc0000000n,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: 12, count: 32 }] },
      maxPhysmemBits: 36,
      flags: {
        write: W,
        dirty: B._PAGE_DIRTY,
        young: ACCESSED,
        special: B._PAGE_SPECIAL,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: { present: PRESENT, none: clear(ones(32)), exec: X, read: R, hashpte: false, ci: B._PAGE_NO_CACHE },
      // _PAGE_CACHE_CTL
      pgprot: {
        noncached: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE | B._PAGE_GUARDED },
        writecombine: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE },
      },
      ops: {
        mkwrite: { or: R | W },
        modify: modify(bits(63, 12) | B._PAGE_DIRTY | ACCESSED | B._PAGE_SPECIAL),
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
    facts: { ...POWERPC_FACTS, ARCH_HAS_SYNC_DMA_FOR_DEVICE: true }, // NOT_COHERENT_CACHE
    changes: PPC32_CHANGES,
    // The TLB error handlers demand ACCESSED, and give the store right to dirty pages only.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: {
        read: { if: PRESENT | ACCESSED | R },
        exec: { if: PRESENT | ACCESSED | X },
        write: { if: PRESENT | ACCESSED | R | W | B._PAGE_DIRTY },
      },
    },
  });
}

/** e500 (Freescale Book E): rights of user and supervisor apart, pfn from bit 24 on. */
function e500() {
  const { mask: B, bits: names } = defineBits({
    _PAGE_PRESENT: [bit(0), 'resident'],
    _PAGE_BAP_SR: [bit(2), 'supervisor may read'],
    _PAGE_SWP_EXCLUSIVE: [bit(2), 'exclusive', 'swap'],
    _PAGE_BAP_UR: [bit(3), 'user may read'],
    _PAGE_BAP_SW: [bit(4), 'supervisor may write'],
    _PAGE_BAP_UW: [bit(5), 'user may write'],
    _PAGE_BAP_SX: [bit(6), 'supervisor may execute'],
    _PAGE_BAP_UX: [bit(7), 'user may execute'],
    _PAGE_PSIZE_4K: [bit(8), 'page size 4 KiB'],
    _PAGE_DIRTY: [bit(12), 'dirty'],
    _PAGE_SPECIAL: [bit(13), 'software: special'],
    _PAGE_ACCESSED: [bit(18), 'young'],
    _PAGE_ENDIAN: [bit(19), 'little-endian page'],
    _PAGE_GUARDED: [bit(20), 'guarded storage'],
    _PAGE_COHERENT: [bit(21), 'memory coherence'],
    _PAGE_NO_CACHE: [bit(22), 'not cached'],
    _PAGE_WRITETHRU: [bit(23), 'write-through'],
  });
  const [R, W, X] = [B._PAGE_BAP_SR | B._PAGE_BAP_UR, B._PAGE_BAP_SW | B._PAGE_BAP_UW, B._PAGE_BAP_UX];
  const EXEC = B._PAGE_BAP_SX | B._PAGE_BAP_UX;
  const { _PAGE_PRESENT: PRESENT, _PAGE_ACCESSED: ACCESSED } = B;
  const CACHE_CTL = B._PAGE_COHERENT | B._PAGE_GUARDED | B._PAGE_NO_CACHE | B._PAGE_WRITETHRU;
  const page = (rights: bigint): bigint => PRESENT | B._PAGE_PSIZE_4K | ACCESSED | rights;
  return declareArchitecture({
    ...PPC32,
    name: 'ppc32-e500',
    title: 'PowerPC e500',
    kconfig: 'PPC_85xx && PTE_64BIT',
    source: [
      'arch/powerpc/include/asm/nohash/pte-e500.h',
      'arch/powerpc/include/asm/nohash/pgtable.h',
      'arch/powerpc/kernel/head_85xx.S',
    ],
    notes: ['pte_none looks at the lower word alone.'],
    levels: { pgd: [21, 2048], pte: [12, 512] },
    TASK_SIZE: 0xc0000000n,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: 24, count: 32 }] },
      maxPhysmemBits: 36,
      flags: {
        write: W,
        dirty: B._PAGE_DIRTY,
        young: ACCESSED,
        special: B._PAGE_SPECIAL,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
      },
      tests: {
        present: PRESENT,
        none: clear(ones(32)),
        write: anyOf(W),
        exec: anyOf(EXEC),
        read: R,
        hashpte: false,
        ci: B._PAGE_NO_CACHE,
      },
      // _PAGE_CACHE_CTL
      pgprot: {
        noncached: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE | B._PAGE_GUARDED },
        writecombine: { clear: CACHE_CTL, or: B._PAGE_NO_CACHE },
      },
      ops: {
        mkwrite: { or: R | W },
        modify: modify(bits(63, 24) | B._PAGE_DIRTY | ACCESSED | B._PAGE_SPECIAL),
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
      access: { user: R, exec: anyOf(EXEC), read: R },
      swap: { type: { at: 3, count: 5 }, offset: [{ at: 8, count: 24 }] },
    },
    facts: POWERPC_FACTS,
    changes: PPC32_CHANGES,
    // The TLB error handlers demand ACCESSED, and give the store right to dirty pages only.
    mmu: {
      young: 'fault',
      dirty: 'fault',
      rules: {
        read: { if: PRESENT | ACCESSED | R },
        exec: { if: PRESENT | ACCESSED | X },
        write: { if: PRESENT | ACCESSED | R | W | B._PAGE_DIRTY },
      },
    },
  });
}

export const ppc32_8xx = mpc8xx();
export const ppc32_44x = ppc44x();
export const ppc32_e500 = e500();
