// SPDX-License-Identifier: GPL-2.0-or-later
/** Reports other than a bad page map, in sentences: counters, bad page states, warnings, complaints of one line. */
import type { BadCounter, BadPageState, Complaint, DumpedPage, KernelReport, Warning } from '@specialbit/importers';
import type { KernelOf } from './kernel-of.js';
import { BAD_STATES, COUNTERS, MEANINGS } from './meanings.js';
import { pageNotes } from './page-notes.js';

export interface Told {
  readonly title: string;
  /** Sentences, the most telling first. */
  readonly text: readonly string[];
}

export function tell(report: Exclude<KernelReport, { kind: 'bad-page-map' }>, kernel: KernelOf): Told {
  switch (report.kind) {
    case 'bad-counter':
      return counterTold(report);
    case 'bad-page-state':
      return stateTold(report, kernel);
    case 'warning':
      return warningTold(report);
    case 'complaint':
      return complaintTold(report);
    case 'dumped-page':
      return dumpedTold(report, kernel);
  }
}

function counterTold({ mm, counter, value }: BadCounter): Told {
  const name = COUNTERS[Number(counter)] ?? counter;
  if (mm === '') {
    return {
      title: `non-zero ${name} on freeing an mm: ${value}`,
      text: [
        `check_mm (kernel/fork.c): ${name === 'pgtables_bytes' ? `${value} bytes of page tables` : `${value} page tables`} are left when the address space is freed: a table was taken out of the tree without being freed, or freed twice when it is negative.`,
        'Look at who unhooks tables (hugetlb, THP, a driver that writes PMDs), and at reports "bad pmd" before it.',
      ],
    };
  }
  const pages = Math.abs(value) === 1 ? '1 page' : `${Math.abs(value)} pages`;
  const why =
    value > 0
      ? "entries were counted when they were made and not when they went: what was a normal page when it was inserted was none when it was zapped (its entry became special, was cleared by hand, or the VMA's flags changed)"
      : 'entries were taken off the count that had never been counted: a raw set_pte by a driver, or an entry that lost its special bit (pte_modify of mips before 6.4) and counted as a page when it went';
  return {
    title: `Bad rss-counter state: ${name} is ${value} when the address space ends`,
    text: [
      `check_mm (kernel/fork.c): ${pages} ${value > 0 ? 'too many' : 'too few'}. ${why[0]!.toUpperCase()}${why.slice(1)}.`,
      'A report "BUG: Bad page map" of the same process, above it, names the entry; without one the entry was cleared in silence.',
      ...(name === 'MM_SWAPENTS' ? ['Swap entries are counted likewise: a swap entry that nobody wrote out.'] : []),
    ],
  };
}

function stateTold(report: BadPageState, kernel: KernelOf): Told {
  const because = report.page?.because ?? '';
  if (report.cache === true) return cacheTold(report, kernel);
  const found = BAD_STATES.find(([like]) => like.test(because));
  const pfn = report.pfn === undefined ? '' : `, pfn 0x${report.pfn}`;
  return {
    title: `Bad page state in process ${report.comm}${pfn}${because === '' ? '' : `: ${because}`}`,
    text: [
      found === undefined
        ? 'bad_page (mm/page_alloc.c): the page allocator was given, or is about to hand out, a page in a state that it must not have.'
        : `bad_page (mm/page_alloc.c): ${found[1]}.`,
      ...(report.page === undefined ? ['The dump of the page is missing, which says why.'] : []),
      ...(report.page === undefined ? [] : pageNotes(report.page, undefined, kernel.version)),
    ],
  };
}

function cacheTold(report: BadPageState, kernel: KernelOf): Told {
  return {
    title: `Bad page cache in process ${report.comm}${report.pfn === undefined ? '' : `, pfn 0x${report.pfn}`}`,
    text: [
      'filemap_unaccount_folio (mm/filemap.c): a page leaves the page cache (truncation, eviction) while page tables still map it: its map count was not taken down where it was unmapped, or was never meant to be counted.',
      'A report "BUG: Bad rss-counter state" or "Bad page map" of the same time names the process.',
      ...(report.page === undefined ? [] : pageNotes(report.page, undefined, kernel.version)),
    ],
  };
}

