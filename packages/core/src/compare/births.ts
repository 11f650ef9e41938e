// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages that an event allocates get the same identity in every lane. */
import { F } from '../machine/frame-table.js';
import { PTE } from '../mm/level.js';
import { birthIdentity, type LabelNumbers, type Newborn } from './frame-identity.js';
import { FRAME } from './gathered.js';
import type { Lane } from './lane.js';
import { pageKey } from './scene.js';

/**
 * Names the pages that event `index` allocated (-1: that were there at the start). Returns the identities
 * of pages that it freed, possibly more than once.
 *
 * Lanes that have allocated and freed the same frames so far have their births in one table, that of the first of
 * them, which is the only one to look things up and to write: of many lanes most are alike.
 */
export function nameNewborn(lanes: readonly Lane[], labels: LabelNumbers, index: number): readonly number[] {
  if (index >= 0 && lanes.every(touchedNoFrame)) return NONE;
  if (index >= 0 && sameAsBefore(lanes)) return NONE;
  const gone: number[] = [];
  const born: (readonly Newborn[])[] = [];
  const leads = index < 0 ? leadsAtStart(lanes, born) : leadsOf(lanes);
  let most = 0;
  let alike = true;
  for (let l = 0; l < lanes.length; l++) {
    const lead = leads[l]!;
    const { ids, touched, gathered } = lanes[l]!;
    if (index >= 0) born.push(lead === l ? ids.settle(touched, gathered, gone) : born[lead]!);
    const { length } = born[l]!;
    if (length !== born[0]!.length) alike = false;
    if (length > most) most = length;
  }
  const numbers = alike ? null : byPlaces(lanes, born);
  if (numbers !== null) {
    // the same frames, mapped elsewhere
    for (let l = 0; l < lanes.length; l++) {
      if (leads[l] === l || sameList(numbers[l]!, numbers[leads[l]!]!)) continue;
      lanes[l]!.ids.shareBirths(lanes[leads[l]!]!.ids);
      lanes[l]!.ids.partBirths();
      leads[l] = l;
    }
  }
  const first = labels.names.length;
  for (let l = 0; l < lanes.length; l++) {
    const { ids } = lanes[l]!;
    const lead = leads[l]!;
    if (lead !== l) {
      ids.shareBirths(lanes[lead]!.ids);
      continue;
    }
    const pages = born[l]!;
    for (let n = 0; n < pages.length; n++) {
      const { pfn, seq } = pages[n]!;
      ids.name(pfn, seq, birthIdentity(index, numbers === null ? n : numbers[l]![n]!, first));
    }
  }
  return gone;
}

/** The usual case: all lanes have one table of births, wrote the same frames, and none of these came or went. */
function sameAsBefore(lanes: readonly Lane[]): boolean {
  const first = lanes[0]!;
  for (let l = 1; l < lanes.length; l++) {
    if (!lanes[l]!.ids.sharesBirths(first.ids) || !wroteSameFrames(first, lanes[l]!)) return false;
  }
  return first.ids.knowsAll(first.touched.frameCount, first.gathered);
}

/** For each lane the first one with which it shares its births after this event; one that parts gets a table of its own. */
function leadsOf(lanes: readonly Lane[]): number[] {
  const leads: number[] = [];
  for (let l = 0; l < lanes.length; l++) {
    const lane = lanes[l]!;
    let lead = l;
    let parts = false;
    for (let m = 0; m < l && lead === l; m++) {
      if (leads[m] !== m || !lanes[m]!.ids.sharesBirths(lane.ids)) continue;
      if (wroteSameFrames(lanes[m]!, lane)) lead = m;
      else parts = true;
    }
    if (lead === l && parts) lane.ids.partBirths();
    leads.push(lead);
  }
  return leads;
}

/** The same frames, in the same order, and they are the same allocations now. */
function wroteSameFrames(a: Lane, b: Lane): boolean {
  const { frameCount } = a.touched;
  if (b.touched.frameCount !== frameCount) return false;
  const here = a.gathered.frames;
  const there = b.gathered.frames;
  for (let at = 0; at < frameCount * FRAME.size; at += FRAME.size) {
    if (there[at] !== here[at] || there[at + FRAME.seq] !== here[at + FRAME.seq]) return false;
  }
  return true;
}

/** The same before the first event; fills `born`. */
function leadsAtStart(lanes: readonly Lane[], born: (readonly Newborn[])[]): number[] {
  return lanes.map((lane, l) => {
    const pages = initialPages(lane);
    born.push(pages);
    const same = (of: readonly Newborn[]): boolean =>
      of.length === pages.length && of.every(({ pfn, seq }, i) => pfn === pages[i]!.pfn && seq === pages[i]!.seq);
    return Math.min(l, born.findIndex(same));
  });
}

/** Some lane allocated what another did not: which page is which, by where they are mapped. */
function byPlaces(lanes: readonly Lane[], born: readonly (readonly Newborn[])[]): number[][] {
  const places = new Map<string, number>();
  return lanes.map((lane, l) => {
    const mapped = placesOfNewborn(lane, new Set(born[l]!.map(({ pfn }) => pfn)));
    return born[l]!.map(({ pfn }) => {
      const place = mapped.get(pfn) ?? `lane ${l}: ${pfn}`;
      const n = places.get(place) ?? places.size;
      places.set(place, n);
      return n;
    });
  });
}

const NONE: readonly number[] = [];
const touchedNoFrame = ({ touched }: Lane): boolean => touched.frameCount === 0;

function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.every((number, i) => number === b[i]);
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
