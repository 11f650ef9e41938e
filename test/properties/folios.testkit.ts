// SPDX-License-Identifier: GPL-2.0-or-later
/** Random events on memory of large folios, and what must hold after each of them. */
import { createWorld, findProfile, kernelOptions, type LaneOptions, laneOf } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import {
  applyTo,
  F,
  type Folio,
  folio_maybe_mapped_shared,
  type Kernel,
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_SHMEMPAGES,
  openWorld,
  PG,
  PMD,
  PTE,
  vm_normal_page,
  vm_normal_page_huge,
} from '@specialbit/core/kernel';
import { decodeEvent, decodeHeader, type LogEvent } from '@specialbit/events';

type Json = Readonly<Record<string, unknown>>;

/** mulberry32. */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Folios of orders 2 to 4, 5 to 8, or of a PMD (9). */
export type Size = 'small' | 'middle' | 'pmd';

const HEADER: Readonly<Record<Size, Json>> = {
  small: {
    thp: Object.fromEntries([2, 3, 4].map((order) => [`hugepages-order${order}/enabled`, 'always'])),
    files: { tmp: { kind: 'shmem', pages: 64 }, dev: 'device' },
    blocks: { C0: { order: 3, compound: true } },
  },
  middle: {
    thp: Object.fromEntries([5, 6, 7, 8].map((order) => [`hugepages-order${order}/enabled`, 'always'])),
    files: { tmp: { kind: 'shmem', pages: 512 }, dev: 'device' },
    blocks: { C0: { order: 6, compound: true } },
  },
  pmd: {
    thp: { enabled: 'always', 'hugepages-order4/enabled': 'inherit' },
    files: { tmp: { kind: 'shmem', pages: 1024, huge: 'always' }, dev: 'device' },
    blocks: { C0: { order: 'pmd', compound: true } },
  },
};

/** One world after the other, each a short log. */
export class FolioRun {
  private readonly lane: LaneOptions;
  private readonly next: () => number;
  private k: Kernel;
  private log: Json[] = [];
  private readonly pages: number;
  /**
   * A huge PMD without rights is not present for arm with LPAE (arch/arm/include/asm/pgtable-3level.h), and the kernel loses count
   * of it: of that no invariant holds.
   */
  private readonly prots: readonly string[];
  events = 0;

  constructor(
    arch: Architecture,
    kernel: string,
    private readonly size: Size,
    seed: number,
  ) {
    this.lane = laneOf(decodeHeader({ specialbit: 1, ...HEADER[size] }), arch, findProfile(kernel)!);
    this.prots = arch.name === 'arm-lpae' && size === 'pmd' ? ['r', 'rw'] : ['r', 'rw', 'none'];
    this.next = random(seed);
    this.pages = { small: 48, middle: arch.pmd!.pages, pmd: 2 * arch.pmd!.pages }[size];
    this.k = this.restart();
  }

  /** The log of the present world: at most 60 events behind those that map memory. */
  get history(): { readonly lane: LaneOptions; readonly events: readonly LogEvent[] } {
    return { lane: this.lane, events: this.log.map((json) => decodeEvent(json)) };
  }

  /** Plays so many events. Throws with the log at the first that leaves something wrong. */
  play(events: number): void {
    for (let i = 0; i < events; i++) {
      if (this.log.length >= 60) this.k = this.restart();
      this.step();
    }
  }

  private step(): void {
    const json = this.choose();
    this.log.push(json);
    this.events++;
    const event: LogEvent = decodeEvent(json);
    const out = applyTo(this.k, event);
    const wrong = out.crash !== null ? [`${out.crash.where}: ${out.crash.what}`] : violations(this.k);
    if (wrong.length === 0) return;
    const lines = [{ specialbit: 1, ...HEADER[this.size] }, ...this.log].map((line) => JSON.stringify(line));
    const { arch, profile } = this.lane;
    throw new Error(`${arch.name}@${profile!.name}: ${wrong.slice(0, 6).join('; ')}\n${lines.join('\n')}`);
  }

