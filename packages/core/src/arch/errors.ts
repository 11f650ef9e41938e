// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be wrong with a plugin: one line, what to do about it, and the helpers of the kernel that it concerns. */
export const ARCH_ERRORS = {
  'layout.mask': {
    summary: 'A layout has something that is no mask, or a value that its mask cannot have.',
    remedy: 'Write masks with bit(), bits() and ones(), and values within them.',
  },
  'layout.width': {
    summary: 'A mask or field of a layout lies beyond the width of an entry.',
    remedy: 'Give the entry its true width, or the bits their true places.',
    kernel: 'pte_t, asm/page.h of the architecture',
  },
  'layout.overlap': {
    summary: 'One bit of a layout has two meanings.',
    remedy: 'Correct one of the masks, or name the kind of entry that it is about (absent, swap, directory).',
    kernel: '_PAGE_* of asm/pgtable.h of the architecture',
  },
  'layout.pfn': {
    summary: 'The pfn field of a layout is too small, or does not give back what was put in.',
    remedy: 'Give the field the bits that pte_pfn() reads.',
    kernel: 'pte_pfn(), pfn_pte(), asm/pgtable.h of the architecture',
  },
  'layout.modify': {
    summary: 'pte_modify of a layout loses what it has to keep.',
    remedy: 'Keep the bits of _PAGE_CHG_MASK.',
    kernel: 'pte_modify(), asm/pgtable.h of the architecture',
  },
  'layout.swap': {
    summary: 'A swap entry of a layout looks present or empty, or does not give back what was put in.',
    remedy: 'Place type and offset where __swp_entry() does.',
    kernel: '__swp_entry(), __swp_type(), __swp_offset(), asm/pgtable.h of the architecture',
  },
  'layout.empty': {
    summary: 'The empty entry of a layout is not empty.',
    remedy: 'Let `none` hold for what pte_clear() writes.',
    kernel: 'pte_none(), pte_clear(), asm/pgtable.h of the architecture',
  },
  'layout.protection-map': {
    summary: 'A layout has not 16 protections.',
    remedy: 'Give all sixteen, in the order of vm_flags & 15.',
    kernel: 'protection_map[], vm_get_page_prot(), mm/mmap.c or the architecture',
  },
  'layout.operation': {
    summary: 'An operation of a layout has no effect, or one on something else.',
    remedy: 'Correct its steps; an architecture whose helper does nothing says so in `accepted`.',
    kernel: 'pte_mkdirty(), pte_wrprotect() and their like, asm/pgtable.h of the architecture',
  },
  'layout.huge': {
    summary: 'A huge entry of a layout is no leaf, or loses its pfn or its special bit.',
    remedy: 'Correct `huge`: what pmd_mkhuge() adds, and what pmd_leaf() tests.',
    kernel: 'pmd_leaf(), pmd_mkhuge(), pmd_special(), asm/pgtable.h of the architecture',
  },
  'layout.accepted': {
    summary: 'A layout accepts a deviation that does not occur.',
    remedy: 'Remove it from `accepted`.',
  },
  'arch.geometry': {
    summary: 'Page-table levels do not fit each other, or user addresses end within a page.',
    remedy: 'Give bits of each level so that they and the page make up an address.',
    kernel: 'PTRS_PER_PTE, PGDIR_SHIFT, TASK_SIZE of the architecture',
  },
  'arch.member': {
    summary: 'Something that every plugin must say is missing.',
    remedy: 'Add it; docs/plugin-authoring.md says where it is found.',
  },
  'arch.name': {
    summary: 'A name is unknown, or given twice.',
    remedy: 'Give every architecture, alias and bit a name of its own.',
  },
} as const satisfies Readonly<
  Record<string, { readonly summary: string; readonly remedy: string; readonly kernel?: string }>
>;

/** What is wrong with a plugin. The code names the rule, so that a maintainer can look it up. */
export type ArchErrorCode = keyof typeof ARCH_ERRORS;

/** A plugin (layout or architecture) that cannot be right. Thrown when it is defined, never later. */
export class ArchError extends Error {
  override readonly name = 'ArchError';
  constructor(
    readonly code: ArchErrorCode,
    /** What disagrees with what; names both sides. */
    readonly problem: string,
    /** What to change. */
    readonly remedy: string,
  ) {
    super(`${problem}. ${remedy}`);
  }
}
