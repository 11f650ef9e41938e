// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Features of the kernel that architectures share: the same step, taken by many of them. Read in
 * linux-source-6.1 (6.1.192) and linux-source-6.12 (6.12.117).
 */
import type { Feature } from './feature.js';

/** include/linux/pgtable.h (__HAVE_ARCH_PTE_SWP_EXCLUSIVE, gone since). */
export const pte_swp_exclusive_everywhere: Feature = {
  name: 'pte_swp_exclusive_everywhere',
  summary: 'every architecture has a bit in swap entries that remembers an exclusive anonymous page',
  without:
    'only x86_64, arm64, s390 and 64-bit Book3S powerpc have it; elsewhere the mark is lost by swapping, and some swap offsets begin lower',
  since: {
    commit: '950fe885a897',
    subject: 'mm: remove __HAVE_ARCH_PTE_SWP_EXCLUSIVE',
    version: '6.3',
  },
  evidence: 'transcripts',
};

/** include/asm-generic/tlb.h (tlb_delay_rmap), mm/mmu_gather.c (tlb_flush_rmaps). */
export const delayed_rmap: Feature = {
  name: 'delayed_rmap',
  summary: 'with SMP, zap lowers the map count of dirty file pages after the TLB flush (tlb_delay_rmap)',
  without: 'zap lowers every map count at once, so a count below zero is reported where it happens',
  since: {
    commit: '5df397dec7c4',
    subject: 'mm: delay page_remove_rmap() until after the TLB has been flushed',
    version: '6.2',
  },
  evidence: 'transcripts',
};

/** mm/Kconfig (PER_VMA_LOCK), lock_vma_under_rcu() in the architectures' fault.c. */
export const per_vma_lock: Feature = {
  name: 'per_vma_lock',
  summary:
    'with SMP, a page fault of user code first runs under the lock of its VMA alone, and again if that does not do',
  without: 'every page fault takes mmap_lock, and runs once',
  since: { commit: '0b6cc04f3db3', subject: 'mm: introduce CONFIG_PER_VMA_LOCK', version: '6.4' },
  evidence: 'transcripts',
};

/** ARCH_HAS_PTE_DEVMAP; pte_devmap() in mm/memory.c and mm/gup.c. */
export const pte_devmap: Feature = {
  name: 'pte_devmap',
  summary: 'a software bit marks entries of ZONE_DEVICE pages (pte_devmap), which count otherwise than other pages',
  without: 'ZONE_DEVICE pages are counted like other pages; no entry says devmap, and the bit is free',
  since: { commit: '69660fd797c3', subject: 'x86, mm: introduce _PAGE_DEVMAP', version: '4.5' },
  until: {
    commit: 'd438d2734170',
    subject: 'mm: remove devmap related functions and page table bits',
    version: '6.17',
  },
  evidence: 'transcripts',
};

/** mm/Kconfig (ARCH_SUPPORTS_HUGE_PFNMAP, ARCH_SUPPORTS_PMD_PFNMAP, ARCH_SUPPORTS_PUD_PFNMAP). */
export const huge_pfnmap: Feature = {
  name: 'huge_pfnmap',
  summary:
    'huge entries of bare frames carry a special bit of their level (pmd_special, pud_special), where the architecture has one',
  without: 'no entry above the last level is special',
  since: {
    commit: '6857be5fecae',
    subject: 'mm: introduce ARCH_SUPPORTS_HUGE_PFNMAP and special bits to pmd/pud',
    version: '6.12',
  },
  evidence: 'source',
};

/** _PAGE_UFFD_WP and the like (asm/pgtable_types.h, asm/pgtable-prot.h). */
export const uffd_wp_bit_names: Feature = {
  name: 'uffd_wp_bit_names',
  summary: 'the bit by which userfaultfd write-protects is called UFFD_WP: _PAGE_UFFD_WP, PTE_UFFD_WP, pte_uffd_wp()',
  without: 'the bit is for whatever userfaultfd wants of the entry, and called UFFD: _PAGE_UFFD, PTE_UFFD, pte_uffd()',
  since: { version: '5.7', subject: 'userfaultfd: wp: add WP pagetable tracking to x86' },
  until: { version: '7.3', commit: '2bd507795e62', subject: 'mm: rename uffd-wp PTE bit macros to uffd' },
  evidence: 'source',
};
