// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which pfn the real allocator picked is known only once a page shows up in a dump, and not which of
 * several pages got which. Pages that the model put elsewhere are moved to the real frames here,
 * wherever they are mapped or held.
 */
import { type Folio, IdList, type Kernel, PG, PMD, PTE } from '@specialbit/core/kernel';
import { InternalError } from '@specialbit/events';

/** Carries out `moves` (pfn -> pfn); returns every move that this took, of bystanders too. */
export function renameFrames(k: Kernel, moves: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const all = new Map([...moves].filter(([from, to]) => from !== to));
  if (all.size === 0) return all;
  // whoever sits on a wanted frame, and does not move himself, makes room
  for (const to of [...all.values()]) {
    if (all.has(to) || !k.frames.test(k.page_folio(to), PG.allocated)) continue;
    const folio = k.large_folio(to);
    if (folio === undefined) all.set(to, spare(k, all));
    else moveAway(k, folio, all);
  }
  // two passes, so that cycles do not overwrite each other
  const away = new Map<number, number>();
  for (const from of all.keys()) {
    if (away.has(from)) continue;
    const folio = k.large_folio(from);
    if (folio === undefined) away.set(from, spare(k, all));
    else {
      const first = spareBlock(k, folio.order, all, away);
      for (let i = 0; i < folio.pages; i++) away.set(folio.id + i, first + i);
    }
  }
  const back = new Map([...all].map(([from, to]) => [away.get(from)!, to]));
  movePages(k, away);
  movePages(k, back);
  k.allocator.forget();
  return all;
}

/** A frame that nobody uses or wants. */
function spare(k: Kernel, moving: ReadonlyMap<number, number>): number {
  for (;;) {
    const pfn = k.allocator.next++;
    if (!k.machine.pfn_valid(pfn)) {
      k.allocator.next = k.machine.spec.ram[0]![0];
      continue;
    }
    const wanted = [...moving.values()].includes(pfn) || moving.has(pfn);
    if (!wanted && !k.machine.isLabelled(pfn) && !k.frames.test(k.page_folio(pfn), PG.allocated)) return pfn;
  }
}

/** A large folio that sits on a wanted frame goes elsewhere as a whole. */
function moveAway(k: Kernel, folio: Folio, all: Map<number, number>): void {
  const first = spareBlock(k, folio.order, all, all);
  for (let i = 0; i < folio.pages; i++) all.set(folio.id + i, first + i);
}

/** Frames for a folio of that order that nobody uses or wants. */
function spareBlock(
  k: Kernel,
  order: number,
  moving: ReadonlyMap<number, number>,
  taken: ReadonlyMap<number, number>,
): number {
  const size = 1 << order;
  const wanted = new Set([...moving.keys(), ...moving.values(), ...taken.values()]);
  for (const [start, end] of k.machine.spec.ram) {
    for (let at = end - (end % size) - size; at >= start; at -= size) {
      let free = true;
      for (let pfn = at; free && pfn < at + size; pfn++) {
        free = !wanted.has(pfn) && !k.machine.isLabelled(pfn) && !k.frames.test(k.page_folio(pfn), PG.allocated);
      }
      if (free) return at;
    }
  }
  throw new InternalError('no frames left to move a folio to');
}

function movePages(k: Kernel, moves: ReadonlyMap<number, number>): void {
  const p = { lo: 0, hi: 0 };
  const a = { lo: 0, hi: 0 };
  const b = { lo: 0, hi: 0 };
  const none = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    mm.pt.forEach(0, Number.MAX_SAFE_INTEGER, p, (vpn) => {
      if (!k.pte.present(p)) return;
      const from = k.pte.pfn(p);
      const to = moves.get(from);
      if (to === undefined) return;
      // the entry itself, and nothing that its architecture does about neighbours
      mm.pt.load(vpn, p);
      // pfn bits may be stored inverted: the difference of the two encodings is the same either way
      k.pte.pfn_pte(a, from, none);
      k.pte.pfn_pte(b, to, none);
      p.lo ^= a.lo ^ b.lo;
      p.hi ^= a.hi ^ b.hi;
      mm.pt.store(vpn, p);
    });
  }
  moveHuge(k, moves);
  const folios = k.heap.orders === 0 ? [] : k.heap.folios.values().filter(({ id }) => moves.has(id));
  for (const [from, to] of moves) k.frames.move(from, to);
  k.heap.moveFolios(folios, (pfn) => moves.get(pfn)!);
  k.pins.rename((pfn) => moves.get(pfn) ?? pfn);
  for (const file of k.files.values()) {
    for (const [index, pfn] of file.page_cache) {
      const to = moves.get(pfn);
      if (to !== undefined) file.setPage(index, to);
    }
  }
  for (const { id, cache } of k.swap.slots.values()) {
    const to = moves.get(cache);
    if (to !== undefined) k.swap.edit(id)!.cache = to;
  }
}

/** PMDs that map a folio which moves, the huge zero folio, and the deferred split list. */
function moveHuge(k: Kernel, moves: ReadonlyMap<number, number>): void {
  const { pmd } = k.arch;
  if (!k.thp.on || pmd === undefined) return;
  const p = { lo: 0, hi: 0 };
  const a = { lo: 0, hi: 0 };
  const b = { lo: 0, hi: 0 };
  const none = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    mm.pt.forEachEntry(0, Number.MAX_SAFE_INTEGER, p, (first, level) => {
      const to = level === PTE ? undefined : moves.get(pmd.pfn(p));
      if (to === undefined) return;
      pmd.pfn_pxd(a, pmd.pfn(p), none);
      pmd.pfn_pxd(b, to, none);
      p.lo ^= a.lo ^ b.lo;
      p.hi ^= a.hi ^ b.hi;
      mm.pt.setHuge(PMD, first, p);
    });
  }
  for (const { level, free } of k.hugetlb.state.hstates)
    if (free.some((pfn) => moves.has(pfn))) k.hugetlb.change(level, { free: free.map((pfn) => moves.get(pfn) ?? pfn) });
  const { huge_zero_pfn, deferred } = k.thp.state;
  k.thp.change({
    huge_zero_pfn: moves.get(huge_zero_pfn) ?? huge_zero_pfn,
    deferred: IdList.of([...deferred].map((pfn) => moves.get(pfn) ?? pfn)),
  });
}
