// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What /proc reports from map counts of large folios (fs/proc/task_mmu.c, fs/proc/page.c, fs/proc/internal.h), beside what the
 * page tables say. Per page counts are exact; the average of a folio and whether it may be shared are estimates.
 */
import type { Kernel } from '../kernel/base/kernel.js';
import {
  folio_maybe_mapped_shared,
  folio_total_mapped_pages,
  mm_id_enabled,
  page_mapcount_enabled,
} from '../kernel/folio/large-mapcount.js';
import { vm_normal_page, vm_normal_page_huge } from '../kernel/pte/normal-page.js';
import type { Folio } from '../mm/folio.js';
import { FOLIO_PAGES_MAPPED, MM_ID_DUMMY } from '../mm/folio.js';
import { PMD, PTE } from '../mm/level.js';
import type { Mm } from '../mm/vma.js';
import { describeFrame, type FolioView, folioKind } from './describe.js';
import { get_kpage_count, PSS_SHIFT, page_mapped_exclusively, pssOf } from './smaps.js';

/** What is reported, and what it would be if every page's mappings were counted: equal where it is exact. */
export interface Reported {
  readonly reported: number;
  readonly exact: number;
}

/** `count` pages from `first` on, each mapped `value` times. */
export interface PageRun {
  readonly first: number;
  readonly pages: number;
  readonly value: number;
}

/** What one process holds of a folio, and what its files in /proc say of it. Sizes in bytes. */
export interface FolioOfProcess {
  readonly mm: number;
  /** PTEs and PMDs of the process that map it. */
  readonly ptes: number;
  readonly pmds: number;
  /** Of smaps: Rss, AnonHugePages, ShmemPmdMapped and FilePmdMapped together, exact under all rules. */
  readonly rss: number;
  readonly anon_huge_pages: number;
  readonly pmd_mapped: number;
  /** Pss of smaps, before it is cut to kilobytes. */
  readonly pss: Reported;
  /** Private_Clean and Private_Dirty of smaps: the unique set size. */
  readonly uss: Reported;
  /** Pages with PM_MMAP_EXCLUSIVE in pagemap. */
  readonly exclusive: Reported;
  /** mapmax of numa_maps, which shows it from 2 on. */
  readonly mapmax: Reported;
}

/** A large folio, what it counts, and what is reported of it. */
export interface FolioCounts extends FolioView {
  readonly kind: 'anonymous' | 'shmem' | 'file' | 'driver';
  readonly refcount: number;
  /** The rules that this kernel counts by. */
  readonly rules: { readonly page_mapcount: boolean; readonly mm_id: boolean; readonly total_mapped_pages: boolean };
  /** _nr_pages_mapped without ENTIRELY_MAPPED; null where it is not kept. */
  readonly pages_mapped: number | null;
  /** _total_mapped_pages, proposed; null where it is not kept. */
  readonly total_mapped_pages: number | null;
  /** _mm_id[2] with how many mappings each has; null for a slot that is free, and where there are none. */
  readonly owners: readonly ({ readonly mm: number; readonly mapcount: number } | null)[] | null;
  /** folio_maybe_mapped_shared(), and whether more than one process maps it. */
  readonly shared: { readonly reported: boolean; readonly exact: boolean };
  /** Pages that something maps; whether some are and some are not. */
  readonly mapped_pages: number;
  /** /proc/kpagecount, and what it would be. */
  readonly kpagecount: { readonly reported: readonly PageRun[]; readonly exact: readonly PageRun[] };
  readonly processes: readonly FolioOfProcess[];
}

/** What maps a folio, whose first pfn it is found by. */
interface Mapping {
  /** How often each page is mapped. */
  readonly counts: number[];
  readonly holders: Map<number, Holder>;
}

/** What one process maps of it. */
interface Holder {
  pmds: number;
  /** Pages, once for each PTE and for each page of a PMD. */
  readonly pages: number[];
  /** For each of `pages`, the first page of what maps it: itself, or that of a PMD. */
  readonly firsts: number[];
  /** Pages at which gather_stats() (fs/proc/task_mmu.c) looks: of a PMD the first. */
  readonly looked: number[];
}

/** Every large folio that something maps, by the first pfn. */
export function folioCounts(k: Kernel): FolioCounts[] {
  const mappings = new Map<number, Mapping>();
  for (const mm of k.mms.values()) collect(k, mm, mappings);
  return [...mappings].sort(([a], [b]) => a - b).map(([head, mapping]) => countsOf(k, k.large_folio(head)!, mapping));
}

function collect(k: Kernel, mm: Mm, mappings: Map<number, Mapping>): void {
  if (k.heap.orders === 0) return;
  const p = { lo: 0, hi: 0 };
  const huge = k.arch.pmd;
  for (const vma of mm.vmas) {
    mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (first, level) => {
      if (level === PTE) {
        if (!k.pte.present(p) || k.large_folio(k.pte.pfn(p)) === undefined) return;
        const page = vm_normal_page(k, vma, first, p);
        const held = page < 0 ? undefined : holder(k, mm, page, mappings);
        held?.pages.push(page);
        held?.firsts.push(page);
        held?.looked.push(page);
      } else if (level === PMD && huge?.present(p) === true) {
        const page = vm_normal_page_huge(k, vma, first, PMD, p);
        const held = page < 0 ? undefined : holder(k, mm, page, mappings);
        if (held === undefined) return;
        held.pmds++;
        held.looked.push(page);
        for (let i = 0; i < huge.pages; i++) {
          held.pages.push(page + i);
          held.firsts.push(page);
        }
      }
    });
  }
  for (const [id, { counts, holders }] of mappings) {
    for (const page of holders.get(mm.id)?.pages ?? []) counts[page - id]!++;
  }
}

