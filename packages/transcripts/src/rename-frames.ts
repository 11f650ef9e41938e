// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which pfn the real allocator picked is known only once a page shows up in a dump, and not which of
 * several pages got which. Pages that the model put elsewhere are moved to the real frames here,
 * wherever they are mapped or held.
 */
import { type Kernel, PG } from '@specialbit/core/kernel';

/** Carries out `moves` (pfn -> pfn); returns every move that this took, of bystanders too. */
export function renameFrames(k: Kernel, moves: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const all = new Map([...moves].filter(([from, to]) => from !== to));
  if (all.size === 0) return all;
  // whoever sits on a wanted frame, and does not move himself, makes room
  for (const to of [...all.values()]) {
    if (!all.has(to) && k.frames.test(to, PG.allocated)) all.set(to, spare(k, all));
  }
  // two passes, so that cycles do not overwrite each other
  const away = new Map([...all.keys()].map((from) => [from, spare(k, all)]));
  const back = new Map([...all].map(([from, to]) => [away.get(from)!, to]));
  movePages(k, away);
  movePages(k, back);
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
    if (!wanted && !k.machine.isLabelled(pfn) && !k.frames.test(pfn, PG.allocated)) return pfn;
  }
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
      // pfn bits may be stored inverted: the difference of the two encodings is the same either way
      k.pte.pfn_pte(a, from, none);
      k.pte.pfn_pte(b, to, none);
      p.lo ^= a.lo ^ b.lo;
      p.hi ^= a.hi ^ b.hi;
      mm.pt.set(vpn, p);
    });
  }
  for (const [from, to] of moves) k.frames.move(from, to);
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
