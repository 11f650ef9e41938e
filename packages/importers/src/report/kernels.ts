// SPDX-License-Identifier: GPL-2.0-or-later
/** What differed between kernels in reports and in what they name, as tables: callers, formats, types of pages. */
import type { KernelRange } from '@specialbit/events';

/** Who calls print_bad_pte() or print_bad_page_map() (mm/memory.c), and when. */
export interface Caller extends KernelRange {
  readonly fn: string;
  /** The entry is present. */
  readonly present: boolean;
  /** It gives a struct page, which is then dumped. */
  readonly page: boolean;
  /** Functions of a stack that say it was this one: it itself, or those that it is inlined into. */
  readonly symbols: readonly string[];
  readonly text: string;
  /** Lines that stand before such a report. */
  readonly swap?: boolean;
}

const NORMAL = [
  'vm_normal_page',
  '__vm_normal_page',
  'vm_normal_folio',
  'vm_normal_page_pmd',
  'vm_normal_folio_pmd',
  'vm_normal_page_pud',
];
const ZAP = [
  'zap_present_folio_ptes',
  'zap_present_ptes',
  'zap_nonpresent_ptes',
  'zap_pte_range',
  'zap_pmd_range',
  'zap_pud_range',
  'unmap_page_range',
  'unmap_single_vma',
  'zap_vma',
  '__zap_vma_range',
];
const FAULT = ['do_swap_page', 'handle_pte_fault', '__handle_mm_fault', 'handle_mm_fault'];

export const CALLERS: readonly Caller[] = [
  {
    fn: 'vm_normal_page',
    present: true,
    page: false,
    symbols: NORMAL,
    text: 'vm_normal_page() found an entry that its VMA does not allow',
  },
  {
    fn: 'zap_present_folio_ptes',
    since: '6.9',
    present: true,
    page: true,
    symbols: ZAP,
    text: 'vm_normal_page() gave a page, and its map count fell below 0 when the entry was unmapped: the page was mapped without being counted, or unmapped twice',
  },
  {
    fn: 'zap_pte_range',
    until: '6.9',
    present: true,
    page: true,
    symbols: ZAP,
    text: 'vm_normal_page() gave a page, and its map count fell below 0 when the entry was unmapped: the page was mapped without being counted, or unmapped twice',
  },
  {
    fn: 'zap_pte_range',
    until: '6.10',
    present: false,
    page: false,
    swap: true,
    symbols: ZAP,
    text: 'the entry was unmapped as a swap entry, and free_swap_and_cache() knows no such swap file or slot (a62fb92ac12e of 6.10 took this report away)',
  },
  {
    fn: 'zap_pte_range',
    until: '4.0',
    present: false,
    page: false,
    symbols: ZAP,
    text: 'the entry was one of a nonlinear mapping (pte_file), in a VMA that is not VM_NONLINEAR',
  },
  {
    fn: 'do_swap_page',
    present: false,
    page: false,
    symbols: FAULT,
    text: 'a fault met the entry, and its swap type is none that the kernel knows',
  },
  {
    fn: 'do_nonlinear_fault',
    until: '4.0',
    present: false,
    page: false,
    symbols: ['do_nonlinear_fault', ...FAULT],
    text: 'a fault met an entry of a nonlinear mapping (pte_file), in a VMA that is not VM_NONLINEAR',
  },
];

/** What a report looks like in which kernels: narrows the kernel down where the report does not name it. */
export interface FormatSign extends KernelRange {
  readonly like: RegExp;
  readonly what: string;
}

export const FORMAT_SIGNS: readonly FormatSign[] = [
  { like: /\(file\).*\(anon\)/, since: '7.3', what: 'index (file) and (anon)' },
  { like: /^pgd:/, since: '6.18', what: 'entries of all levels' },
  { like: /^BUG: Bad page map in process .* pte:[0-9a-f]+ pmd:/, until: '6.18', what: 'pte and pmd in one line' },
  { like: /mmap_prepare:/, since: '6.16', what: 'mmap_prepare' },
  { like: /^page: refcount:/, since: '6.10', what: 'a page without its address' },
  { like: /read_folio:/, since: '5.19', what: 'read_folio' },
  { like: /readpage:/, until: '5.19', what: 'readpage' },
  { like: /^page:.*\bcount:\d.*mapcount/, until: '5.1', what: 'page count' },
  { like: /^vma->vm_(?:ops|file)->/, until: '4.1', what: 'handlers on lines of their own' },
  { like: /^page_type: f\d\(/, since: '6.11', what: 'page types of one byte' },
  { like: /UID: \d+ PID:/, since: '6.12', what: 'UID' },
  { like: /^\[<ffffffff[0-9a-f]{8}>\] /, until: '4.11', what: 'addresses of code in a stack of x86' },
  { like: /^file:.*(?:readpage|read_folio):/, since: '4.1', what: 'file and handlers in one line' },
];

/** Values of page_type that are printed as a map count (include/linux/page-flags.h). */
export interface PageType extends KernelRange {
  /** The count as printed. */
  readonly mapcount: number;
  readonly name: string;
}

export const PAGE_TYPES: readonly PageType[] = [
  { mapcount: -127, name: 'PG_buddy: it is free, in the page allocator', since: '4.18', until: '6.11' },
  { mapcount: -128, name: 'PG_buddy: it is free, in the page allocator', until: '6.11' },
  { mapcount: -256, name: 'PG_offline (or a balloon page)', until: '6.11' },
  { mapcount: -512, name: 'PG_table: it is a page table', since: '4.18', until: '6.11' },
  { mapcount: -512, name: 'PG_kmemcg: memory of the kernel', until: '4.18' },
  { mapcount: -1024, name: 'PG_guard: a guard page of the page allocator', since: '5.3', until: '6.11' },
  { mapcount: -2048, name: 'PG_hugetlb', since: '6.6', until: '6.11' },
];
