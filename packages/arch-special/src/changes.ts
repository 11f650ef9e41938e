// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Features of single architectures with a special bit: what differed in kernels that are not 6.12. Read
 * in arch/ of linux-source-6.1 (6.1.192) and linux-source-6.12 (6.12.117).
 */
import type { Feature } from '@specialbit/core/arch';

/** arch/arm64/include/asm/pgtable-prot.h, pgtable.h (swap entries). */
export const arm64_present_invalid: Feature = {
  name: 'arm64_present_invalid',
  summary: 'arm64: bit 11 of an entry without VALID says that it is resident (PROT_NONE); swap offsets begin at bit 12',
  without: 'arm64: bit 58 says PROT_NONE; swap types begin at bit 3 and offsets at bit 8',
  since: {
    commit: '55564814a838',
    subject: 'arm64/mm: Move PTE_PRESENT_INVALID to overlay PTE_NG',
    version: '6.10',
  },
  evidence: 'transcripts',
};

/** arch/arm64/include/asm/pgtable-prot.h. */
export const arm64_uffd_wp: Feature = {
  name: 'arm64_uffd_wp',
  summary: 'arm64: bit 58 of an entry, bit 3 of a swap entry, say that userfaultfd write-protected it',
  without: 'arm64: userfaultfd cannot write-protect',
  since: {
    commit: '5b32510af77b',
    subject: 'arm64/mm: Add uffd write-protect support',
    version: '6.10',
  },
  evidence: 'source',
};

/** arch/arm64/include/asm/pgtable.h: pte_modify(). */
export const arm64_permission_overlay: Feature = {
  name: 'arm64_permission_overlay',
  summary: 'arm64: bits 60 to 62 are the index of a permission overlay, which pte_modify takes from the protection',
  without: 'arm64: pte_modify leaves bits 60 to 62 alone',
  since: { commit: '6580a36dd75a', subject: 'arm64: mask out POIndex when modifying a PTE', version: '6.12' },
  evidence: 'source',
};

/** arch/riscv/Kconfig. */
export const riscv_gup_fast: Feature = {
  name: 'riscv_gup_fast',
  summary: 'riscv: user pages can be pinned without a lock (HAVE_GUP_FAST)',
  without: 'riscv: get_user_pages_fast_only() gives nothing, pin_user_pages_fast() always looks at the VMA',
  since: { commit: '3f910b7a522e', subject: 'riscv: enable HAVE_FAST_GUP if MMU', version: '6.9' },
  evidence: 'transcripts',
};

/** arch/riscv/Kconfig (ARCH_HAS_PTE_DEVMAP), arch/riscv/include/asm/pgtable-bits.h. */
export const riscv_zone_device: Feature = {
  name: 'riscv_zone_device',
  summary: 'riscv, 64-bit: ZONE_DEVICE is supported, with bit 9 as the devmap bit',
  without: 'riscv: no devmap bit',
  since: { commit: '216e04bf1e4d', subject: 'riscv: mm: Add support for ZONE_DEVICE', version: '6.11' },
  evidence: 'transcripts',
};

/** arch/riscv/mm/cacheflush.c: flush_icache_pte(). */
export const riscv_icache_by_folio: Feature = {
  name: 'riscv_icache_by_folio',
  summary:
    'riscv: making an entry executable follows the struct page of its frame to its folio, also where there is none (oops)',
  without: 'riscv: it only tests and sets a flag where the struct page would be',
  since: { commit: '864609c6a0b5', subject: 'riscv: implement the new page table range API', version: '6.6' },
  evidence: 'transcripts',
};

/** arch/mips/include/asm/pgtable-bits.h: _PAGE_CHG_MASK. */
export const mips_modify_keeps_special: Feature = {
  name: 'mips_modify_keeps_special',
  summary: 'mips: pte_modify keeps the special bit',
  without: 'mips: mprotect takes the special bit away, and the frame counts as a normal page from then on',
  since: {
    commit: '1492c6b1874a',
    subject: "MIPS: Don't clear _PAGE_SPECIAL in _PAGE_CHG_MASK",
    version: '6.4',
  },
  evidence: 'transcripts',
};

/** arch/loongarch/include/asm/pgtable.h: pte_dirty(). */
export const loongarch_dirty_by_hardware: Feature = {
  name: 'loongarch_dirty_by_hardware',
  summary: 'loongarch: an entry is dirty by MODIFIED or by the store enable of the hardware',
  without: 'loongarch: an entry is dirty by MODIFIED alone',
  since: { commit: '01158487af60', subject: 'LoongArch: Introduce hardware page table walker', version: '6.5' },
  evidence: 'source',
};

