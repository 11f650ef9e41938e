// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages that an event allocates get the same identity in every lane. */
import { F } from '../machine/frame-table.js';
import { PTE } from '../mm/level.js';
import { birthIdentity, type LabelNumbers, type Newborn } from './frame-identity.js';
import type { Lane } from './lane.js';
import { pageKey } from './scene.js';

/**
 * Names the pages that event `index` allocated (-1: that were there at the start). Returns the identities
 * of pages that it freed, possibly more than once.
 */
export function nameNewborn(lanes: readonly Lane[], labels: LabelNumbers, index: number): readonly number[] {
  const gone: number[] = [];
  let most = 0;
  let alike = true;
  const born: (readonly Newborn[])[] = [];
  for (const lane of lanes) {
    const pages = index < 0 ? initialPages(lane) : lane.ids.settle(lane.k, lane.touched, gone);
    if (born.length > 0 && pages.length !== born[0]!.length) alike = false;
    most = Math.max(most, pages.length);
    born.push(pages);
  }
  if (most === 0) return gone;
  const first = labels.names.length;
  if (alike) {
    for (const [l, lane] of lanes.entries()) {
      for (const [n, { pfn, seq }] of born[l]!.entries()) lane.ids.name(pfn, seq, birthIdentity(index, n, first));
    }
    return gone;
  }
  // some lane allocated what another did not: by where the pages are mapped
  const places = new Map<string, number>();
  let next = 0;
  for (const [l, lane] of lanes.entries()) {
    const mapped = placesOfNewborn(lane, new Set(born[l]!.map(({ pfn }) => pfn)));
    for (const { pfn, seq } of born[l]!) {
      const place = mapped.get(pfn) ?? `lane ${l}: ${pfn}`;
      let n = places.get(place);
      if (n === undefined) {
        n = next++;
        places.set(place, n);
      }
      lane.ids.name(pfn, seq, birthIdentity(index, n, first));
    }
  }
  return gone;
}

/** Pages of files that are in the page cache from the start, in the order of their allocation. */
function initialPages(lane: Lane): Newborn[] {
  const pages: Newborn[] = [];
  for (const file of lane.k.files.values()) {
    for (const pfn of file.page_cache.values()) pages.push({ pfn, seq: lane.k.frames.get(pfn, F.seq) });
  }
  return pages.sort((a, b) => a.seq - b.seq);
}

/** Where each of the pages is mapped, or which page of a file it is. */
function placesOfNewborn(lane: Lane, pfns: ReadonlySet<number>): Map<number, string> {
  const { k, touched } = lane;
  const found = new Map<number, string>();
  const p = { lo: 0, hi: 0 };
  for (let i = 0; i < touched.ptes && found.size < pfns.size; i++) {
    if (touched.level[i] !== PTE) continue;
    const mm = touched.mm[i]!;
    const table = k.mms.get(mm)?.pt;
    if (table === undefined) continue;
    table.get(touched.vpn[i]!, p);
    if (!k.pte.present(p)) continue;
    const pfn = k.pte.pfn(p);
    if (!pfns.has(pfn) || found.has(pfn)) continue;
    const key = pageKey(lane, mm, touched.vpn[i]!);
    found.set(pfn, `${key.mm}/${key.id}/${key.page}`);
  }
  return found;
}
