// SPDX-License-Identifier: GPL-2.0-or-later
/** Page table entries and frames of a running kernel as plain values, for showing and comparing. */
import { InternalError } from '@specialbit/events';
import type { Pte, SwapEntry } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import { hexPte } from '../kernel/base/format.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { Decision, decideEntry } from '../kernel/pte/normal-page.js';
import { F, PG } from '../machine/frame-table.js';
import type { Folio } from '../mm/folio.js';
import { LEVEL_NAMES, type Level, type LevelName, PTE } from '../mm/level.js';

import { codecOf } from '../mm/page-table-layout.js';
import type { Mm, Vma } from '../mm/vma.js';
import { frameLabel, pageFlagNames } from './names.js';
import { DECISIONS, type Verdict } from './path.js';

/** What an entry says, decoded. */
export interface PteView {
  readonly level: LevelName;
  /** Small pages that it maps, or would map: 1, or 512 of a PMD on x86_64. */
  readonly pages: number;
  /** Raw value in hex, without `0x`. */
  readonly raw: string;
  readonly kind: 'none' | 'present' | 'swap';
  readonly write: boolean;
  readonly dirty: boolean;
  readonly young: boolean;
  readonly special: boolean;
  /** User code may use it at all, and execute through it. */
  readonly user: boolean;
  readonly exec: boolean;
  /** The first that a present entry maps; -1 otherwise. */
  readonly pfn: number;
  /** The frame's label; null when not present. */
  readonly frame: string | null;
  /** Of a swap entry. */
  readonly swap: { readonly type: number; readonly offset: number; readonly exclusive: boolean } | null;
  /**
   * vm_normal_page()'s answer, or that of its namesake of the level; null without VMA, for what is not
   * present, and where the kernel has no such function (PUDs before 6.18).
   */
  readonly decision: string | null;
  readonly verdict: Verdict | null;
}

/** Decodes a PTE of `vma` (undefined: of no VMA). */
export function describePte(k: Kernel, vma: Vma | undefined, vpn: number, pte: Readonly<Pte>): PteView {
  return describeEntry(k, vma, vpn, PTE, pte);
}

