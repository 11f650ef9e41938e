// SPDX-License-Identifier: GPL-2.0-or-later
/** User Mode Linux. arch/um/include/asm/pgtable.h, pgtable-2level.h, pgtable-3level.h, arch/um/kernel/mem.c, tlb.c. */
import {
  type Architecture,
  type ArchitectureSpec,
  anyOf,
  bit,
  clear,
  declareArchitecture,
  defineBits,
  equals,
  type Feature,
  layoutWithout,
  modify,
  ones,
  protections,
  swapWithoutExclusive,
} from '@specialbit/core/arch';

const { mask: B, bits: names } = defineBits({
  _PAGE_PRESENT: [bit(0), 'resident'],
  _PAGE_NEEDSYNC: [bit(1), 'the host mapping or its protection is out of date'],
  _PAGE_PROTNONE: [bit(4), 'PROT_NONE'],
  _PAGE_RW: [bit(5), 'write permission'],
  _PAGE_USER: [bit(6), 'user code may use it'],
  _PAGE_ACCESSED: [bit(7), 'young'],
  _PAGE_DIRTY: [bit(8), 'dirty'],
  _PAGE_SWP_EXCLUSIVE: [bit(10), 'exclusive', 'swap'],
});
/** Of kernels up to 6.12. */
const { mask: OLD, bits: oldNames } = defineBits({
  _PAGE_NEWPAGE: [bit(1), 'the host mapping is out of date'],
  _PAGE_NEWPROT: [bit(2), 'the host protection is out of date'],
});
const READ = B._PAGE_PRESENT | B._PAGE_USER | B._PAGE_ACCESSED;

/** arch/um/include/asm/pgtable.h. */
const um_needsync: Feature = {
  name: 'um_needsync',
  summary:
    'um: one bit (1) says that the host has to draw an entry anew; write permission comes and goes without another',
  without:
    'um: bit 1 says so of the mapping, and bit 2, which a change of the write permission sets, of the protection',
  since: { commit: '2717c6b649e1', subject: 'um: Abandon the _PAGE_NEWPROT bit', version: '6.13' },
  where: 'arch/um/include/asm/pgtable.h',
  evidence: 'source',
};
/** arch/um/Kconfig (PGTABLE_LEVELS), arch/um/include/asm/pgtable-4level.h. */
const um_four_levels: Feature = {
  name: 'um_four_levels',
  summary: 'um, 64-bit: four levels of page tables, and the address space of the host',
  without: 'um, 64-bit: three levels (3_LEVEL_PGTABLES), and half a terabyte',
  since: { commit: '41ab5fe7471f', subject: 'um: Switch to 4 level page tables on 64 bit', version: '6.13' },
  where: 'arch/um/Kconfig, PGTABLE_LEVELS',
  evidence: 'source',
};
/** arch/um/include/asm/pgtable.h: pte_read(), pte_exec(). */
const um_reads_without_user: Feature = {
  name: 'um_reads_without_user',
  summary: 'um: every entry but a PROT_NONE one can be read and executed',
  without: 'um: only an entry with USER can',
  since: {
    subject: 'pte_read() and pte_exec() look at PROTNONE alone',
    version: '7.1',
    after: '6.19',
    searched: 'kernel mails and push logs, by the lines it takes away',
  },
  where: 'arch/um/include/asm/pgtable.h, pte_read()',
  evidence: 'source',
};

interface Host {
  readonly name: string;
  readonly title: string;
  readonly kconfig: string;
  readonly bits: 32 | 64;
  readonly levels: ArchitectureSpec['levels'];
  /** A run-time variable taken from the host; this is the usual value of such a host. */
  readonly TASK_SIZE: bigint;
  readonly changes?: NonNullable<ArchitectureSpec['changes']>;
}

function um({ bits, changes = [], ...host }: Host): Architecture {
  const all = ones(bits);
  const readable = clear(B._PAGE_PROTNONE);
  const readableByUser = equals(B._PAGE_USER | B._PAGE_PROTNONE, B._PAGE_USER);
  return declareArchitecture({
    ...host,
    family: 'um',
    source: ['arch/um/include/asm/pgtable.h', 'arch/um/kernel/mem.c', 'arch/um/kernel/tlb.c'],
    notes: [
      'A Linux process draws the mappings: NEEDSYNC (NEWPAGE and NEWPROT up to 6.12) tells it what to draw anew. No special bit, also on an x86 host.',
    ],
    bits,
    layout: {
      pteBits: bits,
      bits: names,
      pfn: { fields: [{ at: 12, count: bits - 12 }] },
      flags: { dirty: B._PAGE_DIRTY, young: B._PAGE_ACCESSED, swp_exclusive: B._PAGE_SWP_EXCLUSIVE },
      tests: {
        present: anyOf(B._PAGE_PRESENT | B._PAGE_PROTNONE),
        none: clear(all & ~B._PAGE_NEEDSYNC),
        write: equals(B._PAGE_RW | B._PAGE_PROTNONE, B._PAGE_RW),
        exec: readable,
        read: readable,
      },
      ops: {
        mkwrite: { or: B._PAGE_RW },
        wrprotect: { clear: B._PAGE_RW },
        modify: modify((all & ~0xfffn) | B._PAGE_ACCESSED | B._PAGE_DIRTY),
      },
      protectionMap: protections({ none: B._PAGE_PROTNONE | B._PAGE_ACCESSED, read: READ, write: READ | B._PAGE_RW }),
      access: { user: B._PAGE_USER, exec: B._PAGE_USER },
      swap: { type: { at: 5, count: 5 }, offset: [{ at: 11, count: bits - 11 }] },
    },
    facts: {
      read_fault_vm_flags: 5, // arch/um/kernel/trap.c
    },
    changes: [
      ...changes,
      layoutWithout(um_reads_without_user, (layout) => ({
        ...layout,
        tests: { ...layout.tests, exec: readableByUser, read: readableByUser },
      })),
      layoutWithout(um_needsync, (layout) => ({
        ...layout,
        bits: (layout.bits ?? []).flatMap((named) => (named.name === '_PAGE_NEEDSYNC' ? oldNames : [named])),
        ops: {
          ...layout.ops,
          // Only a change of the permission makes the host protection out of date.
          mkwrite: { if: B._PAGE_RW, do: [], else: { or: B._PAGE_RW | OLD._PAGE_NEWPROT } },
          wrprotect: { if: B._PAGE_RW, do: { clear: B._PAGE_RW, or: OLD._PAGE_NEWPROT } },
        },
      })),
      swapWithoutExclusive(),
    ],
    // update_pte_range maps an old page without rights and a clean one read-only.
    mmu: { young: 'fault', dirty: 'fault' },
  });
}

export const um_i386 = um({
  name: 'um-i386',
  title: 'User Mode Linux on i386',
  kconfig: 'UML && !64BIT',
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
});
export const um_x86_64 = um({
  name: 'um-x86_64',
  title: 'User Mode Linux on x86-64',
  kconfig: 'UML && 64BIT',
  bits: 64,
  levels: { pgd: [39, 512], pud: [30, 512], pmd: [21, 512], pte: [12, 512] },
  TASK_SIZE: bit(47) - bit(39),
  changes: [
    {
      feature: um_four_levels,
      without: (spec) => ({
        ...spec,
        levels: { pgd: [30, 512], pmd: [21, 512], pte: [12, 512] },
        TASK_SIZE: bit(39),
      }),
    },
  ],
});
