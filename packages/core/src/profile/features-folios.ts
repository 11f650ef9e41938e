// SPDX-License-Identifier: GPL-2.0-or-later
/** What became of large folios and huge pages after 6.12, read in the sources of 6.12.117 and 6.17 to 7.3. */
import type { Feature } from '../arch/feature.js';

export const FOLIO_FEATURES = {
  huge_zero_wp_allocates: {
    name: 'huge_zero_wp_allocates',
    summary: 'a write to a PMD of the huge zero folio maps a huge page of its own',
    without: 'the PMD is split, and the one page that is written copied',
    since: { version: '6.13', commit: '1ced09e0331f', subject: 'mm: allocate THP on hugezeropage wp-fault' },
    where: 'mm/huge_memory.c, do_huge_zero_wp_pmd()',
    evidence: 'source',
  },
  zap_huge_accessed: {
    name: 'zap_huge_accessed',
    summary: 'unmapping a young PMD of a file marks its folio accessed, as unmapping a young PTE does',
    without: 'what a huge PMD says of accesses is lost when it is unmapped',
    since: {
      version: '6.16',
      subject: 'mm: huge_memory: add folio_mark_accessed() when zapping file THP',
      after: '6.12.117',
      searched: 'push logs, where it stands under hashes of mm-unstable only',
    },
    where: 'mm/huge_memory.c, zap_huge_pmd()',
    evidence: 'source',
  },
  mremap_batches: {
    name: 'mremap_batches',
    summary:
      'mremap() moves PTEs that an architecture keeps together as one batch of their folio: all of it is young or dirty where one entry was',
    without: 'it moves PTE by PTE',
    since: { version: '6.17', commit: 'f822a9a81a31', subject: 'mm: optimize mremap() by PTE batching' },
    where: 'mm/mremap.c, mremap_folio_pte_batch()',
    evidence: 'source',
  },
} as const satisfies Readonly<Record<string, Feature>>;
