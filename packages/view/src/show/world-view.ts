// SPDX-License-Identifier: GPL-2.0-or-later
/** A lane's state as plain data: VMAs, PTEs, frames, counters. What `--json` prints, and the text shows. */
import { type FrameView, flagNames, hexAddress, type Level, MM_COUNTER_NAMES, type PteView } from '@specialbit/core';
import {
  Allocator,
  describeEntry,
  describeFrame,
  F,
  type Kernel,
  type Mm,
  PG,
  PTE,
  type Vma,
  vm_flags_wide,
} from '@specialbit/core/kernel';
import { laneName } from '../log/lane-name.js';
import { vmaFlags, vmaLetters } from './vma-text.js';

export interface PageView extends PteView {
  /** `ring[2]`, or the address. */
  readonly at: string;
  readonly address: string;
  /** The hardware's own entry where Linux keeps two. */
  readonly hw?: string;
}

export interface VmaView {
  readonly start: string;
  readonly end: string;
  readonly pages: number;
  readonly label: string | null;
  /** `rw-s`. */
  readonly letters: string;
  readonly flags: string;
  /** Those of `flags` that `letters` do not say. */
  readonly named: string;
  readonly vm_flags: number;
  readonly vm_pgoff: number;
  readonly file: string | null;
  /** Its `->mmap` still runs: neither the process nor rmap can see it. */
  readonly open: boolean;
  /** Entries of all levels that are not none, ascending. */
  readonly ptes: readonly PageView[];
}

export interface ProcessView {
  readonly mm: number;
  readonly rss: Readonly<Record<string, number>>;
  readonly vmas: readonly VmaView[];
  /** Entries that no VMA covers. */
  readonly stray: readonly PageView[];
}

export interface HeldFrame extends FrameView {
  /** Allocated, and nothing maps it, pins it or has it in a cache: its references are leaked. */
  readonly leaked: boolean;
}

/** A lane's state after some events. */
export interface WorldView {
  /** `arm`, or `arm@6.1`: as in the names of lanes. */
  readonly lane: string;
  readonly arch: string;
  readonly profile: string;
  readonly hasPteSpecial: boolean;
  readonly events: number;
  readonly processes: readonly ProcessView[];
  /** Frames that are mapped, in a page cache, allocated, or not as they started. */
  readonly frames: readonly HeldFrame[];
}

/** `events`: how many were applied. */
export function worldView(k: Kernel, events: number): WorldView {
  const mapped = new Set<number>();
  const processes = [...k.mms.values()].sort((a, b) => a.id - b.id).map((mm) => processView(k, mm, mapped));
  return {
    lane: laneName(k),
    arch: k.arch.name,
    profile: k.profile.name,
    hasPteSpecial: k.hasPteSpecial,
    events,
    processes,
    frames: framesOf(k, mapped).frames,
  };
}

function processView(k: Kernel, mm: Mm, mapped: Set<number>): ProcessView {
  const open = k.opened.get(mm.id)?.vma;
  const vmas = k.vmasOf(mm);
  const covered = (vpn: number): boolean => vmas.some((vma) => vpn >= vma.vm_start && vpn < vma.vm_end);
  const stray: PageView[] = [];
  const p = { lo: 0, hi: 0 };
  mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn, level) => {
    if (!covered(vpn)) stray.push(pageView(k, mm, undefined, vpn, level, p, mapped));
  });
  return {
    mm: mm.id,
    rss: Object.fromEntries(MM_COUNTER_NAMES.map((name, i) => [name, mm.rss[i]!])),
    vmas: vmas.map((vma) => vmaView(k, mm, vma, vma === open, mapped)),
    stray,
  };
}

function vmaView(k: Kernel, mm: Mm, vma: Vma, open: boolean, mapped: Set<number>): VmaView {
  const ptes: PageView[] = [];
  const p = { lo: 0, hi: 0 };
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn, level) => {
    ptes.push(pageView(k, mm, vma, vpn, level, p, mapped));
  });
  return {
    start: hexAddress(k.arch, vma.vm_start),
    end: hexAddress(k.arch, vma.vm_end),
    pages: vma.vm_end - vma.vm_start,
    label: mm.placeName(vma.vm_start)?.replace(/\[0\]$/, '') ?? null,
    letters: vmaLetters(vma.vm_flags),
    flags: flagNames(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k),
    named: flagNames(vmaFlags(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi)), k),
    vm_flags: vm_flags_wide(vma.vm_flags, vma.vm_flags_hi),
    vm_pgoff: vma.vm_pgoff,
    file: vma.vm_file?.name ?? null,
    open,
    ptes,
  };
}

