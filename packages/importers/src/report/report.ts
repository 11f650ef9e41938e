// SPDX-License-Identifier: GPL-2.0-or-later
/** What a kernel's report says, as it says it: nothing here is decoded, hexadecimal stays text. */

/** Levels that `BUG: Bad page map` names (mm/memory.c: print_bad_pte; from 6.18 print_bad_page_map). */
export type EntryLevel = 'pte' | 'pmd' | 'pud' | 'p4d' | 'pgd';

/** The struct page that was dumped with a report (mm/debug.c: dump_page). */
export interface PageDump {
  readonly refcount?: number;
  /** As printed: -1 and the like; large negative values and those of PAGE_TYPE are types, not counts. */
  readonly mapcount?: number;
  readonly pfn?: number;
  readonly index?: string;
  readonly mapping?: string;
  /** `order:9 mapcount:1 entire_mapcount:0 ...` of a large folio. */
  readonly head?: string;
  readonly flags?: string;
  /** Names in the brackets behind the flags. */
  readonly flag_names?: readonly string[];
  /** `anon`, `ksm` before `flags:`. */
  readonly kind?: string;
  /** `page_type: f4(hugetlb)`. */
  readonly page_type?: string;
  /** `aops:ext4_da_aops ino:81 dentry name:"libc.so"`. */
  readonly aops?: string;
  /** Words of memory, 16 hexadecimal digits each (8 on 32 bits). */
  readonly raw?: readonly string[];
  readonly memcg?: string;
  /** `page dumped because: bad pte`. */
  readonly because?: string;
  /** `bad because of flags: 0x..(..)`. */
  readonly bad_flags?: string;
}

/** A function of a stack, innermost first. */
export interface Frame {
  readonly name: string;
  /** The unwinder was not sure (`? fn+0x..`). */
  readonly unsure?: boolean;
  readonly module?: string;
}

/** `CPU: 1 PID: 3614 Comm: syz-executor198 Tainted: G B 6.0.0-rc3 #0`. */
export interface CpuLine {
  readonly cpu?: number;
  readonly pid?: number;
  readonly comm?: string;
  readonly tainted?: string;
  /** `6.0.0-rc3-next-20220901-syzkaller`. */
  readonly release?: string;
  /** What stands behind the release: `#1 PREEMPT(voluntary)`. */
  readonly build?: string;
}

/** `_swap_info_get: Bad swap file entry 40207070a050609`: mm/swapfile.c prints it before the report. */
export interface SwapComplaint {
  readonly by: string;
  readonly what: string;
  /** A swp_entry_t, which is not the entry of the page table. */
  readonly entry: string;
}

interface Common {
  /** First line of it in the input. */
  readonly line: number;
  readonly cpu?: CpuLine;
  readonly hardware?: string;
  /** Registers that were printed with it, by name as printed. */
  readonly registers: readonly string[];
  readonly stack: readonly Frame[];
  /** How the stack begins: `Call Trace:`, `Call trace:`, `Backtrace:`, and how a frame looks. */
  readonly style: readonly string[];
  readonly page?: PageDump;
  readonly swap: readonly SwapComplaint[];
  /** Entries of each level on the way to an address, as an oops prints them. */
  readonly walk?: { readonly [level in EntryLevel]?: string };
  /** Its lines, without what stood before them. */
  readonly text_lines: readonly string[];
}

/** `BUG: Bad page map in process COMM  pte:.. pmd:..`. */
export interface BadPageMap extends Common {
  readonly kind: 'bad-page-map';
  readonly comm: string;
  /** The level of the entry: absent where the line broke off before it. */
  readonly level?: EntryLevel;
  readonly entry?: string;
  /** Entries of the levels above. */
  readonly tables: { readonly [level in EntryLevel]?: string };
  readonly addr?: string;
  readonly vm_flags?: string;
  readonly anon_vma?: string;
  readonly mapping?: string;
  /** linear_page_index(vma, addr), of the VMA's line. */
  readonly index?: string;
  /** 7.3: the index as anonymous memory, where the mapping is copy-on-write. */
  readonly index_anon?: string;
  readonly file?: string;
  /** `fault`, `mmap`, `mmap_prepare`, `readpage`, `read_folio`: symbols; NULL ones are left out. */
  readonly handlers: Readonly<Record<string, string>>;
  /** Reports that the kernel held back before this one. */
  readonly suppressed?: number;
}

/**
 * `BUG: Bad page state in process COMM  pfn:..` (mm/page_alloc.c: bad_page), `BUG: Bad page cache ..` (mm/filemap.c:
 * filemap_unaccount_folio).
 */
export interface BadPageState extends Common {
  readonly kind: 'bad-page-state';
  /** The page was still mapped when it left the page cache. */
  readonly cache?: true;
  readonly comm: string;
  readonly pfn?: string;
}

/** `BUG: Bad rss-counter state mm:.. type:.. val:..` and `BUG: non-zero pgtables_bytes ..` (kernel/fork.c: check_mm). */
export interface BadCounter extends Common {
  readonly kind: 'bad-counter';
  readonly mm: string;
  /** `MM_FILEPAGES`, `pgtables_bytes`, `nr_ptes`. */
  readonly counter: string;
  readonly value: number;
}

/** A WARN, a BUG_ON or an oops: where, in which function. */
export interface Warning extends Common {
  readonly kind: 'warning';
  readonly what: 'WARNING' | 'kernel BUG' | 'oops' | 'stack';
  /** `mm/memory.c:2345`. */
  readonly where?: string;
  readonly fn?: string;
  readonly text: string;
}

/** A complaint of one line: `x86/PAT: ..`, `mm/pgtable-generic.c:50: bad pmd ..`, `swap_free: Bad swap file entry ..`. */
export interface Complaint extends Common {
  readonly kind: 'complaint';
  readonly what: 'bad-table' | 'pat' | 'swap' | 'suppressed';
  readonly text: string;
  readonly level?: EntryLevel;
  readonly entry?: string;
}

/** A page that was dumped on its own (`page:.. dumped because: ..`). */
export interface DumpedPage extends Common {
  readonly kind: 'dumped-page';
}

export type KernelReport = BadPageMap | BadPageState | BadCounter | Warning | Complaint | DumpedPage;
