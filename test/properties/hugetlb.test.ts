// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Counts and reservations of huge pages of hugetlb after random events, and that all of it is settled at the end.
 * `HUGETLB_EVENTS=100000` plays so many on each lane, `HUGETLB_SEED` begins elsewhere.
 */
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { createWorld, findProfile, kernelOptions, laneOf } from '@specialbit/core';
import { applyTo, type Kernel, openWorld, PG, PMD } from '@specialbit/core/kernel';
import { decodeEvent, decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { random } from './folios.testkit.js';

type Json = Readonly<Record<string, unknown>>;

const EVENTS = Number(process.env.HUGETLB_EVENTS ?? 240);
const SEED = Number(process.env.HUGETLB_SEED ?? 1);
/** Huge pages of a mapping, and of the pool; few enough that it runs out. */
const LONG = 3;
const POOL = 5;
const HEADER = { hugetlb: { nr_hugepages: POOL, nr_overcommit_hugepages: 1 }, files: { h: 'hugetlbfs' } };
const PLACES = { a: 0x40000000, s: 0x50000000, p: 0x60000000 } as const;
const all = [...x86, ...special];

/** Small numbers below a bound. */
type Draw = (below: number) => number;

class Run {
  readonly log: Json[] = [];
  readonly k: Kernel;
  private readonly pmd: number;

  constructor(
    name: string,
    private readonly kernel: string,
    private readonly draw: Draw,
  ) {
    const arch = all.find((one) => one.name === name)!;
    const lane = laneOf(decodeHeader({ specialbit: 1, ...HEADER }), arch, findProfile(kernel)!);
    this.k = openWorld(kernelOptions(lane), createWorld(lane));
    this.pmd = arch.pmd!.pages;
    const flags = 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED';
    const pages = LONG * this.pmd;
    this.play({
      type: 'mmap',
      label: 's',
      at: hex(PLACES.s),
      pages,
      prot: 'rw',
      flags: 'MAP_SHARED|MAP_FIXED',
      file: 'h',
    });
    this.play({ type: 'mmap', label: 'a', at: hex(PLACES.a), pages: pages - this.pmd, prot: 'rw', flags });
    this.play({
      type: 'mmap',
      label: 'p',
      at: hex(PLACES.p),
      pages,
      prot: 'rw',
      flags: 'MAP_PRIVATE|MAP_NORESERVE|MAP_FIXED',
      file: 'h',
    });
  }

  play(json: Json): void {
    this.log.push(json);
    const out = applyTo(this.k, decodeEvent(json));
    const wrong = out.crash === null ? violations(this.k) : [out.crash.what];
    if (wrong.length === 0) return;
    throw new Error(`${wrong.join('; ')}\n${this.text()}`);
  }

  private text(): string {
    const lines = [{ specialbit: 1, profile: `linux-${this.kernel}`, ...HEADER }, ...this.log];
    return lines.map((line) => JSON.stringify(line)).join('\n');
  }

  choose(): Json {
    const { draw, pmd } = this;
    const size = this.k.arch.page.size;
    const mms = [...this.k.mms.keys()];
    const mm = mms[draw(mms.length)]!;
    const place = (['a', 's', 'p'] as const)[draw(3)]!;
    const first = draw(LONG);
    const pages = (draw(LONG - first) + 1) * pmd;
    const at = hex(PLACES[place] + first * pmd * size);
    const range = { mm, at, pages };
    const free = [1, 2, 3].find((id) => !mms.includes(id));
    const pick = draw(100);
    if (pick < 30) return { type: 'write', mm, at };
    if (pick < 40) return { type: 'read', mm, at };
    if (pick < 50 && free !== undefined) return { type: 'fork', mm, child: free };
    if (pick < 57 && mms.length > 1) return { type: 'exit', mm };
    if (pick < 65)
      return { type: 'madvise', ...range, advice: ['MADV_DONTNEED', 'MADV_REMOVE', 'MADV_POPULATE_WRITE'][draw(3)] };
    if (pick < 70) return { type: 'mprotect', ...range, prot: ['r', 'rw', 'none'][draw(3)] };
    if (pick < 76) return { type: 'munmap', ...range };
    if (pick < 80) return { type: 'pin_user_pages', mm, at, write: draw(2) === 0, hold: true };
    if (pick < 84) return { type: 'unpin_user_pages' };
    if (pick < 87) return { type: 'fpunch', file: 'h', pgoff: first * pmd, pages };
    if (pick < 90) return { type: 'truncate', file: 'h', pages: draw(LONG + 1) * pmd };
    if (pick < 94) return this.move(mm, PLACES[place] + first * pmd * size) ?? { type: 'read', mm, at };
    if (pick < 96) return { type: 'tune', key: 'nr_hugepages', value: POOL - 1 + draw(3) };
    const flags = `MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED${draw(2) === 0 ? '|MAP_NORESERVE' : ''}`;
    return { type: 'mmap', mm, at, pages, prot: 'rw', flags };
  }

  /**
   * A whole mapping: where a part of a private one moves, what the rest had reserved stays reserved for nobody
   * (clear_vma_resv_huge_pages(), mm/hugetlb.c).
   */
  private move(mm: number, address: number): Json | undefined {
    const size = this.k.arch.page.size;
    const vma = this.k.mms.get(mm)!.vma_lookup(address / size);
    if (vma === undefined) return undefined;
    const { pages, vm_start } = vma;
    return {
      type: 'mremap',
      mm,
      at: hex(vm_start * size),
      pages,
      new_pages: pages,
      to: hex(vm_start * size + 0x8000000),
    };
  }

  /** Everybody lets go of everything: the pool is as it was made. */
  end(): void {
    this.play({ type: 'unpin_user_pages' });
    for (const mm of [...this.k.mms.keys()]) this.play({ type: 'exit', mm });
    this.play({ type: 'truncate', file: 'h', pages: 0 });
    this.play({ type: 'tune', key: 'nr_hugepages', value: POOL });
    const { hstates, maps } = this.k.hugetlb.state;
    const { nr_huge_pages, free, resv_huge_pages, surplus_huge_pages } = hstates[0]!;
    expect([nr_huge_pages, free.length, resv_huge_pages, surplus_huge_pages, maps], this.text()).toEqual([
      POOL,
      POOL,
      0,
      0,
      [],
    ]);
  }
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** What does not hold. */
function violations(k: Kernel): string[] {
  const wrong: string[] = [];
  const seen = new Map<number, number>();
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    for (const vma of mm.vmas) {
      mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (_, level) => {
        const folio = level === PMD ? k.large_folio(k.arch.pmd!.pfn(p)) : undefined;
        if (folio === undefined) wrong.push('an entry of no huge page');
        else seen.set(folio.id, (seen.get(folio.id) ?? 0) + 1);
      });
    }
    if (mm.rss.some((pages) => pages !== 0)) wrong.push(`mm ${mm.id}: rss ${mm.rss}`);
  }
  const [h] = k.hugetlb.state.hstates;
  const free = new Set(h!.free);
  let folios = 0;
  let owed = 0;
  for (const folio of k.heap.folios.values()) {
    folios++;
    if (folio.restore_reserve) owed++;
    const { id, large_mapcount, entire_mapcount, pincount, pages } = folio;
    const mapped = seen.get(folio.id) ?? 0;
    const anon = k.test_anon(id);
    const cached = !anon && [...k.files.values()].some((file) => [...file.page_cache].some(([, page]) => page === id));
    const held = mapped + pincount + (cached ? (k.feature.hugetlb_cache_references ? pages : 1) : 0);
    if (large_mapcount !== mapped || entire_mapcount !== mapped)
      wrong.push(`${id}: ${large_mapcount} mappings, not ${mapped}`);
    if (k.page_count(id) !== held) wrong.push(`${id}: ${k.page_count(id)} references, not ${held}`);
    if ((held === 0) !== free.has(id)) wrong.push(`${id}: ${held} references, and ${free.has(id) ? '' : 'not '}free`);
    if (mapped > 1 && k.frames.test(id, PG.anon_exclusive)) wrong.push(`${id}: exclusive, and mapped ${mapped} times`);
  }
  if (folios !== h!.nr_huge_pages) wrong.push(`${folios} pages, nr_huge_pages ${h!.nr_huge_pages}`);
  if (h!.surplus_huge_pages < 0 || h!.surplus_huge_pages > h!.nr_huge_pages)
    wrong.push(`surplus ${h!.surplus_huge_pages}`);
  if (h!.resv_huge_pages > h!.free.length) wrong.push(`${h!.resv_huge_pages} reserved of ${h!.free.length}`);
  // a page that was unmapped gives its reservation back when it is free: pinned, or mapped by a child, it may owe it
  if (h!.resv_huge_pages + owed < 0) wrong.push(`${h!.resv_huge_pages} reserved, ${owed} to come back`);
  return wrong;
}

describe.each(['x86_64', 'arm64'])('hugetlb of %s', (name) => {
  it.each(['6.1', '6.12', '6.18', '7.3'])('on %s', (kernel) => {
    const next = random(SEED);
    const draw: Draw = (below) => Math.floor(next() * below);
    for (let left = EVENTS; left > 0; left -= 60) {
      const run = new Run(name, kernel, draw);
      for (let i = 0; i < Math.min(60, left); i++) run.play(run.choose());
      run.end();
    }
  });
});