/** Decodes an entry of any level; `vpn` is the first page that it maps. */
export function describeEntry(
  k: Kernel,
  vma: Vma | undefined,
  vpn: number,
  level: Level,
  entry: Readonly<Pte>,
): PteView {
  const p: Pte = { lo: entry.lo, hi: entry.hi };
  const c = codecOf(k.arch, level);
  if (c === undefined) throw new InternalError(`${k.arch.name} has no huge ${LEVEL_NAMES[level]} entries`);
  const view: Mutable<PteView> = {
    level: LEVEL_NAMES[level],
    pages: level === PTE ? 1 : (c as HugeCodec).pages,
    raw: hexPte(p),
    kind: 'none',
    write: false,
    dirty: false,
    young: false,
    special: false,
    user: false,
    exec: false,
    pfn: -1,
    frame: null,
    swap: null,
    decision: null,
    verdict: null,
  };
  if (c.none(p)) return view;
  // what is not present above the PTE level is still a leaf: PROT_NONE, or invalidated
  if (level === PTE && !c.present(p)) {
    const swp: SwapEntry = { type: 0, offset: 0 };
    k.pte.pte_to_swp_entry(p, swp);
    view.kind = 'swap';
    view.swap = { type: swp.type, offset: swp.offset, exclusive: k.pte.swp_exclusive(p) };
    return view;
  }
  view.kind = 'present';
  view.write = c.write(p);
  view.dirty = c.dirty(p);
  view.young = c.young(p);
  view.special = c.special(p);
  view.user = c.user(p);
  view.exec = c.exec(p);
  view.pfn = c.pfn(p);
  view.frame = frameLabel(k, view.pfn);
  const decision = vma === undefined ? null : decideEntry(k, vma, vpn, level, p);
  if (decision === null) return view;
  view.decision = Decision[decision];
  view.verdict = DECISIONS[decision].verdict;
  return view;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The entry that maps a page, or that would. */
export interface EntryAt {
  readonly level: Level;
  /** The first page that it maps, or would map. */
  readonly first: number;
  readonly raw: Readonly<Pte>;
}

/** Looks up what maps page `vpn`: a PUD, a PMD, or the PTE, be it empty. */
export function entryAt(k: Kernel, mm: Mm, vpn: number): EntryAt {
  const raw: Pte = { lo: 0, hi: 0 };
  const level = mm.pt.lookup(vpn, raw);
  return { level, first: firstPage(k, level, vpn), raw };
}

/** The first page of the entry of a level around `vpn`. */
export function firstPage(k: Kernel, level: Level, vpn: number): number {
  return level === PTE ? vpn : vpn - (vpn % (codecOf(k.arch, level) as HugeCodec).pages);
}

export interface FrameView {
  readonly pfn: number;
  readonly label: string;
  /** It has a struct page (pfn_valid). */
  readonly valid: boolean;
  readonly zero: boolean;
  /** page_count(): of all of its folio. */
  readonly count: number;
  /** PTEs that count as mapping it, and PMDs that map all of its folio. */
  readonly mapcount: number;
  /** Page flags by name. */
  readonly flags: readonly string[];
  /** anon_vma's id, minus a file's id, or 0; and the index there. */
  readonly mapping: number;
  readonly index: number;
  /** First byte. */
  readonly content: number;
  /** The folio of more than one page that it belongs to; null for one of its own. */
  readonly folio: FolioView | null;
}

/** struct folio's counts, as the kernel shows them: those that start at -1 with 1 added. */
export interface FolioView {
  /** The label of its first page, and which page of it this one is. */
  readonly label: string;
  readonly page: number;
  readonly order: number;
  readonly entire_mapcount: number;
  /** folio_mapcount(). */
  readonly large_mapcount: number;
  /** Pages that PTEs map; with ENTIRELY_MAPPED while a PMD maps all. */
  readonly nr_pages_mapped: number;
  readonly pincount: number;
  readonly partially_mapped: boolean;
  /** It is on the deferred split list. */
  readonly deferred: boolean;
}

function describeFolio(k: Kernel, folio: Folio, pfn: number): FolioView {
  const { id, order, entire_mapcount, large_mapcount, nr_pages_mapped, pincount, partially_mapped, deferred } = folio;
  return {
    label: frameLabel(k, id),
    page: pfn - id,
    order,
    entire_mapcount,
    large_mapcount,
    nr_pages_mapped,
    pincount,
    partially_mapped,
    deferred,
  };
}

export function describeFrame(k: Kernel, pfn: number): FrameView {
  const f = k.frames;
  const folio = k.large_folio(pfn);
  return {
    pfn,
    label: frameLabel(k, pfn),
    valid: k.machine.pfn_valid(pfn),
    zero: k.machine.is_zero_pfn(pfn),
    count: k.page_count(pfn),
    mapcount: f.get(pfn, F.mapcount) + (folio?.entire_mapcount ?? 0),
    flags: pageFlagNames(f.get(pfn, F.flags)),
    mapping: f.get(pfn, F.mapping),
    index: f.get(pfn, F.index),
    content: f.get(pfn, F.content),
    folio: folio === undefined ? null : describeFolio(k, folio, pfn),
  };
}

/** What a large folio is: of a process, of tmpfs, of another file, or what a driver allocated. */
export function folioKind(k: Kernel, head: number): 'anonymous' | 'shmem' | 'file' | 'driver' {
  if (k.test_anon(head)) return 'anonymous';
  if (k.frames.get(head, F.mapping) === 0) return 'driver';
  return k.frames.test(head, PG.swapbacked) ? 'shmem' : 'file';
}
