// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The vocabulary of a log in its canonical form: what decoding yields, and all that the rest of
 * specialbit sees. Units: `pages`, `pgoff` and `page` count pages of the architecture's size,
 * `pfn` is a page frame number, `addr` is a byte address that is a multiple of the page size.
 * Events carry the kernel's names; a field that the kernel also has carries the kernel's spelling.
 */

/** A page of a process: the nth page of a labelled mapping, or a byte address (page aligned). */
export type Place = { readonly label: string; readonly page: number } | { readonly addr: number };

/** A page frame by its label in the header (`P3`, `D0`, `Z`; `C1+3` is the fourth page of the block `C1`), or by its number. */
export type FrameRef = { readonly label: string } | { readonly pfn: number };

/** `PROT_READ` 1, `PROT_WRITE` 2, `PROT_EXEC` 4, or-ed. */
export type Prot = number;
/** `MAP_*` bits in asm-generic's numbering (`MAP_SHARED` 1, `MAP_PRIVATE` 2, `MAP_FIXED` 0x10, ...). */
export type MapFlags = number;
/** `vm_flags` in 7.3's numbering, all bits of them: a number below 2^53. */
export type VmFlags = number;

/** What a driver's `.fault` does. It serves frame `frame + (vmf->pgoff - vm_pgoff at mmap time)`. */
export interface FaultHandler {
  readonly do:
    | 'page'
    | 'vmf_insert_pfn'
    | 'vmf_insert_mixed'
    | 'vmf_insert_mixed_mkwrite'
    /** What belongs into `->mmap`, done for the page that faults: the mmap_lock is not held for writing. */
    | 'vm_insert_page'
    | 'remap_pfn_range'
    /** The driver's calls of `call`, one after the other. */
    | 'call'
    | 'sigbus';
  /** The frame of the VMA's first page; absent for `sigbus` and `call`. */
  readonly frame?: FrameRef;
  /** For `call`, and only then; `at` of each counts from the VMA's first page. */
  readonly call?: readonly DriverCall[];
  /** How many consecutive frames it can serve; SIGBUS beyond. Absent: as many as the label's run has. */
  readonly frames?: number;
  /**
   * The handler tests what the helper would BUG on, and answers SIGBUS instead of calling it. The
   * helpers it can call are the same; a handler that is not guarded takes the kernel down.
   */
  readonly guarded?: boolean;
}

/**
 * What a driver's `.huge_fault` does: for an order that it serves it maps the huge page around the fault with
 * vmf_insert_pfn_pmd() or vmf_insert_pfn_pud(), where the VMA and the frames have room for it; otherwise it answers
 * VM_FAULT_FALLBACK, and the fault goes on at the next lower level.
 */
export interface HugeFaultHandler {
  /** The frame of the VMA's first page. */
  readonly frame: FrameRef;
  /** It serves PMD_ORDER. */
  readonly pmd: boolean;
  /** It serves PUD_ORDER. */
  readonly pud: boolean;
  /** It hands FAULT_FLAG_WRITE on: the entry of a write fault is young and dirty at once. */
  readonly write: boolean;
  /** How many consecutive frames it can serve; VM_FAULT_FALLBACK beyond. Absent: as many as there are. */
  readonly frames?: number;
  /** It tests what the helper would BUG on, and answers VM_FAULT_FALLBACK instead of calling it. */
  readonly guarded?: boolean;
}

/** The driver's `vm_operations_struct`. A member that is absent is a NULL pointer. */
export interface DriverOps {
  readonly fault?: FaultHandler;
  readonly huge_fault?: HugeFaultHandler;
  /** `.access` is generic_access_phys(): ptrace and /proc/PID/mem reach memory that has no struct page. */
  readonly access?: boolean;
  /** `.pfn_mkwrite` exists and returns 0. */
  readonly pfn_mkwrite?: boolean;
  /** `.page_mkwrite` exists, locks the page and returns VM_FAULT_LOCKED. */
  readonly page_mkwrite?: boolean;
  /** `.find_special_page` answers with this frame's page, counted from the VMA's start. */
  readonly find_special_page?: FrameRef;
  /** `.close` exists (it forbids merging). */
  readonly close?: boolean;
  /** `.may_split` exists and refuses with this errno, as `EINVAL`: so do munmap, mprotect and the like of a part. */
  readonly may_split?: string;
  /** The file has a `.get_unmapped_area` of its own: mremap() moves no other VMA together with it. */
  readonly get_unmapped_area?: boolean;
  /** `->mmap` calls vma_set_anonymous(): no operations, private memory that is anonymous, with a file (/dev/zero). */
  readonly anonymous?: boolean;
  /** vma_is_secretmem(): neither mlock() nor get_user_pages() touch it. */
  readonly secretmem?: boolean;
}

