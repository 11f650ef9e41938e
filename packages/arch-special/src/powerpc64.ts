// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 64-bit PowerPC (book3s): radix or hash MMU, chosen at boot, with 4 or 64 KiB pages.
 * arch/powerpc/include/asm/book3s/64/pgtable.h, radix.h, hash.h, hash-4k.h, hash-64k.h;
 * arch/powerpc/mm/book3s64/pgtable.c (vm_get_page_prot), hash_4k.c, hash_64k.c.
 */
import {
  type Architecture,
  type ArchitectureSpec,
  anyOf,
  bit,
  bits,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  factsWithout,
  type HugeSpec,
  layoutWithout,
  type MmuSpec,
  modify,
  noDevmap,
  protections,
} from '@specialbit/core/arch';
import { powerpc_huge_pfnmap, powerpc_protection_masks } from './changes.js';
import { POWERPC_FACTS } from './powerpc.js';

const { mask: B, bits: names } = defineBits({
  _PAGE_EXEC: [bit(0), 'execute permission'],
  _PAGE_WRITE: [bit(1), 'write permission'],
  _PAGE_READ: [bit(2), 'read permission'],
  _PAGE_PRIVILEGED: [bit(3), 'kernel only'],
  _PAGE_SAO: [bit(4), 'strong access ordering'],
  _PAGE_NON_IDEMPOTENT: [bit(5), 'device memory'],
  _PAGE_SWP_EXCLUSIVE: [bit(5), 'exclusive', 'swap'],
  H_PAGE_BUSY: [bit(6), 'hash: entry in work'],
  _PAGE_DIRTY: [bit(7), 'C: dirty'],
  _PAGE_ACCESSED: [bit(8), 'R: young'],
  _PAGE_SOFT_DIRTY: [bit(9), 'software: soft-dirty tracking, in swap entries too'],
  _PAGE_SPECIAL: [bit(10), 'software: special'],
  _PAGE_DEVMAP: [bit(11), 'software: page of ZONE_DEVICE'],
  _PAGE_INVALID: [bit(61), 'software: being invalidated, yet resident'],
  _PAGE_PTE: [bit(62), 'leaf entry: set in every one'],
  _PAGE_PRESENT: [bit(63), 'valid for the hardware'],
});
const {
  _PAGE_READ: R,
  _PAGE_WRITE: W,
  _PAGE_EXEC: X,
  _PAGE_PRESENT: PRESENT,
  _PAGE_ACCESSED: ACCESSED,
  _PAGE_PTE: PTE,
} = B;
const page = (rights: bigint): bigint => PRESENT | ACCESSED | rights;

const rule = (right: bigint, more = 0n) => ({
  if: { all: [PRESENT | right, clear(B._PAGE_PRIVILEGED)] },
  do: { or: ACCESSED | more },
});
const rules = { read: rule(R), exec: rule(X), write: rule(W, B._PAGE_DIRTY) } as const;
/** The radix walker writes R and C. */
const RADIX: MmuSpec = { young: 'hardware', dirty: 'hardware', rules };
/** hash_page_mm enters what the Linux entry allows and marks it; the hash slot it notes down is left out here. */
const HASH: MmuSpec = { young: 'tlb-refill', dirty: 'tlb-refill', rules };

interface Variant {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly kconfig: string;
  readonly radix: boolean;
  readonly PAGE_SHIFT: 12 | 16;
  readonly levels: ArchitectureSpec['levels'];
  readonly TASK_SIZE: bigint;
}