/** arch/loongarch/Kconfig (ARCH_HAS_PTE_DEVMAP). */
export const loongarch_zone_device: Feature = {
  name: 'loongarch_zone_device',
  summary: 'loongarch: ZONE_DEVICE is supported, with bit 59 as the devmap bit',
  without: 'loongarch: no devmap bit',
  since: { commit: 'b7a2750ef268', subject: 'LoongArch: Add ARCH_HAS_PTE_DEVMAP support', version: '6.11' },
  evidence: 'source',
};

/** arch/loongarch/include/asm/pgtable.h: __HAVE_COLOR_ZERO_PAGE, gone since. */
export const loongarch_one_zero_page: Feature = {
  name: 'loongarch_one_zero_page',
  summary: 'loongarch: there is one zero page',
  without: 'loongarch: there may be several zero pages, one for each colour of the cache',
  since: {
    commit: '0921af6ccfb3',
    subject: 'LoongArch: Use static defined zero page rather than allocated',
    version: '6.6',
  },
  evidence: 'source',
};

/** arch/powerpc/include/asm/pgtable-masks.h; arch/powerpc/mm/fault.c: access_error(). */
export const powerpc_protection_masks: Feature = {
  name: 'powerpc_protection_masks',
  summary: 'powerpc: PROT_NONE is an entry without any right, and what may only be executed cannot be read',
  without:
    'powerpc: PROT_NONE of 64-bit kernels is a privileged entry; an executable VMA may be read (not with radix). Positions of 32-bit rights, which differed too, are those of 6.12 here',
  since: {
    commit: 'a5a08dc90f45',
    subject: 'powerpc: Refactor permission masks used for __P/__S table and kernel memory flags',
    version: '6.7',
  },
  evidence: 'source',
};

/** arch/riscv/Kconfig: ARCH_SUPPORTS_HUGE_PFNMAP. */
export const riscv_huge_pfnmap: Feature = {
  name: 'riscv_huge_pfnmap',
  summary:
    'riscv: huge entries of bare frames can be special (pmd_special), and follow_pfnmap_start() tells the protection',
  without: 'riscv: no entry above the last level is special, and there is no pte_pgprot()',
  since: { commit: '03dc00a2b678', subject: 'riscv: Support huge pfnmaps', version: '6.15' },
  evidence: 'reported',
};

/** arch/riscv/Kconfig: HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD. */
export const riscv_huge_pud: Feature = {
  name: 'riscv_huge_pud',
  summary: 'riscv, 64-bit: PUD entries can map huge pages, and be special',
  without: 'riscv: only PMD entries can map huge pages',
  since: { commit: 'c3cc2a4a3a23', subject: 'riscv: Add support for PUD THP', version: '6.16' },
  evidence: 'reported',
};

/** arch/riscv/include/asm/pgtable-bits.h: _PAGE_SOFT_DIRTY, _PAGE_UFFD. */
export const riscv_svrsw60t59b: Feature = {
  name: 'riscv_svrsw60t59b',
  summary: 'riscv, CPUs with Svrsw60t59b: bit 59 says soft-dirty, bit 60 that userfaultfd write-protected the entry',
  without: 'riscv: entries say neither',
  since: { commit: '2a3ebad4db63', subject: 'riscv: mm: add soft-dirty page tracking support', version: '6.19' },
  where: 'arch/riscv/include/asm/pgtable-bits.h, _PAGE_SOFT_DIRTY',
  evidence: 'source',
};

/** arch/riscv/include/asm/pgtable.h: pte_wrprotect(), PAGE_SHADOWSTACK; arch/riscv/mm/init.c: protection_map. */
export const riscv_shadow_stacks: Feature = {
  name: 'riscv_shadow_stacks',
  summary: 'riscv: W without R is a shadow stack: VM_WRITE alone has it as protection, and pte_wrprotect() sets R',
  without: 'riscv: W without R is reserved; VM_WRITE alone can be read, and pte_wrprotect() only clears W',
  since: { commit: '540de7ade1e1', subject: 'riscv/mm: update write protect to work on shadow stacks', version: '7.0' },
  where: 'arch/riscv/include/asm/pgtable.h, pte_wrprotect()',
  evidence: 'source',
};

/** arch/arm64/include/asm/pgtable.h: pte_mkcont(). */
export const arm64_mkcont_only: Feature = {
  name: 'arm64_mkcont_only',
  summary: 'arm64: pte_mkcont() sets the contiguous bit and nothing else',
  without: 'arm64: pte_mkcont() also makes the entry one of a page (bits 0 and 1)',
  since: { version: '6.17', subject: 'pte_mkcont() no longer sets PTE_TYPE_PAGE', after: '6.12.117' },
  where: 'arch/arm64/include/asm/pgtable.h, pte_mkcont()',
  evidence: 'source',
};