interface Acting {
  /** The address space that acts. */
  readonly mm: number;
}
interface Allocating {
  /** The frames that a recorded kernel's allocator handed out meanwhile, in order. */
  readonly alloc?: readonly number[];
}

/**
 * `mmap()`: a new mapping; for a device's file the driver's `->mmap` with it. `mmap.begin` leaves `->mmap` running until
 * `mmap.end`, so that other events can come between. Sizes in pages, `pgoff` in pages of the file.
 */
export interface Mmap extends Acting, Allocating {
  readonly type: 'mmap' | 'mmap.begin';
  /** A name for the mapping; later events say `name[page]`. */
  readonly label?: string;
  /** Where: required with MAP_FIXED, a hint otherwise; absent: the kernel chooses. */
  readonly at?: Place;
  readonly pages: number;
  readonly prot: Prot;
  readonly flags: MapFlags;
  /** Name of a file of the header (`files`); absent: anonymous. */
  readonly file?: string;
  readonly pgoff: number;
  /** The file was opened without the right to write (no FMODE_WRITE): a shared mapping of it stays read-only. */
  readonly file_readonly?: boolean;
  /**
   * The driver has `->mmap_prepare`: its calls up to `mmap.end` are actions, which kernels that know
   * actions (6.19) carry out once the VMA is linked. Older ones call `->mmap`, which does them at once.
   */
  readonly prepare?: boolean;
  /** Where the kernel that was recorded put it; without this the model chooses. */
  readonly mapped_at?: Place;
  readonly ops?: DriverOps;
  /** What the driver's `->mmap` does before the VMA is linked; `at` is relative to the new VMA. */
  readonly call?: readonly DriverCall[];
}
/** Links the VMA that the last `mmap.begin` of this mm opened; `error` (errno name): `->mmap` failed. */
export interface MmapEnd extends Acting {
  readonly type: 'mmap.end';
  readonly error?: string;
}
/** `vma->vm_ops` is overwritten; also for a device in whose new state the same handlers answer otherwise. */
export interface SetVmOps extends Acting {
  readonly type: 'set_vm_ops';
  readonly at: Place;
  readonly ops: DriverOps;
}
export interface Munmap extends Acting {
  readonly type: 'munmap';
  readonly at: Place;
  readonly pages: number;
}
export interface Mprotect extends Acting, Allocating {
  readonly type: 'mprotect';
  readonly at: Place;
  readonly pages: number;
  readonly prot: Prot;
}
export interface Mremap extends Acting, Allocating {
  readonly type: 'mremap';
  readonly at: Place;
  readonly pages: number;
  readonly new_pages: number;
  /** `MREMAP_MAYMOVE` 1, `MREMAP_FIXED` 2, `MREMAP_DONTUNMAP` 4. */
  readonly flags: number;
  readonly to?: Place;
  /** Where the kernel that was recorded moved it; without this the model chooses. */
  readonly mapped_at?: Place;
  readonly label?: string;
}
export interface Madvise extends Acting, Allocating {
  readonly type: 'madvise';
  readonly at: Place;
  readonly pages: number;
  readonly advice: Advice;
}
export interface Mlock extends Acting, Allocating {
  readonly type: 'mlock' | 'munlock';
  readonly at: Place;
  readonly pages: number;
}
/** mseal(): nothing may unmap, move, shrink or change the range from then on. */
export interface Mseal extends Acting {
  readonly type: 'mseal';
  readonly at: Place;
  readonly pages: number;
}
/**
 * ioctl(UFFDIO_MOVE) of a userfaultfd: the pages at `at` move to `to`, entry by entry. The VMA at `to` is registered
 * with it where it has VM_UFFD_MISSING, VM_UFFD_WP or VM_UFFD_RWP.
 */
