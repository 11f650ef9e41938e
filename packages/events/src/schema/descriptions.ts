// SPDX-License-Identifier: GPL-2.0-or-later
/** What types.ts says of events and their members; made by a test: `npx vitest run --project events schema -u`. */

/** Of one type of events, or one record: what it is under '', and what its members are. */
export type DescribedRecord = Readonly<Record<string, string>>;

/** By the type of an event, or the word for a record. */
export const MEMBER_DOCS: Readonly<Record<string, DescribedRecord>> = {
  mmap: {
    '': "`mmap()`: a new mapping; for a device's file the driver's `->mmap` with it. `mmap.begin` leaves `->mmap` running until `mmap.end`, so that other events can come between. Sizes in pages, `pgoff` in pages of the file.",
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    label: 'A name for the mapping; later events say `name[page]`.',
    at: 'Where: required with MAP_FIXED, a hint otherwise; absent: the kernel chooses.',
    file: 'Name of a file of the header (`files`); absent: anonymous.',
    file_readonly:
      'The file was opened without the right to write (no FMODE_WRITE): a shared mapping of it stays read-only.',
    prepare:
      'The driver has `->mmap_prepare`: its calls up to `mmap.end` are actions, which kernels that know actions (6.19) carry out once the VMA is linked. Older ones call `->mmap`, which does them at once.',
    mapped_at: 'Where the kernel that was recorded put it; without this the model chooses.',
    call: "What the driver's `->mmap` does before the VMA is linked; `at` is relative to the new VMA.",
  },
  'mmap.begin': {
    '': "`mmap()`: a new mapping; for a device's file the driver's `->mmap` with it. `mmap.begin` leaves `->mmap` running until `mmap.end`, so that other events can come between. Sizes in pages, `pgoff` in pages of the file.",
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    label: 'A name for the mapping; later events say `name[page]`.',
    at: 'Where: required with MAP_FIXED, a hint otherwise; absent: the kernel chooses.',
    file: 'Name of a file of the header (`files`); absent: anonymous.',
    file_readonly:
      'The file was opened without the right to write (no FMODE_WRITE): a shared mapping of it stays read-only.',
    prepare:
      'The driver has `->mmap_prepare`: its calls up to `mmap.end` are actions, which kernels that know actions (6.19) carry out once the VMA is linked. Older ones call `->mmap`, which does them at once.',
    mapped_at: 'Where the kernel that was recorded put it; without this the model chooses.',
    call: "What the driver's `->mmap` does before the VMA is linked; `at` is relative to the new VMA.",
  },
  'mmap.end': {
    '': 'Links the VMA that the last `mmap.begin` of this mm opened; `error` (errno name): `->mmap` failed.',
    mm: 'The address space that acts.',
  },
  set_vm_ops: {
    '': '`vma->vm_ops` is overwritten; also for a device in whose new state the same handlers answer otherwise.',
    mm: 'The address space that acts.',
  },
  munmap: { mm: 'The address space that acts.' },
  mprotect: {
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
  },
  mremap: {
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    flags: '`MREMAP_MAYMOVE` 1, `MREMAP_FIXED` 2, `MREMAP_DONTUNMAP` 4.',
    mapped_at: 'Where the kernel that was recorded moved it; without this the model chooses.',
  },
  madvise: {
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
  },
  mlock: {
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
  },
  munlock: {
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
  },
  mseal: {
    '': 'mseal(): nothing may unmap, move, shrink or change the range from then on.',
    mm: 'The address space that acts.',
  },
  uffdio_move: {
    '': 'ioctl(UFFDIO_MOVE) of a userfaultfd: the pages at `at` move to `to`, entry by entry. The VMA at `to` is registered with it where it has VM_UFFD_MISSING, VM_UFFD_WP or VM_UFFD_RWP.',
    mm: 'The address space that acts.',
    allow_src_holes: 'UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES: pages that were never touched are passed over.',
  },
  fork: {
    '': '`fork()`: process `child` gets a copy of the address space `mm` (dup_mmap, kernel/fork.c).',
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
  },
  exit: {
    '': 'The last user of the address space is gone (exit_mmap, mm/mmap.c).',
    mm: 'The address space that acts.',
  },
  access: {
    '': 'The CPU reads, writes or executes at a user address: a page fault where the entry does not allow it (handle_mm_fault, mm/memory.c).',
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    value: 'First byte that a write stores; 1 when absent.',
    raced: 'Its fault found no entry; what others have made of it since, it sees when it sets its own.',
  },
  brk: {
    '': '`brk()`: the data segment ends at byte `brk` (0 asks where it ends now).',
    mm: 'The address space that acts.',
  },
  execve: {
    '': "A program starts: the address space `mm` is new or loses all that it had, and is empty. What the program's headers map follows as `map_vma`. Byte addresses; 0 when they are not known.",
    mm: 'The address space that acts.',
    brk: 'The end of the data segment where it is not `start_brk`.',
    comm: 'The program.',
  },
  map_vma: {
    '': "A VMA as it was found in a snapshot or follows from a program's headers; it replaces what is there.",
    mm: 'The address space that acts.',
    pgoff: 'Absent: 0 with a file, the page number of `at` without.',
    file: 'Name of a file of the header; absent: no file.',
    name: "The kernel's name for a mapping without file, `[vdso]`.",
    anon_vma: 'VMAs with the same number have the same anon_vma; absent: none.',
  },
  vma_modify_flags: {
    '': '`[at, at + pages)` gets other vm_flags and VMAs split and merge accordingly, as userfaultfd_register() does it.',
    mm: 'The address space that acts.',
  },
  prctl: {
    '': '`prctl(PR_SET_MEMORY_MERGE, value)`: KSM may merge all memory of the process, now and later.',
    mm: 'The address space that acts.',
  },
  truncate: { '': '`ftruncate()`: the file has `pages` pages from now on.' },
  fwrite: { '': '`pwrite()` of whole pages of a tmpfs file, of which page i gets `value + i` as its first byte.' },
  fpunch: { '': '`fallocate()` of a tmpfs file with FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE.' },
  tune: {
    '': '`value` is written to the file `key` below /sys/kernel/mm/transparent_hugepage. In place of a size a key may say an order, `hugepages-order4/enabled`, or `hugepages-pmd/enabled`.',
  },
  split_folio: {
    '': "The folio that is mapped at `at` becomes folios of `order` (split_folio_to_order(), as debugfs's split_huge_pages asks for it).",
    mm: 'The address space that acts.',
  },
  shrink: {
    '': 'A shrinker runs, as it does when memory is short: that of the deferred split list, or the one that gives the huge zero folio back.',
    nr_to_scan: 'sc->nr_to_scan of the deferred split list: how many of its folios, oldest first; absent: all.',
  },
  vm_flags_mod: { '': "Calls that act on one VMA: a driver's own, allowed inside `mmap`'s `call` too." },
  set_vm_pgoff: {
    '': 'The driver overwrites `vm_pgoff`: with a number, with `pfn(frame) - pgoff`, or so that the page mapped at `at` fits the linear rule.',
  },
  remap_pfn_range: {
    '': '`remap_pfn_range` / `io_remap_pfn_range` with `vm_page_prot`, or `vm_iomap_memory` of `pages` pages from `frame`.',
    fails_after: 'Memory for page tables runs out (ENOMEM) after this many pages; absent: never.',
  },
  io_remap_pfn_range: {
    '': '`remap_pfn_range` / `io_remap_pfn_range` with `vm_page_prot`, or `vm_iomap_memory` of `pages` pages from `frame`.',
    fails_after: 'Memory for page tables runs out (ENOMEM) after this many pages; absent: never.',
  },
  vm_iomap_memory: {
    '': '`remap_pfn_range` / `io_remap_pfn_range` with `vm_page_prot`, or `vm_iomap_memory` of `pages` pages from `frame`.',
    fails_after: 'Memory for page tables runs out (ENOMEM) after this many pages; absent: never.',
  },
  vm_insert_page: {
    '': '`vm_insert_page`, or a run of consecutive frames given to `vm_insert_pages`, `vm_map_pages`, `vm_map_pages_zero`.',
  },
  vm_insert_pages: {
    '': '`vm_insert_page`, or a run of consecutive frames given to `vm_insert_pages`, `vm_map_pages`, `vm_map_pages_zero`.',
  },
  vm_map_pages: {
    '': '`vm_insert_page`, or a run of consecutive frames given to `vm_insert_pages`, `vm_map_pages`, `vm_map_pages_zero`.',
  },
  vm_map_pages_zero: {
    '': '`vm_insert_page`, or a run of consecutive frames given to `vm_insert_pages`, `vm_map_pages`, `vm_map_pages_zero`.',
  },
  vmf_insert_pfn: { '': '`prot`: vm_flags for `vm_get_page_prot` (VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8).' },
  vmf_insert_pfn_prot: {
    '': '`prot`: vm_flags for `vm_get_page_prot` (VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8).',
  },
  vmf_insert_pfn_pmd: {
    '': "One entry of the PMD or PUD level for a run of frames from `frame` on; `write`: for a write fault. vmf_insert_folio_pmd(): the frames are one folio of the driver's, which is counted. `pfn_t`: what a kernel up to 6.16 is given with the pfn, by default no flag.",
  },
  vmf_insert_pfn_pud: {
    '': "One entry of the PMD or PUD level for a run of frames from `frame` on; `write`: for a write fault. vmf_insert_folio_pmd(): the frames are one folio of the driver's, which is counted. `pfn_t`: what a kernel up to 6.16 is given with the pfn, by default no flag.",
  },
  vmf_insert_folio_pmd: {
    '': "One entry of the PMD or PUD level for a run of frames from `frame` on; `write`: for a write fault. vmf_insert_folio_pmd(): the frames are one folio of the driver's, which is counted. `pfn_t`: what a kernel up to 6.16 is given with the pfn, by default no flag.",
  },
  remap_vmalloc_range: {
    '': '`remap_vmalloc_range()` of the whole VMA, or `remap_vmalloc_range_partial()` of `size` pages at `at`: memory of vmalloc, `pages` pages of which the first is `frame` (the others follow it), from page `pgoff` of it on.',
    pages: 'Pages of the area.',
    size: 'Pages to map, of `remap_vmalloc_range_partial`; absent: the rest of the VMA.',
    area: 'What allocated it: vmalloc_user() (VM_USERMAP), dma_alloc_coherent() (VM_DMA_COHERENT), or plain vmalloc().',
  },
  remap_vmalloc_range_partial: {
    '': '`remap_vmalloc_range()` of the whole VMA, or `remap_vmalloc_range_partial()` of `size` pages at `at`: memory of vmalloc, `pages` pages of which the first is `frame` (the others follow it), from page `pgoff` of it on.',
    pages: 'Pages of the area.',
    size: 'Pages to map, of `remap_vmalloc_range_partial`; absent: the rest of the VMA.',
    area: 'What allocated it: vmalloc_user() (VM_USERMAP), dma_alloc_coherent() (VM_DMA_COHERENT), or plain vmalloc().',
  },
  dma_mmap_coherent: {
    '': 'A driver maps memory of dma_alloc_coherent() and the like: `pages` pages from `frame` on, to the whole VMA, from page vm_pgoff of the memory on.',
    coherent: 'The device snoops the caches (dev->dma_coherent); absent: as devices of the architecture do.',
    via: "Which implementation dma_mmap_attrs() ends in: dma_direct_mmap(); iommu_dma_mmap() of memory that is contiguous, or of `pages` that are not and have page structures each; dma_common_mmap() of an architecture's or bus's own operations.",
  },
  dma_mmap_wc: {
    '': 'A driver maps memory of dma_alloc_coherent() and the like: `pages` pages from `frame` on, to the whole VMA, from page vm_pgoff of the memory on.',
    coherent: 'The device snoops the caches (dev->dma_coherent); absent: as devices of the architecture do.',
    via: "Which implementation dma_mmap_attrs() ends in: dma_direct_mmap(); iommu_dma_mmap() of memory that is contiguous, or of `pages` that are not and have page structures each; dma_common_mmap() of an architecture's or bus's own operations.",
  },
  dma_mmap_pages: {
    '': 'A driver maps memory of dma_alloc_coherent() and the like: `pages` pages from `frame` on, to the whole VMA, from page vm_pgoff of the memory on.',
    coherent: 'The device snoops the caches (dev->dma_coherent); absent: as devices of the architecture do.',
    via: "Which implementation dma_mmap_attrs() ends in: dma_direct_mmap(); iommu_dma_mmap() of memory that is contiguous, or of `pages` that are not and have page structures each; dma_common_mmap() of an architecture's or bus's own operations.",
  },
  set_vm_start: {
    '': '`vma->vm_start` or `vma->vm_end` is moved to the page `at` while `->mmap` runs, as drivers did that map piece by piece.',
  },
  set_vm_end: {
    '': '`vma->vm_start` or `vma->vm_end` is moved to the page `at` while `->mmap` runs, as drivers did that map piece by piece.',
  },
  pgprot_noncached: {
    '': '`vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot)` and the like; `vm_get_page_prot` makes it anew of vm_flags.',
  },
  pgprot_writecombine: {
    '': '`vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot)` and the like; `vm_get_page_prot` makes it anew of vm_flags.',
  },
  pgprot_device: {
    '': '`vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot)` and the like; `vm_get_page_prot` makes it anew of vm_flags.',
  },
  vm_get_page_prot: {
    '': '`vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot)` and the like; `vm_get_page_prot` makes it anew of vm_flags.',
  },
  set_pte: {
    '': "A faulty driver's raw `set_pte_at(pfn_pte(pfn, vm_page_prot))` per page: no reference, no counter. With `raw` the entry itself, as it was found in a report or a dump, on the architecture that it is of.",
    frame: 'Absent only with `raw`: then other architectures have no entry there.',
  },
  clear_pte: { '': "A faulty driver's raw clearing of PTEs." },
  pin_user_pages: {
    mm: 'The address space that acts.',
    write: 'FOLL_WRITE, FOLL_LONGTERM.',
    hold: 'Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are dropped at once.',
  },
  pin_user_pages_fast: {
    mm: 'The address space that acts.',
    write: 'FOLL_WRITE, FOLL_LONGTERM.',
    hold: 'Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are dropped at once.',
  },
  get_user_pages: {
    mm: 'The address space that acts.',
    write: 'FOLL_WRITE, FOLL_LONGTERM.',
    hold: 'Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are dropped at once.',
  },
  get_user_pages_fast: {
    mm: 'The address space that acts.',
    write: 'FOLL_WRITE, FOLL_LONGTERM.',
    hold: 'Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are dropped at once.',
  },
  get_user_pages_fast_only: {
    mm: 'The address space that acts.',
    write: 'FOLL_WRITE, FOLL_LONGTERM.',
    hold: 'Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are dropped at once.',
  },
  unpin_user_pages: { '': 'Drops every pin that is held, last taken first.' },
  follow_pfnmap: { mm: 'The address space that acts.' },
  access_process_vm: {
    '': '`access_process_vm` with FOLL_FORCE of one byte, as ptrace does.',
    mm: 'The address space that acts.',
  },
  expect: {
    '': 'What must hold at this moment of the log, on the lanes that `on` selects. It changes nothing: a statement that replay and compare check. Members that are absent are not asked for; all that are there must hold. `ret`, `signal`, `crash` and `messages` speak of an event before it, the rest of the state.',
    mm: 'The address space that acts.',
    on: 'Selectors of lanes, all of which must fit (`parseSelector`); absent: every lane.',
    quantifier: 'On how many of these lanes: every one, at least one, or none (as in litmus tests).',
    event: 'The event, counted from 1, whose outcome is meant; absent: the last one that does something.',
    ret: 'The return value as it is shown: `-ENOMEM`, `0`, `VM_FAULT_SIGBUS`; `mapped`: any address.',
    crash: 'A part of the condition or function that the kernel died of; `none`: it did not.',
    messages: 'Parts of kernel messages, each of which must have come; empty: there was no message.',
    calls:
      "How often it called the driver's handlers (`fault`, `pfn_mkwrite`, `page_mkwrite`); what is absent is not asked.",
    reason: 'The name of a reason for which it failed, as `replay --json` has it.',
    at: 'The page that `pte`, `level`, `normal`, `raw`, `maps`, `vma`, `vm_flags` and counts without `frame` speak of.',
    pte: '`none`, `swap`, or five letters as shown, `PW-YS`, with `?` for any.',
    level: 'What maps the page, or would: a PTE, or an entry above.',
    normal: "vm_normal_page()'s answer.",
    raw: 'The raw value in hex, without `0x`.',
    maps: 'The frame that the entry maps; `A*` any frame whose label begins so.',
    vma: 'Is there a VMA?',
    pages: 'Pages of that VMA.',
    vm_flags: 'Flags that the VMA must have, and must not have.',
    vm_pgoff: "The VMA's vm_pgoff: a number, or that of the frame of this label.",
    frame: 'The frame that `count` and `mapcount` speak of; absent: the one that `at` maps.',
    count: 'page_count(), and the number of entries that count as mapping it.',
    folio: 'Of the folio of that frame: its order and counts; 1 and 0 for what is so or not.',
    kpagecount: '/proc/kpagecount of the page that `at` maps, and whether pagemap says PM_MMAP_EXCLUSIVE.',
    smaps: 'smaps of the VMA at `at`, in kilobytes.',
    rss: 'Counters of the mm in pages, by their names (`MM_FILEPAGES`).',
  },
  'thread.begin': {
    '': "What follows up to `thread.end` is done by one thread, in this order. Blocks that stand one behind the other run at once: `replay` plays them as they are written, and a search tries every order that the kernel's locks allow. It changes nothing.",
  },
  read: {
    '': 'The CPU reads, writes or executes at a user address: a page fault where the entry does not allow it (handle_mm_fault, mm/memory.c).',
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    value: 'First byte that a write stores; 1 when absent.',
    raced: 'Its fault found no entry; what others have made of it since, it sees when it sets its own.',
  },
  write: {
    '': 'The CPU reads, writes or executes at a user address: a page fault where the entry does not allow it (handle_mm_fault, mm/memory.c).',
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    value: 'First byte that a write stores; 1 when absent.',
    raced: 'Its fault found no entry; what others have made of it since, it sees when it sets its own.',
  },
  exec: {
    '': 'The CPU reads, writes or executes at a user address: a page fault where the entry does not allow it (handle_mm_fault, mm/memory.c).',
    mm: 'The address space that acts.',
    alloc: "The frames that a recorded kernel's allocator handed out meanwhile, in order.",
    value: 'First byte that a write stores; 1 when absent.',
    raced: 'Its fault found no entry; what others have made of it since, it sees when it sets its own.',
  },
  fault: {
    '': "What a driver's `.fault` does. It serves frame `frame + (vmf->pgoff - vm_pgoff at mmap time)`.",
    frame: "The frame of the VMA's first page; absent for `sigbus` and `call`.",
    call: "For `call`, and only then; `at` of each counts from the VMA's first page.",
    frames: "How many consecutive frames it can serve; SIGBUS beyond. Absent: as many as the label's run has.",
    guarded:
      'The handler tests what the helper would BUG on, and answers SIGBUS instead of calling it. The helpers it can call are the same; a handler that is not guarded takes the kernel down.',
  },
  huge_fault: {
    '': "What a driver's `.huge_fault` does: for an order that it serves it maps the huge page around the fault with vmf_insert_pfn_pmd() or vmf_insert_pfn_pud(), where the VMA and the frames have room for it; otherwise it answers VM_FAULT_FALLBACK, and the fault goes on at the next lower level.",
    frame: "The frame of the VMA's first page.",
    pmd: 'It serves PMD_ORDER.',
    pud: 'It serves PUD_ORDER.',
    write: 'It hands FAULT_FLAG_WRITE on: the entry of a write fault is young and dirty at once.',
    frames: 'How many consecutive frames it can serve; VM_FAULT_FALLBACK beyond. Absent: as many as there are.',
    guarded: 'It tests what the helper would BUG on, and answers VM_FAULT_FALLBACK instead of calling it.',
  },
  ops: {
    '': "The driver's `vm_operations_struct`. A member that is absent is a NULL pointer.",
    access: '`.access` is generic_access_phys(): ptrace and /proc/PID/mem reach memory that has no struct page.',
    pfn_mkwrite: '`.pfn_mkwrite` exists and returns 0.',
    page_mkwrite: '`.page_mkwrite` exists, locks the page and returns VM_FAULT_LOCKED.',
    find_special_page: "`.find_special_page` answers with this frame's page, counted from the VMA's start.",
    close: '`.close` exists (it forbids merging).',
    may_split:
      '`.may_split` exists and refuses with this errno, as `EINVAL`: so do munmap, mprotect and the like of a part.',
    get_unmapped_area: 'The file has a `.get_unmapped_area` of its own: mremap() moves no other VMA together with it.',
    anonymous:
      '`->mmap` calls vma_set_anonymous(): no operations, private memory that is anonymous, with a file (/dev/zero).',
    secretmem: 'vma_is_secretmem(): neither mlock() nor get_user_pages() touch it.',
  },
  'a file': {
    '': "A file that mappings can name. `device`: its mappings are the driver's; `shmem`: a file in memory; `file`: a file of a disk, all of whose pages are in the page cache; `hugetlbfs`: one of huge pages of a pool.",
    pages: 'Size in pages; 0 for a device.',
    huge: '`huge=` of the tmpfs that it lies on; never when absent.',
    folios:
      'Of a file of a disk: large folios in its page cache, `[first page, order]`, ascending; all other pages are folios of their own.',
    huge_page: 'Of hugetlbfs: what maps one of its pages; a PMD when absent.',
    unlinked: 'A file of tmpfs that was unlinked while it is open: its mappings are those of shared anonymous memory.',
    content: 'First byte of each page that is in the page cache from the start; a file of zeroes is a hole.',
  },
  'a machine': {
    '': 'The machine of one architecture. All frames by number.',
    ram: 'Frames that have a struct page: `[first pfn, end pfn)`, ascending. What `pfn_valid` answers.',
    zero_pages: 'Consecutive zero pages from zero_pfn on (`__HAVE_COLOR_ZERO_PAGE`); 1 elsewhere.',
    huge_zero_pfn: 'First frame of the huge zero folio; absent: no transparent huge pages.',
    thp: 'The allocator has folios of more than one page: transparent huge pages of all sizes, as a kernel boots with them.',
    blocks:
      'Labels whose frame is the first of `2 ** order` that a driver allocated together, as one folio where they are compound.',
    unbacked: 'Frames with no memory behind them: reads give 0xff, writes are lost.',
    page_types:
      'Frames of `ram` whose struct pages have a type (`enum pagetype`), by its name: they are in use by the kernel itself.',
    zone_device: 'Frames of `ram` whose struct pages belong to a device (ZONE_DEVICE, a live dev_pagemap).',
    memtypes:
      'Frames that the kernel itself maps with another memory type from the start (x86 with CONFIG_X86_PAT): those of `ram` by set_memory_wc() and the like, others by ioremap(), ioremap_wc() and the like.',
    mtrr_writeback:
      'Frames outside `ram` that the MTRRs of an x86 machine call write-back (persistent memory, tables of the firmware).',
  },
  'a block': {
    '': 'Frames that a driver allocated together at the start of a log, on a machine that the log does not describe: `2 ** order` of them, as many as a PMD maps with `pmd`.',
    compound: 'One folio (__GFP_COMP).',
    device: 'Memory of a device, which has no struct page.',
  },
  'the header': {
    '': 'The first line of a log: what its events happen on.',
    arch: 'Default lanes, e.g. `["x86_64", "arm"]`.',
    profile: 'Kernel profile, e.g. `linux-6.12`.',
    config: 'Kconfig symbols that are set and matter, `CONFIG_KSM`; none when absent.',
    chosen: 'What a recording did not say and its importer therefore chose, one remark a thing.',
    thp: 'The kernel has CONFIG_TRANSPARENT_HUGEPAGE, where the architecture can, and these settings below /sys/kernel/mm/transparent_hugepage; others are as a kernel boots with "madvise". A size that a machine does not have is passed over.',
    hugetlb:
      'The kernel has CONFIG_HUGETLBFS, where the architecture can, and these settings below /sys/kernel/mm/hugepages: pools are empty but for them. A size that a machine does not have is passed over.',
    blocks: 'Frames that a driver allocated together, by label, for machines that `machine` does not describe.',
    machine: "Per architecture, or `default` for every other; absent: each architecture's own default machine.",
  },
};