/** arch/arm64/mm/contpte.c, arch/arm64/include/asm/pgtable.h. */
export const arm64_contpte: Feature = {
  name: 'arm64_contpte',
  summary:
    'arm64 with transparent huge pages: aligned PTEs that map as many pages of one folio alike get the contiguous bit, and share what was accessed and written',
  without: 'arm64: only hugetlb pages have the contiguous bit',
  since: { commit: '4602e5757bcc', subject: 'arm64/mm: wire up PTE_CONT for user mappings', version: '6.9' },
  where: 'arch/arm64/mm/contpte.c, __contpte_try_fold()',
  evidence: 'transcripts',
};

/** arch/riscv/Kconfig (ARCH_HAS_PTE_PROTNONE), arch/riscv/include/asm/pgtable.h: pte_protnone(). */
export const riscv_pte_protnone: Feature = {
  name: 'riscv_pte_protnone',
  summary: 'riscv: pte_protnone() and pmd_protnone() tell an entry of PROT_NONE in every configuration',
  without: 'riscv: without NUMA_BALANCING pte_protnone() and pmd_protnone() are 0',
  since: {
    version: '7.3',
    commit: 'c6f11553c067',
    subject: 'mm: decouple protnone helpers from CONFIG_NUMA_BALANCING',
  },
  where: 'arch/riscv/include/asm/pgtable.h, pte_protnone()',
  evidence: 'source',
};

/** arch/loongarch/include/asm/pgtable.h: pte_wrprotect(), pmd_wrprotect(). */
export const loongarch_wrprotect_forgets_dirty: Feature = {
  name: 'loongarch_wrprotect_forgets_dirty',
  summary: 'loongarch: pte_wrprotect() and pmd_wrprotect() clear the hardware dirty bit and note it nowhere',
  without:
    'loongarch: pte_wrprotect() and pmd_wrprotect() keep the dirty state in MODIFIED when they clear the dirty bit',
  since: { version: '6.17', subject: 'pte_wrprotect() only clears WRITE and DIRTY', after: '6.12.117' },
  until: { version: '7.1', subject: 'pte_wrprotect() sets MODIFIED where DIRTY was set', after: '6.19.11' },
  where: 'arch/loongarch/include/asm/pgtable.h, pte_wrprotect()',
  evidence: 'source',
};

/** arch/riscv/Kconfig: HAVE_IOREMAP_PROT. */
export const riscv_ioremap_prot: Feature = {
  name: 'riscv_ioremap_prot',
  summary: 'riscv: generic_access_phys() exists: access_process_vm() reaches memory of a device whose driver says so',
  without: 'riscv: vm_ops->access of device memory cannot work (no HAVE_IOREMAP_PROT)',
  // the one id that lists of commits have for this subject; 6.19.11 does not select it, 7.1.13 does
  since: { commit: 'd1f014012571', subject: 'riscv: enable HAVE_IOREMAP_PROT', version: '7.1' },
  where: 'arch/riscv/Kconfig, HAVE_IOREMAP_PROT',
  evidence: 'source',
};

/** arch/loongarch/include/asm/pgtable-bits.h: pgprot_writecombine(). */
export const loongarch_writecombine_off: Feature = {
  name: 'loongarch_writecombine_off',
  summary: 'loongarch: without CONFIG_ARCH_WRITECOMBINE pgprot_writecombine() is pgprot_noncached() (_CACHE_SUC)',
  without: 'loongarch: pgprot_writecombine() is write combining (_CACHE_WUC), whatever the kernel is configured with',
  since: {
    commit: '278be83601dd',
    subject: 'LoongArch: Disable WUC for pgprot_writecombine() like ioremap_wc()',
    version: '6.6',
  },
  where: 'arch/loongarch/include/asm/pgtable-bits.h, pgprot_writecombine()',
  evidence: 'source',
};

/** arch/powerpc/include/asm/book3s/64/pgtable.h: pmd_special(), pmd_mkspecial(), _HPAGE_CHG_MASK. */
export const powerpc_huge_pfnmap: Feature = {
  name: 'powerpc_huge_pfnmap',
  summary: 'powerpc, 64-bit book3s: PMDs can be special, and pmd_modify() keeps the bit',
  without: 'powerpc, 64-bit book3s: PMDs cannot be special, and pmd_modify() clears the bit',
  since: {
    version: '7.1',
    subject: 'ARCH_SUPPORTS_HUGE_PFNMAP if PPC_BOOK3S_64 && TRANSPARENT_HUGEPAGE',
    after: '6.19.11',
  },
  where: 'arch/powerpc/Kconfig; arch/powerpc/include/asm/book3s/64/pgtable.h, pmd_mkspecial()',
  evidence: 'source',
};
