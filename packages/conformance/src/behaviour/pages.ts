// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages that the memory manager owns: the same on every architecture. */
import type { Scenario } from './scenario.js';

export const PAGES: readonly Scenario[] = [
  {
    name: 'behaviour/anonymous',
    title: 'anonymous memory: the zero page, the first store, fork and copy on write',
    log: `
{"type":"mmap","label":"heap","pages":3,"prot":"rw"}
{"type":"read","at":"heap[0]"}
{"type":"write","at":"heap[1]","value":7}
{"type":"fork","child":1}
{"type":"write","at":"heap[1]","mm":1,"value":8}
{"type":"read","at":"heap[1]"}
{"type":"read","at":"heap[1]","mm":1}
{"type":"exit","mm":1}
`,
    expect: {
      always: ['2 read: 0x0', '6 read: 0x7', '7 read: 0x8', 'heap[0]: Z, NULL', 'heap[1]: A, page', 'MM_ANONPAGES 1'],
    },
  },
  {
    name: 'behaviour/file-in-memory',
    title: 'a file in memory: shared stores are seen, private ones are copies',
    log: `
{"type":"mmap","label":"all","pages":2,"prot":"rw","file":"tmp","flags":"MAP_SHARED"}
{"type":"mmap","label":"mine","pages":2,"prot":"rw","file":"tmp","flags":"MAP_PRIVATE"}
{"type":"read","at":"mine[0]"}
{"type":"write","at":"all[0]","value":9}
{"type":"read","at":"mine[0]"}
{"type":"write","at":"mine[0]","value":3}
{"type":"read","at":"all[0]"}
{"type":"munmap","at":"all","pages":2}
{"type":"munmap","at":"mine","pages":2}
`,
    expect: { always: ['3 read: 0xf0', '5 read: 0x9', '7 read: 0x9'] },
  },
  {
    name: 'behaviour/vm-insert-page',
    title: 'vm_insert_page counts: a reference, a mapping and MM_FILEPAGES, all given back by munmap',
    log: `
{"type":"mmap","label":"ring","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_insert_page","frame":"P0"}]}
{"type":"read","at":"ring[0]"}
{"type":"pin_user_pages","at":"ring[0]","pages":1,"write":true}
{"type":"vm_insert_page","at":"ring[0]","frame":"P1"}
`,
    expect: {
      always: [
        '2 read: 0x10',
        '3 pin_user_pages: P0',
        '4 vm_insert_page: EBUSY',
        'ring[0]: P0, page',
        'P0: count 2, mapcount 1',
        'MM_FILEPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/vm-insert-page-unmap',
    title: 'munmap gives back what vm_insert_page took',
    log: `
{"type":"mmap","label":"ring","pages":2,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_insert_page","frame":"P0"},{"type":"vm_insert_page","at":"[1]","frame":"P0"}]}
{"type":"munmap","at":"ring","pages":2}
`,
    expect: { always: [] },
  },
  {
    name: 'behaviour/fault-page',
    title: 'a driver whose .fault hands out pages: SIGBUS behind the last, a private copy on the first store',
    log: `
{"type":"mmap","label":"all","pages":3,"prot":"rw","file":"dev","flags":"MAP_SHARED","ops":{"fault":{"do":"page","frame":"P0","frames":2}}}
{"type":"mmap","label":"mine","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","ops":{"fault":{"do":"page","frame":"P0","frames":2}}}
{"type":"write","at":"all[1]","value":5}
{"type":"read","at":"all[2]"}
{"type":"read","at":"mine[1]"}
{"type":"write","at":"mine[1]","value":6}
{"type":"read","at":"all[1]"}
{"type":"read","at":"mine[1]"}
`,
    expect: {
      always: [
        '4 read: SIGBUS',
        '5 read: 0x5',
        '7 read: 0x5',
        '8 read: 0x6',
        'mine[1]: A, page',
        'all[1]: P1, page',
        'P1: count 2, mapcount 1',
        'MM_FILEPAGES 1, MM_ANONPAGES 1',
      ],
    },
  },
  {
    name: 'behaviour/vm-insert-page-in-pfnmap',
    title: 'vm_insert_page on a VM_PFNMAP is a BUG',
    log: `
{"type":"mmap","label":"ring","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}
{"type":"vm_insert_page","at":"ring[0]","frame":"P0"}
`,
    expect: { always: ['2 vm_insert_page: BUG: vma->vm_flags & VM_PFNMAP'] },
  },
];