function powerpc64({ radix, PAGE_SHIFT, aliases = [], ...v }: Variant): Architecture {
  const pfn = bits(52, PAGE_SHIFT);
  // _PAGE_HPTEFLAGS: which the hash table's bookkeeping uses, in the words of hash-4k.h and hash-64k.h.
  const HPTEFLAGS = PAGE_SHIFT === 12 ? bits(56, 53) | bit(60) | B.H_PAGE_BUSY : bit(55) | bit(12) | B.H_PAGE_BUSY;
  const CHG_MASK =
    pfn | HPTEFLAGS | B._PAGE_DIRTY | ACCESSED | B._PAGE_SPECIAL | PTE | B._PAGE_SOFT_DIRTY | B._PAGE_DEVMAP;
  /** H_PAGE_THP_HUGE of hash-64k.h, which radix leaves 0; hash-4k.h has no huge entries. */
  const THP_HUGE = PAGE_SHIFT === 16 ? bit(13) : 0n;
  const huge =
    (special: boolean) =>
    (pte: ArchitectureSpec['layout']): HugeSpec => {
      const leaf = PTE | (radix ? 0n : THP_HUGE);
      const resident = anyOf(PRESENT | B._PAGE_INVALID);
      const devmap = pte.tests?.devmap === false ? B._PAGE_DEVMAP : 0n;
      // _HPAGE_CHG_MASK
      const keep = (CHG_MASK | THP_HUGE) & ~devmap & (special ? ~0n : ~B._PAGE_SPECIAL);
      return {
        kconfig: 'TRANSPARENT_HUGEPAGE',
        ...(THP_HUGE !== 0n && {
          bits: [
            { name: 'H_PAGE_THP_HUGE', mask: THP_HUGE, meaning: 'hash: a transparent huge page', kind: 'directory' },
          ],
        }),
        construct: { or: leaf },
        // radix can map for execution alone: to be the user's is not to be readable
        access: { user: clear(B._PAGE_PRIVILEGED), exec: X, read: R },
        tests: { none: clear(bits(63, 0)), present: resident, leaf: PTE, trans_huge: { all: [leaf, resident] } },
        ops: {
          // pmdp_invalidate()
          mkinvalid: [{ clear: PRESENT }, { or: B._PAGE_INVALID }],
          modify: modify(keep),
        },
      };
    };
  const hasHuge = radix || PAGE_SHIFT === 16;
  const ignored = radix ? B._PAGE_DIRTY | ACCESSED : HPTEFLAGS;
  return declareArchitecture({
    ...v,
    aliases,
    family: 'powerpc',
    source: [
      'arch/powerpc/include/asm/book3s/64/pgtable.h',
      radix ? 'arch/powerpc/include/asm/book3s/64/radix.h' : 'arch/powerpc/include/asm/book3s/64/hash.h',
      'arch/powerpc/mm/book3s64/pgtable.c',
    ],
    notes: [
      'In memory an entry is big-endian also on little-endian kernels; the value here is what pte_val returns.',
      'pfn_pte sets PTE in every entry. An entry is present with PRESENT, or while it is being invalidated.',
      'PROT_NONE is an entry without any right.',
      radix
        ? 'pte_none ignores dirty and young.'
        : 'pte_none ignores the bits of the hash table. Execute alone also gives reading.',
    ],
    bits: 64,
    layout: {
      pteBits: 64,
      bits: names,
      pfn: { fields: [{ at: PAGE_SHIFT, count: 53 - PAGE_SHIFT }] },
      maxPhysmemBits: 51,
      flags: {
        write: W,
        dirty: B._PAGE_DIRTY,
        young: ACCESSED,
        special: B._PAGE_SPECIAL,
        soft_dirty: B._PAGE_SOFT_DIRTY,
        swp_exclusive: B._PAGE_SWP_EXCLUSIVE,
        swp_soft_dirty: B._PAGE_SOFT_DIRTY,
      },
      tests: {
        present: { all: [PTE, anyOf(PRESENT | B._PAGE_INVALID)] },
        none: clear(bits(63, 0) & ~ignored),
        protnone: equals(PRESENT | PTE | R | W | X, PRESENT | PTE),
        devmap: PTE | B._PAGE_DEVMAP,
        exec: X,
        read: R,
        user: clear(B._PAGE_PRIVILEGED),
        ci: B._PAGE_NON_IDEMPOTENT,
      },
      // _PAGE_CACHE_CTL; both bits of it are _PAGE_TOLERANT
      pgprot: {
        noncached: { clear: B._PAGE_SAO | B._PAGE_NON_IDEMPOTENT, or: B._PAGE_NON_IDEMPOTENT },
        writecombine: { or: B._PAGE_SAO | B._PAGE_NON_IDEMPOTENT },
      },
      ops: {
        mkwrite: { or: R | W },
        mkdirty: { or: B._PAGE_DIRTY | B._PAGE_SOFT_DIRTY },
        mkdevmap: { or: B._PAGE_DEVMAP | B._PAGE_SPECIAL },
        modify: modify(CHG_MASK),
      },
      construct: { or: PTE },
      // Radix can map a page for execution alone; hash cannot.
      protectionMap: protections({
        none: page(0n),
        read: page(R),
        readExec: page(R | X),
        write: page(R | W),
        writeExec: page(R | W | X),
      }).map((prot, i) => (radix && (i === 4 || i === 12) ? page(X) : prot)),
      access: { user: { all: [R, clear(B._PAGE_PRIVILEGED)] }, exec: X, read: R },
      swap: { base: PTE, type: { at: 0, count: 5 }, offset: [{ at: PAGE_SHIFT, count: 53 - PAGE_SHIFT }] },
    },
    ...(hasHuge && { huge: { pmd: huge(true) }, special: { pmd: true } }),
    features: { pte_devmap: true, soft_dirty: true, huge_pfnmap: hasHuge },
    facts: { ...POWERPC_FACTS, ARCH_SUPPORTS_NUMA_BALANCING: true },
    changes: [
      ...(hasHuge
        ? [
            {
              feature: powerpc_huge_pfnmap,
              without: (spec: ArchitectureSpec) => ({
                ...spec,
                huge: { pmd: huge(false) },
                special: {},
                features: { ...spec.features, huge_pfnmap: false },
              }),
            },
          ]
        : []),
      noDevmap((layout) => ({
        ...layout,
        tests: { ...layout.tests, devmap: false },
        ops: { ...layout.ops, modify: modify(CHG_MASK & ~B._PAGE_DEVMAP) },
      })),
      layoutWithout(powerpc_protection_masks, (layout) => ({
        ...layout,
        protectionMap: layout.protectionMap.map((prot, i) => (i % 8 === 0 ? page(B._PAGE_PRIVILEGED) : prot)),
      })),
      factsWithout(powerpc_protection_masks, { read_fault_vm_flags: radix ? 3 : 7 }),
    ],
    mmu: radix ? RADIX : HASH,
  });
}

