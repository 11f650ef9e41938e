// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What was proposed on the mailing lists and is in no release: a lane has it only by name
 * (`arm@7.3+cow_pfnmap_by_anon`).
 */
import type { Feature } from '../arch/feature.js';

export const PROPOSED_FEATURES = {
  cow_pfnmap_by_anon: {
    name: 'cow_pfnmap_by_anon',
    summary:
      'a page that was copied in a VM_PFNMAP is told by its folio, which is anonymous: private mappings need not be linear',
    without:
      'it is told by the linear rule: remap_pfn_range() of a private mapping sets vm_pgoff and wants all of the VMA',
    since: {
      version: 'none',
      messageId: '20250617154345.2494405-1-david@redhat.com',
      subject: '[PATCH RFC 11/14] mm: remove "horrible special case to handle copy-on-write behaviour"',
    },
    where: 'mm/memory.c, vm_pfnmap_normal_page_pfn()',
    evidence: 'proposed',
  },
  total_mapped_pages: {
    name: 'total_mapped_pages',
    summary:
      'a large folio counts all pages that its mappings map (_total_mapped_pages) in place of mappings of the whole; pages have no map count of their own',
    without:
      'it counts mappings of the whole (_entire_mapcount); pages have counts unless CONFIG_NO_PAGE_MAPCOUNT is set',
    since: {
      version: 'none',
      messageId: '20260412-mapcount-v1-13-05e8dfab52e0@kernel.org',
      subject: '[PATCH RFC 13/13] mm/rmap: support arbitrary folio mappings',
    },
    where: 'include/linux/mm.h, folio_total_mapped_pages()',
    evidence: 'proposed',
  },
} as const satisfies Record<string, Feature>;
