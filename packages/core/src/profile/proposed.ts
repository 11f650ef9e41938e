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
} as const satisfies Record<string, Feature>;