export interface UffdioMove extends Acting {
  readonly type: 'uffdio_move';
  readonly at: Place;
  readonly to: Place;
  readonly pages: number;
  /** UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES: pages that were never touched are passed over. */
  readonly allow_src_holes: boolean;
}
/** `fork()`: process `child` gets a copy of the address space `mm` (dup_mmap, kernel/fork.c). */
export interface Fork extends Acting, Allocating {
  readonly type: 'fork';
  readonly child: number;
}
/** The last user of the address space is gone (exit_mmap, mm/mmap.c). */
export interface Exit extends Acting {
  readonly type: 'exit';
}
/** The CPU reads, writes or executes at a user address: a page fault where the entry does not allow it (handle_mm_fault, mm/memory.c). */
export interface Access extends Acting, Allocating {
  readonly type: 'access';
  readonly at: Place;
  readonly op: 'read' | 'write' | 'exec';
  /** First byte that a write stores; 1 when absent. */
  readonly value?: number;
  /** Its fault found no entry; what others have made of it since, it sees when it sets its own. */
  readonly raced?: boolean;
}
/** `brk()`: the data segment ends at byte `brk` (0 asks where it ends now). */
export interface Brk extends Acting {
  readonly type: 'brk';
  readonly brk: number;
}
/**
 * A program starts: the address space `mm` is new or loses all that it had, and is empty. What the
 * program's headers map follows as `map_vma`. Byte addresses; 0 when they are not known.
 */
export interface Execve extends Acting {
  readonly type: 'execve';
  readonly start_brk: number;
  readonly start_stack: number;
  /** The end of the data segment where it is not `start_brk`. */
  readonly brk?: number;
  /** The program. */
  readonly comm?: string;
}
/** A VMA as it was found in a snapshot or follows from a program's headers; it replaces what is there. */
export interface MapVma extends Acting {
  readonly type: 'map_vma';
  readonly label?: string;
  readonly at: Place;
  readonly pages: number;
  readonly vm_flags: VmFlags;
  /** Absent: 0 with a file, the page number of `at` without. */
  readonly pgoff?: number;
  /** Name of a file of the header; absent: no file. */
  readonly file?: string;
  /** The kernel's name for a mapping without file, `[vdso]`. */
  readonly name?: string;
  readonly ops?: DriverOps;
  /** VMAs with the same number have the same anon_vma; absent: none. */
  readonly anon_vma?: number;
}
/**
 * `[at, at + pages)` gets other vm_flags and VMAs split and merge accordingly, as userfaultfd_register()
 * does it.
 */
export interface VmaModifyFlags extends Acting {
  readonly type: 'vma_modify_flags';
  readonly at: Place;
  readonly pages: number;
  readonly set: VmFlags;
  readonly clear: VmFlags;
}
/** `prctl(PR_SET_MEMORY_MERGE, value)`: KSM may merge all memory of the process, now and later. */
export interface Prctl extends Acting {
  readonly type: 'prctl';
  readonly option: 'PR_SET_MEMORY_MERGE';
  readonly value: boolean;
}
/** `ftruncate()`: the file has `pages` pages from now on. */
export interface Truncate {
  readonly type: 'truncate';
  readonly file: string;
  readonly pages: number;
}

/** `pwrite()` of whole pages of a tmpfs file, of which page i gets `value + i` as its first byte. */
export interface FWrite {
  readonly type: 'fwrite';
  readonly file: string;
  readonly pgoff: number;
  readonly pages: number;
  readonly value: number;
}
/** `fallocate()` of a tmpfs file with FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE. */
export interface FPunch {
  readonly type: 'fpunch';
  readonly file: string;
  readonly pgoff: number;
  readonly pages: number;
}
/**
 * `value` is written to the file `key` below /sys/kernel/mm/transparent_hugepage. In place of a size a key may say an
 * order, `hugepages-order4/enabled`, or `hugepages-pmd/enabled`.
 */