function pageView(
  k: Kernel,
  mm: Mm,
  vma: Vma | undefined,
  vpn: number,
  level: Level,
  p: { readonly lo: number; readonly hi: number },
  mapped: Set<number>,
): PageView {
  const entry = describeEntry(k, vma, vpn, level, p);
  const present = entry.kind === 'present';
  if (present) noteMapped(k, entry, mapped);
  const hw =
    present && level === PTE && k.arch.hw_pte !== undefined ? (k.arch.hw_pte(p) >>> 0).toString(16) : undefined;
  const address = hexAddress(k.arch, vpn);
  const at = mm.placeName(vpn) ?? `0x${address}`;
  return { at, address, ...entry, ...(hw === undefined ? {} : { hw }) };
}

/** The first frame of an entry, and those of a huge one that have a name. */
function noteMapped(k: Kernel, { pfn, pages }: PteView, mapped: Set<number>): void {
  mapped.add(pfn);
  if (pages === 1) return;
  for (const named of Object.values(k.machine.spec.frames)) if (named >= pfn && named < pfn + pages) mapped.add(named);
}

/** The counts of the frames that `framesOf` would tell of, as one number: the same where they are the same. */
export function framesDigest(k: Kernel, mapped: ReadonlySet<number>): number {
  let digest = 0x811c9dc5;
  const add = (value: number): void => {
    digest = Math.imul(digest ^ value, 0x1000193) ^ (digest >>> 15);
  };
  const take = (pfn: number): void => {
    const valid = k.machine.pfn_valid(pfn);
    add(valid ? k.frames.get(pfn, F.count) : -7);
    if (valid) add(k.page_mapcount(pfn));
  };
  heldPfns(k, mapped).forEach(take);
  // a record at a time: thousands of them are asked for at each step of each lane
  k.frames.forEach(
    (pfn, leaf, at) => {
      if ((leaf[at + F.flags]! & PG.allocated) === 0) return;
      add(leaf[at + F.count]!);
      add(k.large_folio(pfn)?.large_mapcount ?? leaf[at + F.mapcount]!);
    },
    Allocator.start(k.machine),
    k.allocator.next,
  );
  return digest;
}

/** Pfns that somebody has, or that are not as they started. */
function heldPfns(k: Kernel, mapped: ReadonlySet<number>): Set<number> {
  const wanted = new Set(mapped);
  for (const pfn of k.pins) wanted.add(pfn);
  for (const file of k.files.values()) for (const pfn of file.page_cache.values()) wanted.add(pfn);
  for (const pfn of Object.values(k.machine.spec.frames)) if (differsFromStart(k, pfn)) wanted.add(pfn);
  return wanted;
}

function forEachAllocated(k: Kernel, visit: (pfn: number) => void): void {
  for (let pfn = Allocator.start(k.machine); pfn < k.allocator.next; pfn++) {
    if (k.frames.test(pfn, PG.allocated)) visit(pfn);
  }
}

/**
 * Those of `mapped`, and all that is pinned, in a page cache, allocated, or not as it started; of more than `most` the
 * first by their numbers, since each takes its time to be described.
 */
export function framesOf(
  k: Kernel,
  mapped: ReadonlySet<number>,
  most: number = Number.POSITIVE_INFINITY,
): { readonly frames: HeldFrame[]; readonly more: number } {
  const held = heldPfns(k, mapped);
  const wanted = new Set(held);
  forEachAllocated(k, (pfn) => wanted.add(pfn));
  const shown = wanted.size <= most ? [...wanted] : [...wanted].sort((a, b) => a - b).slice(0, most);
  const frames = shown
    .map((pfn) => ({ ...describeFrame(k, pfn), leaked: !held.has(pfn) && !k.frames.test(pfn, PG.swapcache) }))
    .map((frame) => ({ frame, last: unlabelled(frame), key: order(frame.label) }))
    .sort((a, b) => a.last - b.last || BY_TEXT.compare(a.key, b.key))
    .map(({ frame }) => frame);
  return { frames, more: wanted.size - shown.length };
}

/** Of thousands of frames the sorting would take longer than all else. */
const BY_TEXT = new Intl.Collator();

/** Frames without a label come last, by number. */
const unlabelled = ({ label, pfn }: { readonly label: string; readonly pfn: number }): number =>
  label.startsWith('pfn:') ? pfn : 0;

/** A labelled frame with a struct page, the zero page too, starts with its owner's reference and no mapping. */
function differsFromStart(k: Kernel, pfn: number): boolean {
  if (!k.machine.pfn_valid(pfn)) return false;
  return k.frames.get(pfn, F.count) !== 1 || k.frames.get(pfn, F.mapcount) !== 0;
}

/** P2 before P10. */
function order(label: string): string {
  return label.replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}