export const ppc64_radix_4k = powerpc64({
  name: 'ppc64-radix-4k',
  title: 'PowerPC, 64-bit, radix, 4 KiB pages',
  kconfig: 'PPC_BOOK3S_64 && PPC_4K_PAGES; radix chosen at boot',
  radix: true,
  PAGE_SHIFT: 12,
  levels: { pgd: [39, 8192], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(46),
});
export const ppc64_radix_64k = powerpc64({
  name: 'ppc64-radix-64k',
  aliases: ['ppc64'],
  title: 'PowerPC, 64-bit, radix, 64 KiB pages',
  kconfig: 'PPC_BOOK3S_64 && PPC_64K_PAGES; radix chosen at boot',
  radix: true,
  PAGE_SHIFT: 16,
  levels: { pgd: [39, 8192], pud: [30, 512], pmd: [21, 512], pte: [16, 32] },
  TASK_SIZE: bit(47),
});
export const ppc64_hash_4k = powerpc64({
  name: 'ppc64-hash-4k',
  title: 'PowerPC, 64-bit, hash, 4 KiB pages',
  kconfig: 'PPC_BOOK3S_64 && PPC_4K_PAGES; hash chosen at boot',
  radix: false,
  PAGE_SHIFT: 12,
  levels: { pgd: [37, 512], pud: [28, 512], pmd: [21, 128], pte: [12, 512] },
  TASK_SIZE: bit(46),
});
export const ppc64_hash_64k = powerpc64({
  name: 'ppc64-hash-64k',
  title: 'PowerPC, 64-bit, hash, 64 KiB pages',
  kconfig: 'PPC_BOOK3S_64 && PPC_64K_PAGES; hash chosen at boot',
  radix: false,
  PAGE_SHIFT: 16,
  levels: { pgd: [44, 256], pud: [34, 1024], pmd: [24, 1024], pte: [16, 256] },
  TASK_SIZE: bit(47),
});