export interface Tune {
  readonly type: 'tune';
  readonly key: string;
  readonly value: string;
}
/** The folio that is mapped at `at` becomes folios of `order` (split_folio_to_order(), as debugfs's split_huge_pages asks for it). */
export interface SplitFolio extends Acting {
  readonly type: 'split_folio';
  readonly at: Place;
  readonly order: number;
}
/** A shrinker runs, as it does when memory is short: that of the deferred split list, or the one that gives the huge zero folio back. */
export interface Shrink {
  readonly type: 'shrink';
  readonly what: 'deferred' | 'huge_zero';
  /** sc->nr_to_scan of the deferred split list: how many of its folios, oldest first; absent: all. */
  readonly nr_to_scan?: number;
}

/** Calls that act on one VMA: a driver's own, allowed inside `mmap`'s `call` too. */
export interface VmFlagsMod {
  readonly type: 'vm_flags_mod';
  readonly at: Place;
  readonly set: VmFlags;
  readonly clear: VmFlags;
  readonly mmap_lock?: HeldLock;
}
/** How a driver that calls outside of `->mmap` holds the mmap_lock: for reading, or not at all. Absent: for writing. */
export type HeldLock = 'read' | 'none';

/** The driver overwrites `vm_pgoff`: with a number, with `pfn(frame) - pgoff`, or so that the page mapped at `at` fits the linear rule. */
export interface SetPgoff {
  readonly type: 'set_vm_pgoff';
  readonly at: Place;
  readonly pgoff: number;
  readonly frame?: FrameRef;
  readonly self?: boolean;
}
/** `remap_pfn_range` / `io_remap_pfn_range` with `vm_page_prot`, or `vm_iomap_memory` of `pages` pages from `frame`. */
export interface Remap {
  readonly type: 'remap_pfn_range' | 'io_remap_pfn_range' | 'vm_iomap_memory';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly pages: number;
  /** Memory for page tables runs out (ENOMEM) after this many pages; absent: never. */
  readonly fails_after?: number;
  readonly mmap_lock?: HeldLock;
}
/** `vm_insert_page`, or a run of consecutive frames given to `vm_insert_pages`, `vm_map_pages`, `vm_map_pages_zero`. */
export interface InsertPage {
  readonly type: 'vm_insert_page' | 'vm_insert_pages' | 'vm_map_pages' | 'vm_map_pages_zero';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly pages: number;
  readonly mmap_lock?: HeldLock;
}
/** `prot`: vm_flags for `vm_get_page_prot` (VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8). */
export interface InsertPfn {
  readonly type: 'vmf_insert_pfn' | 'vmf_insert_pfn_prot';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly prot?: number;
}
/**
 * One entry of the PMD or PUD level for a run of frames from `frame` on; `write`: for a write fault.
 * vmf_insert_folio_pmd(): the frames are one folio of the driver's, which is counted. `pfn_t`: what a kernel up to 6.16 is
 * given with the pfn, by default no flag.
 */
export interface InsertPfnHuge {
  readonly type: 'vmf_insert_pfn_pmd' | 'vmf_insert_pfn_pud' | 'vmf_insert_folio_pmd';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly write: boolean;
  readonly pfn_t?: PfnT;
}
export interface InsertMixed {
  readonly type: 'vmf_insert_mixed' | 'vmf_insert_mixed_mkwrite';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly pfn_t: PfnT;
}
/**
 * `remap_vmalloc_range()` of the whole VMA, or `remap_vmalloc_range_partial()` of `size` pages at `at`: memory of vmalloc,
 * `pages` pages of which the first is `frame` (the others follow it), from page `pgoff` of it on.
 */
export interface RemapVmalloc {
  readonly type: 'remap_vmalloc_range' | 'remap_vmalloc_range_partial';
  readonly at: Place;
  readonly frame: FrameRef;
  /** Pages of the area. */
  readonly pages: number;
  readonly pgoff: number;
  /** Pages to map, of `remap_vmalloc_range_partial`; absent: the rest of the VMA. */
  readonly size?: number;
  /** What allocated it: vmalloc_user() (VM_USERMAP), dma_alloc_coherent() (VM_DMA_COHERENT), or plain vmalloc(). */
  readonly area: 'vmalloc_user' | 'dma_alloc_coherent' | 'vmalloc';
}
/**
 * A driver maps memory of dma_alloc_coherent() and the like: `pages` pages from `frame` on, to the whole VMA, from page
 * vm_pgoff of the memory on.
 */
