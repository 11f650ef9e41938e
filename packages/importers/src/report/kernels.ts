// SPDX-License-Identifier: GPL-2.0-or-later
/** What differed between kernels in reports and in what they name, as tables: bits of vm_flags, callers, formats. */
import { compareVersions } from '@specialbit/core';
import type { KernelRange } from './kernel-range.js';
import type { Machine } from './signs.js';

/** A bit of vm_flags in some kernels (include/linux/mm.h). */
export interface VmFlagBit extends KernelRange {
  readonly bit: number;
  readonly name: string;
  /** Only there; absent: everywhere. */
  readonly on?: readonly Machine[];
  /** How smaps shows it (fs/proc/task_mmu.c: show_smap_vma_flags). */
  readonly letters?: string;
}

const X86: readonly Machine[] = ['x86_64', 'i386'];
const PPC: readonly Machine[] = ['powerpc64', 'powerpc32'];

/** Where several rows of a bit fit, the first that names the machine goes before one that does not. */
export const VM_FLAG_BITS: readonly VmFlagBit[] = [
  { bit: 0, name: 'VM_READ', letters: 'rd' },
  { bit: 1, name: 'VM_WRITE', letters: 'wr' },
  { bit: 2, name: 'VM_EXEC', letters: 'ex' },
  { bit: 3, name: 'VM_SHARED', letters: 'sh' },
  { bit: 4, name: 'VM_MAYREAD', letters: 'mr' },
  { bit: 5, name: 'VM_MAYWRITE', letters: 'mw' },
  { bit: 6, name: 'VM_MAYEXEC', letters: 'me' },
  { bit: 7, name: 'VM_MAYSHARE', letters: 'ms' },
  { bit: 8, name: 'VM_GROWSDOWN', letters: 'gd' },
  { bit: 9, name: 'VM_UFFD_MISSING', since: '4.3', letters: 'um' },
  { bit: 10, name: 'VM_PFNMAP', letters: 'pf' },
  { bit: 11, name: 'VM_DENYWRITE', until: '5.15', letters: 'dw' },
  { bit: 11, name: 'VM_MAYBE_GUARD', since: '6.19', letters: 'gu' },
  { bit: 12, name: 'VM_UFFD_WP', since: '4.3', letters: 'uw' },
  { bit: 13, name: 'VM_LOCKED', letters: 'lo' },
  { bit: 14, name: 'VM_IO', letters: 'io' },
  { bit: 15, name: 'VM_SEQ_READ', letters: 'sr' },
  { bit: 16, name: 'VM_RAND_READ', letters: 'rr' },
  { bit: 17, name: 'VM_DONTCOPY', letters: 'dc' },
  { bit: 18, name: 'VM_DONTEXPAND', letters: 'de' },
  { bit: 19, name: 'VM_LOCKONFAULT', since: '4.4', letters: 'lf' },
  { bit: 20, name: 'VM_ACCOUNT', letters: 'ac' },
  { bit: 21, name: 'VM_NORESERVE', letters: 'nr' },
  { bit: 22, name: 'VM_HUGETLB', letters: 'ht' },
  { bit: 23, name: 'VM_NONLINEAR', until: '4.0', letters: 'nl' },
  { bit: 23, name: 'VM_SYNC', since: '4.15', letters: 'sf' },
  { bit: 24, name: 'VM_PAT', on: X86, until: '6.16' },
  { bit: 24, name: 'VM_SAO', on: PPC },
  { bit: 24, name: 'VM_GROWSUP', on: ['parisc'] },
  { bit: 24, name: 'VM_SPARC_ADI', on: ['sparc64'], since: '4.17' },
  { bit: 24, name: 'VM_ARM64_BTI', on: ['arm64'], since: '5.8', letters: 'bt' },
  { bit: 24, name: 'VM_ARCH_1', letters: 'ar' },
  { bit: 25, name: 'VM_MPX', on: X86, since: '3.19', until: '4.14', letters: 'mp' },
  { bit: 25, name: 'VM_WIPEONFORK', since: '4.14', letters: 'wf' },
  { bit: 25, name: 'VM_ARCH_2', since: '3.19', until: '4.14' },
  { bit: 26, name: 'VM_DONTDUMP', letters: 'dd' },
  { bit: 27, name: 'VM_SOFTDIRTY', since: '3.11', letters: 'sd' },
  { bit: 28, name: 'VM_MIXEDMAP', letters: 'mm' },
  { bit: 29, name: 'VM_HUGEPAGE', letters: 'hg' },
  { bit: 30, name: 'VM_NOHUGEPAGE', letters: 'nh' },
  { bit: 31, name: 'VM_MERGEABLE', letters: 'mg' },
  { bit: 32, name: 'VM_PKEY_BIT0', on: ['x86_64', 'powerpc64'], since: '4.6' },
  { bit: 33, name: 'VM_PKEY_BIT1', on: ['x86_64', 'powerpc64'], since: '4.6' },
  { bit: 34, name: 'VM_PKEY_BIT2', on: ['x86_64', 'powerpc64'], since: '4.6' },
  { bit: 35, name: 'VM_PKEY_BIT3', on: ['x86_64', 'powerpc64'], since: '4.6' },
  { bit: 36, name: 'VM_PKEY_BIT4', on: ['powerpc64'], since: '4.16' },
  { bit: 36, name: 'VM_MPX', on: ['x86_64'], since: '4.14', until: '5.7', letters: 'mp' },
  { bit: 32, name: 'VM_PKEY_BIT0', on: ['arm64'], since: '6.12' },
  { bit: 33, name: 'VM_PKEY_BIT1', on: ['arm64'], since: '6.12' },
  { bit: 34, name: 'VM_PKEY_BIT2', on: ['arm64'], since: '6.12' },
  { bit: 32, name: 'VM_MTE', on: ['arm64'], since: '5.10', until: '6.12', letters: 'mt' },
  { bit: 33, name: 'VM_MTE_ALLOWED', on: ['arm64'], since: '5.10', until: '6.12' },
  { bit: 36, name: 'VM_MTE', on: ['arm64'], since: '6.12', letters: 'mt' },
  { bit: 37, name: 'VM_MTE_ALLOWED', on: ['arm64'], since: '6.12' },
  { bit: 37, name: 'VM_SHADOW_STACK', on: ['x86_64'], since: '6.6', letters: 'ss' },
  { bit: 38, name: 'VM_SHADOW_STACK', on: ['arm64'], since: '6.13', letters: 'ss' },
  { bit: 37, name: 'VM_UFFD_MINOR', on: ['arm64'], since: '5.13', until: '6.8', letters: 'ui' },
  { bit: 37, name: 'VM_UFFD_MINOR', since: '5.13', until: '6.6', letters: 'ui' },
  { bit: 38, name: 'VM_UFFD_MINOR', since: '6.6', until: '6.13', letters: 'ui' },
  { bit: 41, name: 'VM_UFFD_MINOR', since: '6.13', letters: 'ui' },
  { bit: 39, name: 'VM_ALLOW_ANY_UNCACHED', since: '6.9' },
  { bit: 40, name: 'VM_DROPPABLE', since: '6.11', letters: 'dp' },
  { bit: 42, name: 'VM_SEALED', since: '6.14', letters: 'sl' },
  { bit: 43, name: 'VM_UFFD_RWP', since: '7.3', letters: 'ur' },
];

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

/** The rows that hold in a kernel; all of them where it is not known. */
export function inKernel<R extends KernelRange>(rows: readonly R[], version: string | undefined): R[] {
  if (version === undefined) return rows.filter((row) => row.until === undefined);
  return rows.filter(
    ({ since, until }) =>
      (since === undefined || compareVersions(version, since) >= 0) &&
      (until === undefined || compareVersions(version, until) < 0),
  );
}

/** `VM_READ|VM_MAYREAD|0x800`: names as the kernel and the machine have them; what has none stays a number. */
export function vmFlagNames(hex: string, version: string | undefined, machine?: Machine): string {
  const value = BigInt(`0x${hex}`);
  const rows = inKernel(VM_FLAG_BITS, version);
  const words: string[] = [];
  let rest = 0n;
  for (let bit = 0; value >> BigInt(bit); bit++) {
    const mask = 1n << BigInt(bit);
    if ((value & mask) === 0n) continue;
    const found =
      rows.find((row) => row.bit === bit && machine !== undefined && row.on?.includes(machine) === true) ??
      rows.find((row) => row.bit === bit && row.on === undefined);
    if (found === undefined) rest |= mask;
    else words.push(found.name);
  }
  if (rest !== 0n) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? 'none' : words.join('|');
}
