// SPDX-License-Identifier: GPL-2.0-or-later
/** Who finds a page, and which handler is called: by whether a PTE has the bit. */
import type { Scenario } from './scenario.js';

export const LOOKUP: readonly Scenario[] = [
  {
    name: 'behaviour/gup-mixed-page',
    title: 'pin_user_pages of a page that vmf_insert_mixed mapped: found without the bit, EEXIST with it',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"mix[0]","frame":"P0"}
{"type":"pin_user_pages","at":"mix[0]","pages":1}
`,
    expect: {
      bit: ['2 vmf_insert_mixed: NOPAGE', '3 pin_user_pages: EEXIST', 'mix[0]: P0, NULL'],
      none: [
        '2 vmf_insert_mixed: NOPAGE',
        '3 pin_user_pages: P0',
        'mix[0]: P0, page',
        'P0: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/mkwrite-mixed-page',
    title: 'a store to such a page calls page_mkwrite without the bit and pfn_mkwrite with it',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"},"pfn_mkwrite":true,"page_mkwrite":true},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"read","at":"mix[0]"}
{"type":"write","at":"mix[0]","value":3}
`,
    expect: {
      bit: ['2 read: 0x10', '3 write: calls pfn_mkwrite', 'mix[0]: P0, NULL'],
      none: [
        '2 read: 0x10',
        '3 write: calls page_mkwrite',
        'mix[0]: P0, page',
        'P0: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/mixed-mkwrite-again',
    // insert_page() has mkwrite since 6.16: before, an entry without the bit was left alone, and the store faulted
    title: 'vmf_insert_mixed_mkwrite over an entry that is there makes it writable, with the bit and without',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"pfn_mkwrite":true,"page_mkwrite":true},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"mix[0]","frame":"P0"}
{"type":"vmf_insert_mixed_mkwrite","at":"mix[0]","frame":"P0"}
{"type":"write","at":"mix[0]","value":3}
`,
    expect: {
      bit: ['2 vmf_insert_mixed: NOPAGE', '3 vmf_insert_mixed_mkwrite: NOPAGE', 'mix[0]: P0, NULL'],
      none: [
        '2 vmf_insert_mixed: NOPAGE',
        '3 vmf_insert_mixed_mkwrite: NOPAGE',
        'mix[0]: P0, page',
        'P0: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/pfn-special-in-plain',
    title: 'PFN_SPECIAL is no permission: a plain mapping gets no frame, with the bit or without',
    log: `
{"type":"mmap","label":"plain","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED"}
{"type":"vmf_insert_mixed","at":"plain[0]","frame":"P0","pfn_t":"PFN_SPECIAL"}
{"type":"munmap","at":"plain","pages":1}
`,
    expect: { always: ['2 vmf_insert_mixed: SIGBUS'] },
  },
  {
    name: 'behaviour/find-special-page',
    title: 'find_special_page is asked only where there is the bit',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"find_special_page":"P3"},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","frame":"D0"}]}
{"type":"read","at":"mix[0]"}
{"type":"pin_user_pages","at":"mix[0]","pages":1}
`,
    expect: {
      bit: ['2 read: 0x40', '3 pin_user_pages: P3', 'mix[0]: D0, page'],
      none: ['2 read: 0x40', '3 pin_user_pages: EEXIST', 'mix[0]: D0, NULL'],
    },
  },
  {
    name: 'behaviour/follow-special',
    title: 'follow_pfnmap_start says special only where there is the bit',
    log: `
{"type":"mmap","label":"bar","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"D0","pages":1}]}
{"type":"follow_pfnmap","at":"bar[0]"}
`,
    expect: {
      bit: ['2 follow_pfnmap: D0 special', 'bar[0]: D0, NULL'],
      none: ['2 follow_pfnmap: D0', 'bar[0]: D0, NULL'],
    },
  },
  {
    name: 'behaviour/gup-fast-only',
    title: 'get_user_pages_fast_only without the bit finds nothing at all',
    log: `
{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"write","at":"heap[0]","value":1}
{"type":"get_user_pages_fast_only","at":"heap[0]","pages":1}
`,
    expect: {
      bit: ['3 get_user_pages_fast_only: A', 'heap[0]: A, page', 'MM_ANONPAGES 1'],
      none: ['heap[0]: A, page', 'MM_ANONPAGES 1'],
    },
    by: (arch) => arch.special.pte && arch.facts.HAVE_GUP_FAST,
  },
];