export interface DmaMmap {
  readonly type: 'dma_mmap_coherent' | 'dma_mmap_wc' | 'dma_mmap_pages';
  readonly at: Place;
  readonly frame: FrameRef;
  readonly pages: number;
  /** The device snoops the caches (dev->dma_coherent); absent: as devices of the architecture do. */
  readonly coherent?: boolean;
  /**
   * Which implementation dma_mmap_attrs() ends in: dma_direct_mmap(); iommu_dma_mmap() of memory that is contiguous, or of
   * `pages` that are not and have page structures each; dma_common_mmap() of an architecture's or bus's own operations.
   */
  readonly via: 'direct' | 'iommu' | 'iommu_pages' | 'common';
}
/** `vma->vm_start` or `vma->vm_end` is moved to the page `at` while `->mmap` runs, as drivers did that map piece by piece. */
export interface SetVmRange {
  readonly type: 'set_vm_start' | 'set_vm_end';
  readonly at: Place;
}
/** `vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot)` and the like; `vm_get_page_prot` makes it anew of vm_flags. */
export interface SetPageProt {
  readonly type: 'pgprot_noncached' | 'pgprot_writecombine' | 'pgprot_device' | 'vm_get_page_prot';
  readonly at: Place;
}
export interface ZapVmaPtes {
  readonly type: 'zap_vma_ptes';
  readonly at: Place;
  readonly pages: number;
}
/** An entry bit for bit, as one architecture has it. */
export interface RawEntry {
  /** Name of the architecture whose entry it is; on others nothing is set for it. */
  readonly arch: string;
  /** Hexadecimal digits, without 0x and leading zeroes. */
  readonly value: string;
}

/**
 * A faulty driver's raw `set_pte_at(pfn_pte(pfn, vm_page_prot))` per page: no reference, no counter. With `raw` the
 * entry itself, as it was found in a report or a dump, on the architecture that it is of.
 */
export interface SetPte {
  readonly type: 'set_pte';
  readonly at: Place;
  /** Absent only with `raw`: then other architectures have no entry there. */
  readonly frame?: FrameRef;
  readonly raw?: RawEntry;
  readonly pages: number;
  readonly special: boolean;
  readonly write: boolean;
}
/** A faulty driver's raw clearing of PTEs. */
export interface ClearPte {
  readonly type: 'clear_pte';
  readonly at: Place;
  readonly pages: number;
}
/** A call of a driver into mm: in an `mmap`'s `call` on the new VMA, or as an event on a VMA that is there. */
export type DriverCall =
  | VmFlagsMod
  | SetPgoff
  | Remap
  | InsertPage
  | InsertPfn
  | InsertPfnHuge
  | InsertMixed
  | RemapVmalloc
  | DmaMmap
  | SetPageProt
  | SetVmRange
  | ZapVmaPtes
  | SetPte
  | ClearPte;

/** What the `pfn_t` given to vmf_insert_mixed or vmf_insert_pfn_pmd carries: `PFN_DEV`, a ZONE_DEVICE page, `PFN_SPECIAL`, or no flag. */
export type PfnT = 'PFN_DEV' | 'PFN_DEV|PFN_MAP' | 'PFN_SPECIAL' | 'none';