  private restart(): Kernel {
    const options = kernelOptions(this.lane);
    const k = openWorld(options, createWorld(this.lane));
    this.log = [];
    const map = (label: string, at: string, more: Json): void => {
      const json = { type: 'mmap', label, at, pages: this.pages, prot: 'rw', ...more };
      this.log.push(json);
      applyTo(k, decodeEvent(json));
    };
    map('a', '0x40000000', { flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
    map('f', '0x48000000', { flags: 'MAP_SHARED|MAP_FIXED', file: 'tmp' });
    map('p', '0x50000000', { flags: 'MAP_PRIVATE|MAP_FIXED', file: 'tmp' });
    map('d', '0x58000000', { flags: 'MAP_SHARED|MAP_FIXED', file: 'dev', pages: 8 });
    return k;
  }

  private below(n: number): number {
    return Math.floor(this.next() * n);
  }

  private of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  private choose(): Json {
    const mms = [...this.k.mms.keys()];
    const mm = this.of(mms);
    const label = this.of(['a', 'a', 'a', 'f', 'p']);
    const page = this.below(this.pages);
    const at = `0x${({ a: 0x40000000, f: 0x48000000, p: 0x50000000 }[label]! + page * this.lane.arch.page.size).toString(16)}`;
    const some = Math.min(this.pages - page, this.of([1, 1, 4, 16, this.below(this.pages) + 1]));
    const range = { mm, at, pages: some };
    const free = [1, 2, 3, 4].find((id) => !mms.includes(id));
    const pick = this.below(100);
    if (pick < 30) return { type: 'write', mm, at, value: this.below(2) };
    if (pick < 36) return { type: 'read', mm, at };
    if (pick < 44 && free !== undefined) return { type: 'fork', mm, child: free };
    if (pick < 48 && mms.length > 1) return { type: 'exit', mm };
    if (pick < 54) return { type: 'munmap', ...range };
    if (pick < 58) return { type: 'mprotect', ...range, prot: this.of(this.prots) };
    if (pick < 70) return { type: 'madvise', ...range, advice: this.of(ADVICES) };
    if (pick < 74) return { type: 'split_folio', mm, at: this.mapped(mm) ?? at, order: this.of([0, 0, 2, 3]) };
    if (pick < 79) return { type: 'shrink', ...(this.below(2) === 0 ? { nr_to_scan: 1 } : {}) };
    if (pick < 83) return { type: 'pin_user_pages', mm, at, write: this.below(2) === 0, hold: true };
    if (pick < 87) return { type: 'unpin_user_pages' };
    if (pick < 90) return { type: 'fwrite', file: 'tmp', pgoff: page, value: 3 };
    if (pick < 92) return { type: 'fpunch', file: 'tmp', pgoff: page, pages: some };
    if (pick < 94) return { type: this.of(['mlock', 'munlock']), ...range };
    if (pick < 97) {
      const i = this.below(8);
      const there = this.k.mms.get(mm)!.vma_lookup(0x58000000 / this.lane.arch.page.size + i) !== undefined;
      const addr = `0x${(0x58000000 + i * this.lane.arch.page.size).toString(16)}`;
      if (there) return { type: 'vm_insert_page', mm, at: addr, frame: i === 0 ? 'C0' : `C0+${i}` };
    }
    return { type: 'mmap', mm, at, pages: some, prot: 'rw', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' };
  }

  /** A place where something is mapped. */
  private mapped(mm: number): string | undefined {
    const space = this.k.mms.get(mm)!;
    const vma = this.of([...space.vmas]);
    if (vma === undefined) return undefined;
    const vpn = vma.vm_start + this.below(vma.vm_end - vma.vm_start);
    return `0x${(vpn * this.lane.arch.page.size).toString(16)}`;
  }
}

const ADVICES = [
  'MADV_DONTNEED',
  'MADV_DONTNEED',
  'MADV_FREE',
  'MADV_COLD',
  'MADV_PAGEOUT',
  'MADV_COLLAPSE',
  'MADV_COLLAPSE',
  'MADV_NOHUGEPAGE',
  'MADV_HUGEPAGE',
  'MADV_POPULATE_WRITE',
];

/** What page tables map of a folio. */
interface Seen {
  readonly ptes: Uint16Array;
  pmds: number;
  readonly mms: Set<number>;
}

/** What does not hold. */
function violations(k: Kernel): string[] {
  const wrong: string[] = [];
  const folios = new Map<number, Seen>();
  const small = new Map<number, number>();
  const p = { lo: 0, hi: 0 };
  const see = (page: number, mm: number): Seen | undefined => {
    const folio = k.large_folio(page);
    if (folio === undefined) return undefined;
    let seen = folios.get(folio.id);
    if (seen === undefined) {
      seen = { ptes: new Uint16Array(folio.pages), pmds: 0, mms: new Set() };
      folios.set(folio.id, seen);
    }
    seen.mms.add(mm);
    return seen;
  };
  for (const mm of k.mms.values()) {
    const rss = [0, 0, 0, 0];
    for (const vma of mm.vmas) {
      mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (first, level) => {
        const pages = level === PTE ? 1 : k.arch.pmd!.pages;
        if (level === PTE ? !k.pte.present(p) : level !== PMD || !k.arch.pmd!.present(p)) return;
        const page = level === PTE ? vm_normal_page(k, vma, first, p) : vm_normal_page_huge(k, vma, first, PMD, p);
        if (page < 0) return;
        rss[
          k.test_anon(page)
            ? MM_ANONPAGES
            : k.frames.test(k.page_folio(page), PG.swapbacked)
              ? MM_SHMEMPAGES
              : MM_FILEPAGES
        ]! += pages;
        const seen = see(page, mm.id);
        if (seen === undefined) small.set(page, (small.get(page) ?? 0) + 1);
        else if (level === PMD) seen.pmds++;
        else seen.ptes[page - k.page_folio(page)]!++;
      });
    }
    for (const counter of [MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES])
      if (mm.rss[counter] !== rss[counter]) wrong.push(`mm ${mm.id}: rss ${mm.rss} and not ${rss}`);
  }
  for (const folio of k.heap.folios.values()) folioViolations(k, folio, folios.get(folio.id), wrong);
  for (const [page, ptes] of small) {
    const mapcount = k.frames.get(page, F.mapcount);
    if (mapcount !== ptes) wrong.push(`page ${page}: mapcount ${mapcount} and not ${ptes}`);
    if (k.page_count(page) < mapcount)
      wrong.push(`page ${page}: ${k.page_count(page)} references of ${mapcount} mappings`);
    if (ptes > 1 && k.frames.test(page, PG.anon_exclusive))
      wrong.push(`page ${page}: exclusive, and mapped ${ptes} times`);
  }
  for (const head of k.thp.state.deferred) {
    const folio = k.large_folio(head);
    if (folio === undefined || folio.id !== head) wrong.push(`deferred split list: ${head} is no folio`);
    else if (folio.large_mapcount === 0 && folio.pincount === 0) wrong.push(`deferred split list: nobody maps ${head}`);
  }
  return wrong;
}

function folioViolations(k: Kernel, folio: Folio, seen: Seen | undefined, wrong: string[]): void {
  const { id, large_mapcount, entire_mapcount, pincount, pages } = folio;
  const say = (text: string): void => void wrong.push(`folio ${id}: ${text}`);
  let ptes = 0;
  let some = 0;
  for (let i = 0; seen !== undefined && i < pages; i++) {
    const n = seen.ptes[i]!;
    ptes += n;
    if (n > 0) some++;
    const counted = k.feature.no_page_mapcount || k.feature.total_mapped_pages ? 0 : n;
    const own = k.frames.get(id + i, F.mapcount);
    if (own !== counted) say(`page ${i} is mapped ${n} times, its count is ${own}`);
    if (n + seen.pmds > 1 && n > 0 && k.frames.test(id + i, PG.anon_exclusive))
      say(`page ${i} is exclusive and mapped ${n} + ${seen.pmds} times`);
  }
  const pmds = seen?.pmds ?? 0;
  if (pmds > 1 && k.frames.test(id, PG.anon_exclusive)) say(`is exclusive and mapped by ${pmds} PMDs`);
  if (large_mapcount !== ptes + pmds) say(`folio_mapcount ${large_mapcount}, mapped by ${ptes} PTEs and ${pmds} PMDs`);
  if (entire_mapcount !== pmds) say(`_entire_mapcount ${entire_mapcount}, mapped by ${pmds} PMDs`);
  if (!k.feature.no_page_mapcount && !k.feature.total_mapped_pages) {
    const mapped = some + (pmds > 0 ? 0x800000 : 0);
    if (folio.nr_pages_mapped !== mapped) say(`_nr_pages_mapped ${folio.nr_pages_mapped} and not ${mapped}`);
  }
  if (id === k.huge_zero_pfn) return;
  const anon = k.test_anon(id);
  const cached = !anon && k.frames.get(id, F.mapping) !== 0 ? pages : 0;
  const own = k.machine.isLabelled(id) ? 1 : 0;
  const held = ptes + pmds + pincount + cached + own;
  const count = k.page_count(id);
  if (count !== held) say(`${count} references and not ${held}`);
  if (k.feature.mm_id && (seen?.mms.size ?? 0) > 1 && !folio_maybe_mapped_shared(k, id))
    say('looks exclusive, and is shared');
}
