/** Features of kernels after 6.12, from commits and mails: read, not proven by a transcript. */
import type { Feature } from '../arch/feature.js';

export const LATER_FEATURES = {
  pfnmap_track_ctx: {
    name: 'pfnmap_track_ctx',
    summary: 'the memory type of a pfn mapping is reserved by an object that VMAs share and count; VM_PAT is gone',
    without: 'VM_PAT marks the VMA, and its first PTE tells the reservation: COW of that page breaks fork',
    since: { version: '6.16', subject: 'mm: convert VM_PFNMAP tracking to pfnmap_track() + pfnmap_untrack()' },
    evidence: 'reported',
  },
  mmap_actions: {
    name: 'mmap_actions',
    summary: 'a driver with ->mmap_prepare describes what to map, and mm does it once the VMA is linked',
    without: '->mmap fills page tables of a VMA that unmap_mapping_range() cannot see yet',
    since: { version: '6.19', subject: 'mm: add ability to take further action in vm_area_desc' },
    evidence: 'reported',
  },
  zap_special_vma_range: {
    name: 'zap_special_vma_range',
    summary: 'zap_vma_ptes() is called zap_special_vma_range() and takes VM_MIXEDMAP, too',
    without: 'zap_vma_ptes() does nothing, silently, unless the VMA is VM_PFNMAP',
    since: { version: '7.1', commit: '52a9e9cd181f', subject: 'mm: rename zap_vma_ptes() to zap_special_vma_range()' },
    evidence: 'reported',
  },
  mremap_several_vmas: {
    name: 'mremap_several_vmas',
    summary:
      'mremap() with MREMAP_FIXED and equal lengths moves several VMAs, and checks the source before it clears the target',
    without: 'it moves one VMA, and the target is unmapped even when the call then fails',
    since: { version: '6.17', subject: 'mm/mremap: permit mremap() move of multiple VMAs' },
    evidence: 'reported',
  },
  merge_unfaulted_anon: {
    name: 'merge_unfaulted_anon',
    summary: 'a VMA with anonymous pages merges into a neighbour that never had any',
    without: 'only the other way round: a VMA that never had any into a neighbour that has',
    since: { version: '6.16', subject: 'mm/vma: fix incorrectly disallowed anonymous VMA merges' },
    evidence: 'reported',
  },
} as const satisfies Record<string, Feature>;
