// SPDX-License-Identifier: GPL-2.0-or-later
/** The same driver on arm with and without LPAE: the story S01, kept here as it is so that the numbers of its events stay. */
export const S01_LOG = `{"specialbit":1,"title":"S01: the same driver, other reference counts","description":["A driver maps its own pages from its fault handler with vmf_insert_mixed, in a VM_MIXEDMAP, as omapdrm does (drivers/gpu/drm/omapdrm/omap_gem.c).","With the special bit the PTE is marked special and the page is not counted. Without it __vm_insert_mixed (mm/memory.c) has to take the page: reference, map count and RSS. The same source, and on one of the two the pages are pinned by being mapped."],"arch":["arm-lpae","arm"],"files":{"dri":"device"}}
{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dri","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP|VM_DONTEXPAND|VM_DONTDUMP"}]}
{"type":"write","at":"bo[0]","value":7}
{"type":"expect","on":"pte_special","at":"bo","pte":"P???S","normal":"NULL","count":1,"mapcount":0,"rss":{"MM_FILEPAGES":0,"MM_ANONPAGES":0}}
{"type":"expect","on":"!pte_special","at":"bo","pte":"P???-","normal":"page","count":2,"mapcount":1,"rss":{"MM_FILEPAGES":1}}
{"type":"write","at":"bo[1]","value":8}
{"type":"expect","on":"pte_special","frame":"P1","count":1}
{"type":"expect","on":"!pte_special","frame":"P1","count":2,"mapcount":1,"rss":{"MM_FILEPAGES":2}}
{"type":"munmap","at":"bo","pages":2}
{"type":"expect","frame":"P0","count":1,"mapcount":0,"rss":{"MM_FILEPAGES":0,"MM_ANONPAGES":0}}
`;