function warningTold(report: Warning): Told {
  // what the kernel names first, then the functions below it: helpers assert for their callers
  const names = [report.fn ?? '', ...report.stack.slice(0, 8).map(({ name }) => name)];
  const within = (like: RegExp | undefined): boolean =>
    like === undefined || report.stack.some(({ name }) => like.test(name));
  const found = names
    .map((name) => MEANINGS.find(({ fn, within: like }) => fn.test(name) && within(like)))
    .find((row) => row !== undefined);
  const where = [report.where, report.fn].filter((part) => part !== undefined).join(', ');
  return {
    title:
      report.what === 'stack'
        ? `A stack without its report: ${report.stack
            .map(({ name }) => name)
            .slice(0, 4)
            .join(' < ')}`
        : titleOf(report, where),
    text: found === undefined ? [unknownPlace(report)] : [found.where, found.text, `Look at: ${found.look}`],
  };
}

const titleOf = ({ what, text }: Warning, where: string): string =>
  what === 'oops' ? text.trim() : `${what}${where === '' ? '' : ` at ${where}`}`;

function unknownPlace({ where, what }: Warning): string {
  if (what === 'kernel BUG' && where !== undefined && /mm\/(?:memory|huge_memory)\.c/.test(where)) {
    return 'A BUG_ON of mm/memory.c, in a function that the text does not name. Those that drivers run into: remap_pfn_range() over entries that are there already, vm_insert_page() in a VMA without VM_MIXEDMAP and without the mmap lock for writing, vmf_insert_pfn() with flags that do not allow the pfn. The line "RIP:" or "pc :" names the function.';
  }
  return 'Nothing here knows this place of the kernel: it is none of the functions that map pages and frames.';
}

function complaintTold(report: Complaint): Told {
  const title = report.text.trim();
  switch (report.what) {
    case 'bad-table':
      return {
        title,
        text: [
          `${report.level}_ERROR (mm/pgtable-generic.c: ${report.level}_clear_bad): an entry of the ${report.level} level is neither empty, nor a table, nor a huge page that the caller expects. It was cleared, and what it mapped is lost to the counters.`,
          'A huge entry that was met without the lock, or a table that something wrote over. Give --arch to have the entry taken apart.',
        ],
      };
    case 'pat':
      return { title, text: [patText(title)] };
    case 'swap':
      return {
        title,
        text: [
          'swap_info_get (mm/swapfile.c): a non-present entry names a swap file or a slot that there is none of: the entry was written over, or was never a swap entry.',
          'Kernels before 6.10 follow it with "BUG: Bad page map"; paste both.',
        ],
      };
    case 'suppressed':
      return { title, text: ['More reports like those around it, which the kernel did not print (60 a minute).'] };
  }
}

function patText(text: string): string {
  if (/expected mapping type|got \w/.test(text)) {
    return 'reserve_pfn_range (arch/x86/mm/pat/memtype.c): the same physical range is mapped already with another memory type (write-back here, uncached there); remap_pfn_range() fails or takes the type of the first.';
  }
  if (/conflicting memory types/.test(text)) {
    return 'memtype_check_conflict (arch/x86/mm/pat): the same physical range is mapped already with another memory type: a second mapping must ask for the type of the first (pgprot_writecombine or pgprot_noncached alike).';
  }
  if (/freeing invalid memtype/.test(text)) {
    return 'memtype_free (arch/x86/mm/pat/memtype.c): a reservation is given back that is not there: a VM_PAT mapping was split, moved or zapped so that its range is not what was reserved (until 6.15).';
  }
  if (/map pfn RAM range/.test(text)) {
    return 'reserve_ram_pages_type (arch/x86/mm/pat/memtype.c): RAM is mapped with a memory type other than write-back, or than what it has already.';
  }
  return 'arch/x86/mm/pat: the memory type of a physical range is not what the mapping asks for.';
}

function dumpedTold(report: DumpedPage, kernel: KernelOf): Told {
  const because = report.page?.because;
  return {
    title: `A page was dumped${because === undefined ? '' : `: ${because}`}`,
    text: [
      because === undefined
        ? 'dump_page (mm/debug.c). Why is in "page dumped because:", which is missing here.'
        : `dump_page (mm/debug.c), because of ${because}.`,
      ...(report.page === undefined ? [] : pageNotes(report.page, undefined, kernel.version)),
    ],
  };
}