export interface UnmapMappingRange {
  readonly type: 'unmap_mapping_range';
  readonly file: string;
  readonly pgoff: number;
  readonly pages: number;
  readonly even_cows: boolean;
}
export interface PageRef {
  readonly type: 'get_page' | 'put_page';
  readonly frame: FrameRef;
}
export interface Gup extends Acting {
  readonly type:
    | 'pin_user_pages'
    | 'pin_user_pages_fast'
    | 'get_user_pages'
    | 'get_user_pages_fast'
    | 'get_user_pages_fast_only';
  readonly at: Place;
  readonly pages: number;
  /** FOLL_WRITE, FOLL_LONGTERM. */
  readonly write: boolean;
  readonly longterm: boolean;
  /**
   * Keep the pins until `unpin_user_pages`, the references of get_user_pages() until `put_page`; otherwise they are
   * dropped at once.
   */
  readonly hold: boolean;
}
/** Drops every pin that is held, last taken first. */
export interface Unpin {
  readonly type: 'unpin_user_pages';
}
export interface FollowPfnmap extends Acting {
  readonly type: 'follow_pfnmap';
  readonly at: Place;
}
/** `access_process_vm` with FOLL_FORCE of one byte, as ptrace does. */
export interface AccessProcessVm extends Acting {
  readonly type: 'access_process_vm';
  readonly at: Place;
  readonly write: boolean;
  readonly value?: number;
}

/**
 * What must hold at this moment of the log, on the lanes that `on` selects. It changes nothing: a
 * statement that replay and compare check. Members that are absent are not asked for; all that are
 * there must hold. `ret`, `signal`, `crash` and `messages` speak of an event before it, the rest of the state.
 */
export interface Expect extends Acting {
  readonly type: 'expect';
  /** Selectors of lanes, all of which must fit (`parseSelector`); absent: every lane. */
  readonly on?: readonly string[];
  /** On how many of these lanes: every one, at least one, or none (as in litmus tests). */
  readonly quantifier: 'forall' | 'exists' | '~exists';
  /** The event, counted from 1, whose outcome is meant; absent: the last one that does something. */
  readonly event?: number;
  /** The return value as it is shown: `-ENOMEM`, `0`, `VM_FAULT_SIGBUS`; `mapped`: any address. */
  readonly ret?: string;
  readonly signal?: 'SIGSEGV' | 'SIGBUS' | 'none';
  /** A part of the condition or function that the kernel died of; `none`: it did not. */
  readonly crash?: string;
  /** Parts of kernel messages, each of which must have come; empty: there was no message. */
  readonly messages?: readonly string[];
  /** How often it called the driver's handlers (`fault`, `pfn_mkwrite`, `page_mkwrite`); what is absent is not asked. */
  readonly calls?: Readonly<Record<string, number>>;
  /** The name of a reason for which it failed, as `replay --json` has it. */
  readonly reason?: string;
  /** The page that `pte`, `level`, `normal`, `raw`, `maps`, `vma`, `vm_flags` and counts without `frame` speak of. */
  readonly at?: Place;
  /** `none`, `swap`, or five letters as shown, `PW-YS`, with `?` for any. */
  readonly pte?: string;
  /** What maps the page, or would: a PTE, or an entry above. */
  readonly level?: 'pte' | 'pmd' | 'pud';
  /** vm_normal_page()'s answer. */
  readonly normal?: 'page' | 'NULL' | 'bad' | '-';
  /** The raw value in hex, without `0x`. */
  readonly raw?: string;
  /** The frame that the entry maps; `A*` any frame whose label begins so. */
  readonly maps?: string;
  /** Is there a VMA? */
  readonly vma?: boolean;
  /** Pages of that VMA. */
  readonly pages?: number;
  /** Flags that the VMA must have, and must not have. */
  readonly vm_flags?: VmFlags;
  readonly no_vm_flags?: VmFlags;
  /** The VMA's vm_pgoff: a number, or that of the frame of this label. */
  readonly vm_pgoff?: FrameRef;
  /** The frame that `count` and `mapcount` speak of; absent: the one that `at` maps. */
  readonly frame?: FrameRef;
  /** page_count(), and the number of entries that count as mapping it. */
  readonly count?: number;
  readonly mapcount?: number;
  /** Of the folio of that frame: its order and counts; 1 and 0 for what is so or not. */
  readonly folio?: Readonly<Record<string, number>>;
  /** /proc/kpagecount of the page that `at` maps, and whether pagemap says PM_MMAP_EXCLUSIVE. */
  readonly kpagecount?: number;
  readonly mmap_exclusive?: boolean;
  /** smaps of the VMA at `at`, in kilobytes. */
  readonly smaps?: Readonly<Record<string, number>>;
  /** Counters of the mm in pages, by their names (`MM_FILEPAGES`). */
  readonly rss?: Readonly<Record<string, number>>;
}

