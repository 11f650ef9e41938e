// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Changes of what drivers call, and of how they have to: no mechanism of the model asks for them, but
 * whoever carries a driver from one kernel to another must know. From the two source trees, from
 * commits, and from the catalogues of API changes that out-of-tree drivers keep.
 */
import type { Evidence, Feature } from '../arch/feature.js';

function change(
  name: string,
  [version, commit, subject]: readonly [string, string, string],
  summary: string,
  without: string,
  evidence: Evidence = 'reported',
): Feature {
  return { name, summary, without, since: { version, commit, subject }, evidence };
}

export const API_CHANGES: readonly Feature[] = [
  change(
    'vm_flags_wrappers',
    ['6.3', 'bc292ab00f6c', 'mm: introduce vma->vm_flags wrapper functions'],
    'drivers change vm_flags by vm_flags_set(), vm_flags_clear() and vm_flags_mod(), which want the mmap lock for writing',
    'drivers write vma->vm_flags themselves',
    'source',
  ),
  change(
    'no_vmf_insert_mixed_prot',
    ['6.4', '28d8b812e97b', 'mm: remove unused vmf_insert_mixed_prot()'],
    'vmf_insert_mixed_prot() and the _prot variants of vmf_insert_pfn_pmd() and _pud() are gone',
    'vmf_insert_mixed_prot(), vmf_insert_pfn_pmd_prot() and vmf_insert_pfn_pud_prot() take a protection',
    'source',
  ),
  change(
    'iouring_rings_as_pages',
    ['6.10', '3ab1db3c6039', 'io_uring: get rid of remap_pfn_range() for mapping rings/sqes'],
    'io_uring maps its rings by vm_insert_pages(): they are counted, and can be pinned',
    'io_uring maps its rings by remap_pfn_range()',
    'source',
  ),
  change(
    'follow_pte_takes_vma',
    ['6.10', '29ae7d96d166', 'mm: pass VMA instead of MM to follow_pte()'],
    'follow_pte() takes a VMA and refuses those that are not VM_IO or VM_PFNMAP',
    'follow_pte() takes an mm, and the caller looks at vm_flags',
  ),
  change(
    'no_follow_pfn',
    ['6.10', 'cb10c28ac82c', 'mm: remove follow_pfn'],
    'follow_pfn() is gone; from 6.12 on follow_pfnmap_start() and follow_pfnmap_end() are all there is',
    'follow_pfn(), follow_phys() and follow_pte() look up a pfn and hold nothing',
    'source',
  ),
  change(
    'insert_mixed_mkwrite_internal',
    ['6.12', 'cd1e0dac3a3e', 'mm: unexport vmf_insert_mixed_mkwrite'],
    'vmf_insert_mixed_mkwrite() is not exported to modules',
    'modules can call vmf_insert_mixed_mkwrite()',
    'source',
  ),
  change(
    'mmap_prepare',
    ['6.16', 'c84bf6dd2b83', 'mm: introduce new .mmap_prepare() file callback'],
    'a file may have ->mmap_prepare, called before there is a VMA',
    '->mmap is the only hook, and gets a VMA that nobody else can see yet',
    'source',
  ),
  change(
    'no_pfn_t',
    ['6.17', '21aa65bf82a7', 'mm: remove callers of pfn_t functionality'],
    'vmf_insert_mixed() takes a plain pfn; PFN_DEV, PFN_MAP and PFN_SPECIAL are gone',
    'vmf_insert_mixed() takes a pfn_t, whose flags decide',
    'source',
  ),
  change(
    'bad_page_map_levels',
    ['6.18', 'ec63a44011dc', 'mm/memory: convert print_bad_pte() to print_bad_page_map()'],
    'the report of a bad page map tells the level and prints all entries above it',
    'print_bad_pte() prints the PTE and the PMD',
    'source',
  ),
];