/** What `mm` maps of the folio of a page; undefined for a folio of one page. */
function holder(k: Kernel, mm: Mm, page: number, mappings: Map<number, Mapping>): Holder | undefined {
  const folio = k.large_folio(page);
  if (folio === undefined) return undefined;
  let mapping = mappings.get(folio.id);
  if (mapping === undefined) {
    mapping = { counts: new Array<number>(folio.pages).fill(0), holders: new Map() };
    mappings.set(folio.id, mapping);
  }
  let held = mapping.holders.get(mm.id);
  if (held === undefined) {
    held = { pmds: 0, pages: [], firsts: [], looked: [] };
    mapping.holders.set(mm.id, held);
  }
  return held;
}

function countsOf(k: Kernel, folio: Folio, { counts: exact, holders }: Mapping): FolioCounts {
  const rules = {
    page_mapcount: page_mapcount_enabled(k),
    mm_id: mm_id_enabled(k),
    total_mapped_pages: mm_id_enabled(k) && k.feature.total_mapped_pages,
  };
  const view = describeFrame(k, folio.id);
  const kpage = exact.map((_, i) => get_kpage_count(k, folio.id + i));
  return {
    ...view.folio!,
    kind: folioKind(k, folio.id),
    refcount: view.count,
    rules,
    pages_mapped: rules.page_mapcount ? folio.nr_pages_mapped & FOLIO_PAGES_MAPPED : null,
    total_mapped_pages: rules.total_mapped_pages ? folio_total_mapped_pages(folio) : null,
    owners: rules.mm_id ? ownersOf(folio) : null,
    shared: { reported: folio_maybe_mapped_shared(k, folio.id), exact: holders.size > 1 },
    mapped_pages: exact.filter((n) => n > 0).length,
    kpagecount: { reported: runsOf(kpage), exact: runsOf(exact) },
    processes: [...holders].map(([mm, held]) => processOf(k, folio, mm, held, exact)),
  };
}

function ownersOf(folio: Folio): NonNullable<FolioCounts['owners']> {
  const slot = (mm: number, mapcount: number) => (mm === MM_ID_DUMMY ? null : { mm, mapcount });
  return [slot(folio.mm_id0, folio.mm_id_mapcount0), slot(folio.mm_id1, folio.mm_id_mapcount1)];
}

/** smaps_account(), pte_to_pagemap_entry() and gather_stats() (fs/proc/task_mmu.c) of all that a process maps of a folio. */
function processOf(k: Kernel, folio: Folio, mm: number, held: Holder, exact: readonly number[]): FolioOfProcess {
  const { size } = k.arch.page;
  const precise = page_mapcount_enabled(k);
  const alone = k.page_count(folio.id) === 1;
  const maybe_shared = folio_maybe_mapped_shared(k, folio.id);
  const pss = { reported: 0, exact: 0 };
  const uss = { reported: 0, exact: 0 };
  const exclusive = { reported: 0, exact: 0 };
  const mapmax = { reported: 0, exact: 0 };
  for (const [i, page] of held.pages.entries()) {
    const truth = exact[page - folio.id]!;
    const mapcount = get_kpage_count(k, page);
    // one reference is one mapping, and nothing needs to be looked up
    pss.reported += pssOf(k, alone ? 1 : mapcount);
    pss.exact += pssOf(k, truth);
    if (alone || (precise ? mapcount < 2 : !maybe_shared)) uss.reported += size;
    if (truth < 2) uss.exact += size;
    if (page_mapped_exclusively(k, page, held.firsts[i])) exclusive.reported++;
    if (truth === 1) exclusive.exact++;
    mapmax.exact = Math.max(mapmax.exact, truth);
  }
  const pmd = held.pmds * (k.arch.pmd?.pages ?? 0);
  for (const page of held.looked) mapmax.reported = Math.max(mapmax.reported, get_kpage_count(k, page));
  const scale = 2 ** PSS_SHIFT;
  const anon = k.test_anon(folio.id);
  return {
    mm,
    ptes: held.pages.length - pmd,
    pmds: held.pmds,
    rss: held.pages.length * size,
    anon_huge_pages: anon ? pmd * size : 0,
    pmd_mapped: anon ? 0 : pmd * size,
    pss: { reported: Math.floor(pss.reported / scale), exact: Math.floor(pss.exact / scale) },
    uss,
    exclusive,
    mapmax,
  };
}

function runsOf(values: readonly number[]): PageRun[] {
  const runs: PageRun[] = [];
  for (let first = 0; first < values.length; ) {
    let pages = 1;
    while (values[first + pages] === values[first]) pages++;
    runs.push({ first, pages, value: values[first]! });
    first += pages;
  }
  return runs;
}