/**
 * What follows up to `thread.end` is done by one thread, in this order. Blocks that stand one behind the other run at
 * once: `replay` plays them as they are written, and a search tries every order that the kernel's locks allow. It changes
 * nothing.
 */
export interface ThreadBegin {
  readonly type: 'thread.begin';
  readonly name: string;
}
export interface ThreadEnd {
  readonly type: 'thread.end';
}

/** What `madvise()` is asked for; `unknown`: an advice that no kernel has. */
export type Advice =
  | 'MADV_NORMAL'
  | 'MADV_RANDOM'
  | 'MADV_SEQUENTIAL'
  | 'MADV_WILLNEED'
  | 'MADV_DONTNEED'
  | 'MADV_FREE'
  | 'MADV_REMOVE'
  | 'MADV_DONTFORK'
  | 'MADV_DOFORK'
  | 'MADV_COLD'
  | 'MADV_PAGEOUT'
  | 'MADV_POPULATE_READ'
  | 'MADV_POPULATE_WRITE'
  | 'MADV_DONTNEED_LOCKED'
  | 'MADV_WIPEONFORK'
  | 'MADV_KEEPONFORK'
  | 'MADV_DONTDUMP'
  | 'MADV_DODUMP'
  | 'MADV_MERGEABLE'
  | 'MADV_UNMERGEABLE'
  | 'MADV_HUGEPAGE'
  | 'MADV_NOHUGEPAGE'
  | 'MADV_COLLAPSE'
  | 'MADV_HWPOISON'
  | 'unknown';

/** One record of a log, in canonical form: defaults filled in, names resolved to numbers. */
export type LogEvent =
  | Mmap
  | MmapEnd
  | SetVmOps
  | Munmap
  | Mprotect
  | Mremap
  | Madvise
  | Mlock
  | Mseal
  | UffdioMove
  | Fork
  | Exit
  | Access
  | Brk
  | Prctl
  | Execve
  | MapVma
  | Truncate
  | FWrite
  | FPunch
  | Tune
  | SplitFolio
  | Shrink
  | VmaModifyFlags
  | (DriverCall & Acting)
  | UnmapMappingRange
  | PageRef
  | Gup
  | Unpin
  | FollowPfnmap
  | AccessProcessVm
  | Statement;
/** What changes nothing: it says what must hold, or who does what follows. */
export type Statement = Expect | ThreadBegin | ThreadEnd;
/** The `type` of an event. */
export type EventType = LogEvent['type'];

/**
 * A file that mappings can name. `device`: its mappings are the driver's; `shmem`: a file in memory;
 * `file`: a file of a disk, all of whose pages are in the page cache; `hugetlbfs`: one of huge pages of a pool.
 */
export interface FileSpec {
  readonly kind: 'device' | 'shmem' | 'file' | 'hugetlbfs';
  /** Size in pages; 0 for a device. */
  readonly pages: number;
  /** `huge=` of the tmpfs that it lies on; never when absent. */
  readonly huge?: 'always' | 'never' | 'within_size' | 'advise';
  /** Of a file of a disk: large folios in its page cache, `[first page, order]`, ascending; all other pages are folios of their own. */
  readonly folios?: readonly (readonly [number, number])[];
  /** Of hugetlbfs: what maps one of its pages; a PMD when absent. */
  readonly huge_page?: 'pmd' | 'pud';
  /** A file of tmpfs that was unlinked while it is open: its mappings are those of shared anonymous memory. */
  readonly unlinked?: boolean;
  /** First byte of each page that is in the page cache from the start; a file of zeroes is a hole. */
  readonly content?: readonly number[];
}

/** Memory types that the kernel gives its own mappings, as `ioremap_wc` and `set_memory_uc` (UC-) say it. */
export type MemoryType = 'wb' | 'wc' | 'uc-' | 'uc' | 'wt';

/** What the kernel uses a page for that is none of an address space (`PGTY_*`). */
export type PageType = 'slab' | 'hugetlb' | 'table' | 'offline' | 'guard' | 'buddy' | 'zsmalloc' | 'large_kmalloc';

