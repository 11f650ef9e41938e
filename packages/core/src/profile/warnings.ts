// SPDX-License-Identifier: GPL-2.0-or-later
/** The kernel's WARN_ONs that the model can reach. Where each release has them, `releases/` says. */
import type { Profile } from './profile.js';
import { releaseOf } from './releases/index.js';
import type { WarningId } from './releases/release.js';

/** `file` and `where`: source file and function. A release whose function has another name says so itself. */
export const WARNINGS: Readonly<
  Record<WarningId, { readonly file: string; readonly where: string; readonly what: string }>
> = {
  vm_normal_page_zero: {
    file: 'mm/memory.c',
    where: 'vm_normal_page',
    what: 'VM_WARN_ON_ONCE(is_zero_pfn(pfn)): the zero page is mapped as a normal page',
  },
  vm_normal_page_huge_zero: {
    file: 'mm/memory.c',
    where: '__vm_normal_page',
    what: 'VM_WARN_ON_ONCE(is_huge_zero_pfn(pfn)): the huge zero folio is mapped as a normal page',
  },
  rmap_zero_folio: {
    file: 'include/linux/rmap.h',
    where: '__folio_rmap_sanity_checks',
    what: 'VM_WARN_ON_FOLIO(is_zero_folio(folio)): references and map counts of the zero page are touched',
  },
  mixed_zeropage_pfnmap: {
    file: 'mm/memory.c',
    where: 'vm_mixed_zeropage_allowed',
    what: 'VM_WARN_ON_ONCE(vma->vm_flags & VM_PFNMAP)',
  },
  insert_page_mismatch: {
    file: 'mm/memory.c',
    where: 'insert_page_into_pte_locked',
    what: 'WARN_ON_ONCE(!is_zero_pfn(pte_pfn(pteval))): another frame is mapped there already',
  },
  insert_pages_pfnmap: {
    file: 'mm/memory.c',
    where: 'vm_insert_pages',
    what: 'VM_WARN_ON_ONCE(vma->vm_flags & VM_PFNMAP)',
  },
  insert_pages_read_locked: {
    file: 'mm/memory.c',
    where: 'vm_insert_pages',
    what: 'VM_WARN_ON_ONCE(mmap_read_trylock(vma->vm_mm)): the mmap_lock is not held for writing, in a fault handler',
  },
  gup_fast_pfn_invalid: {
    file: 'mm/gup.c',
    where: 'gup_fast_pte_range',
    what: 'VM_WARN_ON_ONCE(!pfn_valid(pte_pfn(pte))): a PTE that is not special maps a frame without struct page',
  },
  gup_pins_shared_anon: {
    file: 'mm/gup.c',
    where: 'follow_page_pte',
    what: 'VM_WARN_ON_ONCE_PAGE(!PageAnonExclusive(page)): an anonymous page is pinned that others may have',
  },
  gup_pinned_shared_anon: {
    file: 'mm/gup.c',
    where: 'sanity_check_pinned_pages',
    what: 'VM_WARN_ON_ONCE_FOLIO(!PageAnonExclusive(&folio->page)): a pinned anonymous page may be shared',
  },
  merge_outside_middle: {
    file: 'mm/vma.c',
    where: 'vma_merge_existing_range',
    what: 'VM_WARN_ON_VMG(middle != prev && vmg->start != middle->vm_start): the range starts before the VMA',
  },
  action_start_outside: {
    file: 'include/linux/mm.h',
    where: 'mmap_action_remap',
    what: 'WARN_ON_ONCE(start < desc->start || start >= desc->end)',
  },
  action_end_outside: {
    file: 'include/linux/mm.h',
    where: 'mmap_action_remap',
    what: 'WARN_ON_ONCE(start + size > desc->end)',
  },
  mprotect_dirty_zero: {
    file: 'mm/mprotect.c',
    where: 'can_change_shared_pte_writable',
    what: 'VM_WARN_ON_ONCE(is_zero_pfn(pte_pfn(pte)) && pte_dirty(pte)): a dirty zero page becomes writable',
  },
  insert_pfn_mismatch: {
    file: 'mm/memory.c',
    where: 'insert_pfn',
    what: 'WARN_ON_ONCE(!is_zero_pfn(pte_pfn(entry))): another frame is mapped there already',
  },
  insert_pfn_pmd_mismatch: {
    file: 'mm/huge_memory.c',
    where: 'insert_pfn_pmd',
    what: 'WARN_ON_ONCE(!is_huge_zero_pmd(*pmd)): another frame, or a page table, is there already',
  },
  insert_pfn_pud_mismatch: {
    file: 'mm/huge_memory.c',
    where: 'insert_pfn_pud',
    what: 'WARN_ON_ONCE(pud_pfn(*pud) != pfn): another frame, or a page table, is there already',
  },
  pmdp_invalidate_not_present: {
    file: 'mm/pgtable-generic.c',
    where: 'pmdp_invalidate',
    what: 'VM_WARN_ON_ONCE(!pmd_present(*pmdp)): a huge PMD of PROT_NONE, which is not present on this architecture',
  },
  pmdp_invalidate_ad_not_present: {
    file: 'mm/pgtable-generic.c',
    where: 'pmdp_invalidate_ad',
    what: 'VM_WARN_ON_ONCE(!pmd_present(*pmdp)): a huge PMD of PROT_NONE, which is not present on this architecture',
  },
  zap_huge_pmd_not_present: {
    file: 'mm/huge_memory.c',
    where: 'zap_huge_pmd',
    what: 'WARN_ONCE(1, "Non present huge pmd without pmd migration enabled!")',
  },
  rmap_dup_not_anon: {
    file: 'include/linux/rmap.h',
    where: '__folio_try_dup_anon_rmap',
    what: "VM_WARN_ON_FOLIO(!folio_test_anon(folio)): the huge zero folio is shared as if it were somebody's",
  },
  split_huge_pmd_not_anon: {
    file: 'mm/huge_memory.c',
    where: '__split_huge_pmd_locked',
    what: "VM_WARN_ON_FOLIO(!folio_test_anon(folio)): the huge zero folio is split as if it were somebody's",
  },
  rmap_add_not_anon: {
    file: 'mm/rmap.c',
    where: '__folio_add_anon_rmap',
    what: "VM_WARN_ON_FOLIO(!folio_test_anon(folio)): the huge zero folio is mapped as if it were somebody's",
  },
  split_to_order_1: {
    file: 'mm/huge_memory.c',
    where: 'split_huge_page_to_list_to_order',
    what: 'VM_WARN_ONCE(1, "Cannot split to order-1 folio")',
  },
  split_shmem_order: {
    file: 'mm/huge_memory.c',
    where: 'split_huge_page_to_list_to_order',
    what: 'VM_WARN_ONCE(1, "Cannot split shmem folio to non-0 order")',
  },
  wp_copy_user: {
    file: 'mm/memory.c',
    where: '__wp_page_copy_user',
    what: 'WARN_ON_ONCE(1): the page to copy cannot be read through the page table',
  },
  racy_pte_young: {
    file: 'arch/arm64/include/asm/pgtable.h',
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(!pte_young(pte)): hardware could be setting the access flag',
  },
  racy_pte_dirty: {
    file: 'arch/arm64/include/asm/pgtable.h',
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(pte_write(old_pte) && !pte_dirty(pte)): hardware could be setting the dirty state',
  },
  unsafe_pte_change: {
    file: 'arch/arm64/include/asm/pgtable.h',
    where: '__check_safe_pte_update',
    what: 'VM_WARN_ONCE(!pgattr_change_is_safe()): attributes of a valid entry change without break-before-make',
  },
  get_pat_info: {
    file: 'arch/x86/mm/pat/memtype.c',
    where: 'get_pat_info',
    what: 'WARN_ON_ONCE(1): a tracked shared mapping has no raw pfn at its start',
  },
  track_pfn_copy: {
    file: 'arch/x86/mm/pat/memtype.c',
    where: 'track_pfn_copy',
    what: 'WARN_ON_ONCE(1): a tracked mapping has no raw pfn at its start',
  },
  untrack_pfn: {
    file: 'arch/x86/mm/pat/memtype.c',
    where: 'untrack_pfn',
    what: 'WARN_ON_ONCE(1): a tracked mapping has no raw pfn at its start',
  },
  gup_longterm_without_pin: {
    file: 'mm/gup.c',
    where: 'is_valid_gup_args',
    what: 'WARN_ON_ONCE(!(gup_flags & FOLL_PIN) && (gup_flags & FOLL_LONGTERM)): a long-term reference that is no pin',
  },
  write_fault_maywrite: {
    file: 'mm/memory.c',
    where: 'sanitize_fault_flags',
    what: 'WARN_ON_ONCE(!(vma->vm_flags & VM_MAYWRITE)): a write fault in a mapping that can never be written',
  },
  mmap_vma_moved: {
    file: 'mm/vma.c',
    where: '__mmap_new_file_vma',
    what: 'WARN_ON_ONCE(addr != vma->vm_start): ->mmap moved the VMA',
  },
  mmap_assert_write_locked: {
    file: 'include/linux/rwsem.h',
    where: 'rwsem_assert_held_write_nolockdep',
    what: 'WARN_ON(): a fault handler changes vm_flags, and the mmap_lock is not held for writing (mmap_assert_write_locked)',
  },
  wp_page_reuse_zero: {
    file: 'mm/memory.c',
    where: 'wp_page_reuse',
    what: 'VM_WARN_ON(is_zero_pfn(pte_pfn(vmf->orig_pte)))',
  },
};

/**
 * The line that the kernel prints, without address and process: file and line of a release whose source was
 * read, file and function of any other (lines move from one point release to the next).
 */
export function warningText(id: WarningId, profile: Profile): string {
  const line = releaseOf(profile.version)?.warnings[id];
  const { file, where } = WARNINGS[id];
  if (typeof line === 'string') return `WARNING: ${line}`;
  return line === undefined ? `WARNING: ${file} in ${where}()` : `WARNING: ${file}:${line}`;
}
