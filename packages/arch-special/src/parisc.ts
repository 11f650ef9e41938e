// SPDX-License-Identifier: GPL-2.0-or-later
/** PA-RISC. arch/parisc/include/asm/pgtable.h, arch/parisc/mm/init.c, arch/parisc/kernel/entry.S (TLB miss handlers). */
import {
  type Architecture,
  type ArchitectureSpec,
  bit,
  bits,
  declareArchitecture,
  defineBits,
  modify,
  ones,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_READ: [bit(0), 'read permission'],
  _PAGE_WRITE: [bit(1), 'write permission'],
  _PAGE_EXEC: [bit(2), 'execute permission'],
  _PAGE_GATEWAY: [bit(3), 'gateway to a higher privilege'],
  _PAGE_DMB: [bit(4), 'data memory break, unused'],
  _PAGE_DIRTY: [bit(5), 'dirty'],
  _PAGE_REFTRAP: [bit(6), 'trap on a reference'],
  _PAGE_NO_CACHE: [bit(7), 'not cached'],
  _PAGE_ACCESSED: [bit(8), 'software: young'],
  _PAGE_SWP_EXCLUSIVE: [bit(8), 'exclusive', 'swap'],
  _PAGE_PRESENT: [bit(9), 'software: resident'],
  _PAGE_HUGE: [bit(10), 'software: huge, with HUGETLB_PAGE'],
  _PAGE_USER: [bit(11), 'software: user code may use it'],
});
const {
  _PAGE_READ: R,
  _PAGE_WRITE: W,
  _PAGE_EXEC: X,
  _PAGE_DIRTY: DIRTY,
  _PAGE_ACCESSED: ACCESSED,
  _PAGE_PRESENT: PRESENT,
  _PAGE_USER: USER,
} = B;
const page = (rights: bigint): bigint => PRESENT | USER | rights;

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly bits: 32 | 64;
  readonly HUGETLB_PAGE: boolean;
  readonly levels: ArchitectureSpec['levels'];
  readonly TASK_SIZE: bigint;
}

function parisc({ HUGETLB_PAGE, ...v }: Variant): Architecture {
  // The huge bit is special's while there are no huge pages; the unused break bit is when there are.
  const SPECIAL = HUGETLB_PAGE ? B._PAGE_DMB : B._PAGE_HUGE;
  const mark = { or: ACCESSED };
  return declareArchitecture({
    ...v,
    family: 'parisc',
    kconfig: `PARISC && ${v.bits === 64 ? '' : '!'}64BIT && ${HUGETLB_PAGE ? '' : '!'}HUGETLB_PAGE`,
    source: ['arch/parisc/include/asm/pgtable.h', 'arch/parisc/mm/init.c', 'arch/parisc/kernel/entry.S'],
    notes: [
      'The special bit moves with HUGETLB_PAGE: bit 10 without, bit 4 with.',
      'The swap offset leaves bit 8 and 9 out. The header counts its _BIT names from the most significant end.',
    ],
    bigEndian: true,
    layout: {
      pteBits: v.bits,
      bits: [
        ...names.filter((b) => b.mask !== SPECIAL),
        { name: '_PAGE_SPECIAL', mask: SPECIAL, meaning: 'software: special', kind: 'page' },
      ],
      pfn: { fields: [{ at: 12, count: v.bits - 12 }] },
      maxPhysmemBits: v.bits === 64 ? 39 : 32,
      flags: { write: W, dirty: DIRTY, young: ACCESSED, special: SPECIAL, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
      tests: { present: PRESENT, user: USER, huge: HUGETLB_PAGE ? B._PAGE_HUGE : false },
      pgprot: { noncached: { or: B._PAGE_NO_CACHE } },
      ops: { modify: modify((ones(v.bits) & ~bits(11, 0)) | ACCESSED | DIRTY | SPECIAL) },
      // arch/parisc/mm/init.c: write alone does not give reading; a private page asked for writing alone gives nothing.
      // biome-ignore format: private above, shared below
      protectionMap: [
        page(0n), page(R), page(0n), page(R), page(R | X), page(R | X), page(R | X), page(R | X),
        page(0n), page(R), page(W), page(R | W), page(R | X), page(R | X), page(R | W | X), page(R | W | X),
      ],
      access: { user: USER, exec: X, read: R },
      swap: {
        type: { at: 0, count: 5 },
        offset: [
          { at: 5, count: 3 },
          { at: 10, count: v.bits - 10, from: 3 },
        ],
      },
    },
    facts: {
      ARCH_HAS_SYNC_DMA_FOR_DEVICE: true, // arch/parisc/Kconfig
      read_fault_vm_flags: 1, // arch/parisc/mm/fault.c
      STACK_GROWSUP: true, // arch/parisc/Kconfig
      ARCH_HAS_CPU_CACHE_ALIASING: true, // arch/parisc/Kconfig
      cpu_has_dc_aliases: true, // caches are indexed by virtual address
      shm_align: 0x00400000, // arch/parisc/include/asm/shmparam.h: SHM_COLOUR; kernel/sys_parisc.c
    },
    changes: [
      swapWithoutExclusive({
        offset: [
          { at: 6, count: 3 },
          { at: 11, count: v.bits - 11, from: 3 },
        ],
      }),
    ],
    // The miss handlers mark every resident page young before the CPU asks for rights; a store to a
    // clean page takes the dirty-bit trap.
    mmu: {
      young: 'tlb-refill',
      dirty: 'tlb-refill',
      rules: {
        read: { if: PRESENT, do: mark, allow: USER | R },
        exec: { if: PRESENT, do: mark, allow: USER | X },
        write: { if: PRESENT, do: [mark, { if: USER | W, do: { or: DIRTY } }], allow: USER | W },
      },
    },
  });
}

const PARISC64 = {
  bits: 64,
  levels: { pgd: [32, 1024], pmd: [21, 2048], pte: [12, 512] },
  TASK_SIZE: 0x3fff1000000n,
} as const;
export const parisc32 = parisc({
  name: 'parisc32',
  title: 'PA-RISC, 32-bit',
  bits: 32,
  HUGETLB_PAGE: false,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xfff00000n,
});
export const parisc64 = parisc({ ...PARISC64, name: 'parisc64', title: 'PA-RISC, 64-bit', HUGETLB_PAGE: false });
export const parisc64_hugetlb = parisc({
  ...PARISC64,
  name: 'parisc64-hugetlb',
  title: 'PA-RISC, 64-bit, huge pages',
  HUGETLB_PAGE: true,
});