/** The machine of one architecture. All frames by number. */
export interface MachineSpec {
  /** Frames that have a struct page: `[first pfn, end pfn)`, ascending. What `pfn_valid` answers. */
  readonly ram: readonly (readonly [number, number])[];
  readonly highest_memmap_pfn: number;
  readonly zero_pfn: number;
  /** Consecutive zero pages from zero_pfn on (`__HAVE_COLOR_ZERO_PAGE`); 1 elsewhere. */
  readonly zero_pages: number;
  /** First frame of the huge zero folio; absent: no transparent huge pages. */
  readonly huge_zero_pfn?: number;
  /** The allocator has folios of more than one page: transparent huge pages of all sizes, as a kernel boots with them. */
  readonly thp?: boolean;
  /** Labels whose frame is the first of `2 ** order` that a driver allocated together, as one folio where they are compound. */
  readonly blocks?: Readonly<Record<string, { readonly order: number; readonly compound?: boolean }>>;
  readonly frames: Readonly<Record<string, number>>;
  /** Frames with no memory behind them: reads give 0xff, writes are lost. */
  readonly unbacked?: readonly (readonly [number, number])[];
  /** Frames of `ram` whose struct pages have a type (`enum pagetype`), by its name: they are in use by the kernel itself. */
  readonly page_types?: Readonly<Partial<Record<PageType, readonly (readonly [number, number])[]>>>;
  /** Frames of `ram` whose struct pages belong to a device (ZONE_DEVICE, a live dev_pagemap). */
  readonly zone_device?: readonly (readonly [number, number])[];
  /**
   * Frames that the kernel itself maps with another memory type from the start (x86 with CONFIG_X86_PAT): those of `ram` by
   * set_memory_wc() and the like, others by ioremap(), ioremap_wc() and the like.
   */
  readonly memtypes?: Readonly<Partial<Record<MemoryType, readonly (readonly [number, number])[]>>>;
  /** Frames outside `ram` that the MTRRs of an x86 machine call write-back (persistent memory, tables of the firmware). */
  readonly mtrr_writeback?: readonly (readonly [number, number])[];
}

/**
 * Frames that a driver allocated together at the start of a log, on a machine that the log does not describe: `2 ** order`
 * of them, as many as a PMD maps with `pmd`.
 */
export interface BlockSpec {
  readonly order: number | 'pmd';
  /** One folio (__GFP_COMP). */
  readonly compound?: boolean;
  /** Memory of a device, which has no struct page. */
  readonly device?: boolean;
}

/** The first line of a log: what its events happen on. */
export interface LogHeader {
  readonly specialbit: 1;
  readonly title?: string;
  readonly description?: readonly string[];
  /** Default lanes, e.g. `["x86_64", "arm"]`. */
  readonly arch?: readonly string[];
  /** Kernel profile, e.g. `linux-6.12`. */
  readonly profile?: string;
  /** Kconfig symbols that are set and matter, `CONFIG_KSM`; none when absent. */
  readonly config?: readonly string[];
  /** What a recording did not say and its importer therefore chose, one remark a thing. */
  readonly chosen?: readonly string[];
  readonly files?: Readonly<Record<string, FileSpec>>;
  /**
   * The kernel has CONFIG_TRANSPARENT_HUGEPAGE, where the architecture can, and these settings below
   * /sys/kernel/mm/transparent_hugepage; others are as a kernel boots with "madvise". A size that a machine does not have is
   * passed over.
   */
  readonly thp?: Readonly<Record<string, string>>;
  /**
   * The kernel has CONFIG_HUGETLBFS, where the architecture can, and these settings below /sys/kernel/mm/hugepages: pools are
   * empty but for them. A size that a machine does not have is passed over.
   */
  readonly hugetlb?: Readonly<Record<string, string>>;
  /** Frames that a driver allocated together, by label, for machines that `machine` does not describe. */
  readonly blocks?: Readonly<Record<string, BlockSpec>>;
  /** Per architecture, or `default` for every other; absent: each architecture's own default machine. */
  readonly machine?: Readonly<Record<string, MachineSpec>>;
}
