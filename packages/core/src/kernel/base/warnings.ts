// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The kernel's WARN_ONs that the model can reach, with the place where each kernel version has them.
 * Lines are those of the Debian source packages linux-source-6.12 (6.12.117) and linux-source-6.1.
 */
import type { Profile } from '../../profile/profile.js';

export const WARNINGS = {
  vm_normal_page_zero: {
    file: 'mm/memory.c',
    line: 656,
    where: 'vm_normal_page',
    what: 'VM_WARN_ON_ONCE(is_zero_pfn(pfn)): the zero page is mapped as a normal page',
  },
  vm_normal_page_huge_zero: {
    file: 'mm/memory.c',
    line: 735,
    where: '__vm_normal_page',
    what: 'VM_WARN_ON_ONCE(is_huge_zero_pfn(pfn)): the huge zero folio is mapped as a normal page',
  },
  rmap_zero_folio: {
    file: 'include/linux/rmap.h',
    line: 204,
    where: '__folio_rmap_sanity_checks',
    what: 'VM_WARN_ON_FOLIO(is_zero_folio(folio)): references and map counts of the zero page are touched',
  },
  mixed_zeropage_pfnmap: {
    file: 'mm/memory.c',
    line: 1996,
    where: 'vm_mixed_zeropage_allowed',
    what: 'VM_WARN_ON_ONCE(vma->vm_flags & VM_PFNMAP)',
  },
  insert_pfn_mismatch: {
    file: 'mm/memory.c',
    line: 2339,
    where: 'insert_pfn',
    what: 'WARN_ON_ONCE(!is_zero_pfn(pte_pfn(entry))): another frame is mapped there already',
  },
  wp_copy_user: {
    file: 'mm/memory.c',
    line: 3115,
    where: '__wp_page_copy_user',
    what: 'WARN_ON_ONCE(1): the page to copy cannot be read through the page table',
  },
  racy_pte_young: {
    file: 'arch/arm64/include/asm/pgtable.h',
    line: 378,
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(!pte_young(pte)): hardware could be setting the access flag',
  },
  racy_pte_dirty: {
    file: 'arch/arm64/include/asm/pgtable.h',
    line: 381,
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(pte_write(old_pte) && !pte_dirty(pte)): hardware could be setting the dirty state',
  },
  unsafe_pte_change: {
    file: 'arch/arm64/include/asm/pgtable.h',
    line: 384,
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(!pgattr_change_is_safe()): attributes of a valid entry change without break-before-make',
  },
  get_pat_info: {
    file: 'arch/x86/mm/pat/memtype.c',
    line: 983,
    where: 'get_pat_info',
    what: 'WARN_ON_ONCE(1): a tracked shared mapping has no raw pfn at its start',
  },
  wp_page_reuse_zero: {
    file: 'mm/memory.c',
    line: 3245,
    where: 'wp_page_reuse',
    what: 'VM_WARN_ON(is_zero_pfn(pte_pfn(vmf->orig_pte)))',
  },
} as const satisfies Record<string, { file: string; line: number; where: string; what: string }>;

export type WarningId = keyof typeof WARNINGS;

/** Where older kernels have them, by the release whose source was read. */
const LINES: Readonly<Record<string, Partial<Record<WarningId, number>>>> = {
  '6.1': {
    insert_pfn_mismatch: 2166,
    wp_copy_user: 2962,
    get_pat_info: 1028,
    racy_pte_young: 316,
    racy_pte_dirty: 319,
  },
};

/** The line that the kernel prints, without address and process. */
export function warningText(id: WarningId, profile: Profile): string {
  const series = profile.version.split('.').slice(0, 2).join('.');
  const { file, line } = WARNINGS[id];
  return `WARNING: ${file}:${LINES[series]?.[id] ?? line}`;
}
