// SPDX-License-Identifier: GPL-2.0-or-later
/** Whose references, map counts and counters: by whether a PTE has the bit. */
import type { Scenario } from './scenario.js';

export const LIFETIME: readonly Scenario[] = [
  {
    name: 'behaviour/mixed-page',
    title: 'vmf_insert_mixed of a page: counted without the bit, raw with it',
    log: `
{"type":"mmap","label":"mix","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"read","at":"mix[0]"}
{"type":"write","at":"mix[1]","value":3}
`,
    expect: {
      bit: ['2 read: 0x10', 'mix[0]: P0, NULL', 'mix[1]: P1, NULL'],
      none: [
        '2 read: 0x10',
        'mix[0]: P0, page',
        'mix[1]: P1, page',
        'P0: count 2, mapcount 1',
        'P1: count 2, mapcount 1',
        'MM_FILEPAGES 2',
      ],
    },
  },
  {
    name: 'behaviour/use-after-put',
    title: 'the driver drops its page: without the bit the mapping keeps it',
    log: `
{"type":"mmap","label":"mix","pages":1,"prot":"r","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"mix[0]","frame":"P0"}
{"type":"put_page","frame":"P0"}
{"type":"read","at":"mix[0]"}
`,
    expect: {
      bit: ['2 vmf_insert_mixed: NOPAGE', '4 read: 0x10', 'mix[0]: P0, NULL', 'P0: count 0, mapcount 0'],
      none: [
        '2 vmf_insert_mixed: NOPAGE',
        '4 read: 0x10',
        'mix[0]: P0, page',
        'P0: count 1, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/nonlinear-private',
    title: 'a private VM_PFNMAP that breaks the linear rule: without the bit zapping gives back what nobody took',
    log: `
{"type":"mmap","label":"mem","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"P0","pages":2}]}
{"type":"set_vm_pgoff","at":"mem[0]","pgoff":"0x7"}
{"type":"munmap","at":"mem","pages":2}
{"type":"exit"}
`,
    expect: {
      bit: [],
      none: [
        '3 munmap: 2 times bad page map',
        '4 exit: bad rss-counter',
        'P0: count 0, mapcount -1',
        'P1: count 0, mapcount -1',
      ],
    },
  },
  {
    name: 'behaviour/flags-cleared',
    title: 'VM_PFNMAP cleared behind remap_pfn_range: all reported with the bit, some taken for pages without',
    log: `
{"type":"mmap","label":"mem","pages":2,"prot":"r","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"P0","pages":1},{"type":"remap_pfn_range","at":"[1]","frame":"D0","pages":1}]}
{"type":"vm_flags_mod","at":"mem[0]","clear":"VM_PFNMAP|VM_IO"}
{"type":"pin_user_pages","at":"mem[0]","pages":1}
{"type":"munmap","at":"mem","pages":2}
`,
    expect: {
      bit: ['3 pin_user_pages: EEXIST, bad page map', '4 munmap: 2 times bad page map'],
      none: ['3 pin_user_pages: P0', '4 munmap: 2 times bad page map', 'P0: count 0, mapcount -1', 'MM_FILEPAGES -1'],
    },
  },
  {
    name: 'behaviour/both-flags',
    title: 'VM_PFNMAP and VM_MIXEDMAP together: without the bit the rule of VM_MIXEDMAP wins',
    log: `
{"type":"mmap","label":"mem","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"P0","pages":1},{"type":"remap_pfn_range","at":"[1]","frame":"D0","pages":1}]}
{"type":"vm_flags_mod","at":"mem[0]","set":"VM_MIXEDMAP"}
{"type":"munmap","at":"mem","pages":2}
`,
    expect: {
      bit: [],
      none: ['3 munmap: bad page map', 'P0: count 0, mapcount -1', 'MM_FILEPAGES -1'],
    },
  },
  {
    name: 'behaviour/page-in-pfnmap',
    title: 'pages in a shared VM_PFNMAP: without the bit nobody sees them, and the counter leaks',
    log: `
{"type":"mmap","label":"mem","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"page","frame":"P0"}}}
{"type":"read","at":"mem[0]"}
{"type":"vm_flags_mod","at":"mem[0]","set":"VM_PFNMAP"}
{"type":"munmap","at":"mem","pages":1}
{"type":"exit"}
`,
    expect: {
      bit: ['2 read: 0x10'],
      none: ['2 read: 0x10', '5 exit: bad rss-counter', 'P0: count 2, mapcount 1'],
    },
  },
  {
    name: 'behaviour/zero-page-by-fault',
    title: 'a .fault that hands out the zero page: a page with the bit, nothing without',
    log: `
{"type":"mmap","label":"mem","pages":1,"prot":"r","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"page","frame":"Z"}}}
{"type":"read","at":"mem[0]"}
{"type":"munmap","at":"mem","pages":1}
{"type":"exit"}
`,
    expect: {
      bit: [
        '2 read: 0x0, warns in include/linux/rmap.h',
        '3 munmap: warns in mm/memory.c, warns in include/linux/rmap.h',
      ],
      none: ['2 read: 0x0, warns in include/linux/rmap.h', '4 exit: bad rss-counter', 'Z: count 1, mapcount 1'],
    },
  },
  {
    name: 'behaviour/anonymous-fits-rule',
    title: 'a private copy whose frame happens to fit the linear rule: without the bit it is taken for a raw frame',
    log: `
{"type":"mmap","label":"mem","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"write","at":"mem[1]","value":5}
{"type":"set_vm_pgoff","at":"mem[1]","self":true}
{"type":"munmap","at":"mem","pages":2}
{"type":"exit"}
`,
    expect: {
      bit: [],
      none: ['4 munmap: bad page map', '5 exit: bad rss-counter'],
    },
  },
];
