// SPDX-License-Identifier: GPL-2.0-or-later
/** What the comparison of one event works on, and names for what is the same in every lane. */
import type { JournaledMap } from '../mm/journaled-map.js';
import type { Drafts } from './draft.js';
import type { Lane } from './lane.js';
import type { OpenDifferences } from './open-differences.js';
import type { PageKey } from './page-key.js';
import type { SeenFrames } from './seen-frames.js';
import type { SeenPages } from './seen-pages.js';

/** What was read of a frame in every lane when it was last seen to differ. */
export type KnownFrames = JournaledMap<number, readonly number[]>;

/** What the comparison of memory needs of the comparison it belongs to. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly drafts: Drafts;
  readonly open: OpenDifferences;
  readonly knownFrames: KnownFrames;
  /** What is read of the frame that is being compared, all lanes one behind the other. */
  readonly frameNow: number[];
  /** Where the frame that is being compared is, a lane each. */
  readonly framePfns: number[];
  /** Frames that were compared in this event, by their identities. */
  readonly seenFrames: SeenFrames;
  /** Where VMAs that were compared in this event begin. */
  readonly seenVmas: SeenPages;
  /** `ring` for the mapping that an event made. */
  mappingName(id: number): string;
}

export function pageKey(lane: Lane, mm: number, vpn: number): PageKey {
  const piece = lane.placesOf(mm).find(vpn);
  if (piece === undefined) return { mm, id: -1, page: vpn * lane.k.arch.page.size };
  return { mm, id: piece.id, page: vpn - piece.base };
}

/** Where the page is in a lane; undefined when the lane has no such mapping. */
export function vpnIn(lane: Lane, key: PageKey): number | undefined {
  if (key.id < 0) return Math.floor(key.page / lane.k.arch.page.size);
  return lane.places.get(key.mm)?.vpn(key.id, key.page);
}

export function pageName(scene: Pick<Scene, 'mappingName'>, key: PageKey): string {
  const place = key.id < 0 ? `0x${key.page.toString(16)}` : `${scene.mappingName(key.id)}[${key.page}]`;
  return key.mm === 0 ? place : `mm ${key.mm} ${place}`;
}

/** The i-th PTE that a lane touched is that of the same page as the i-th of the first lane. */
export function touchedAlike(first: Lane, lane: Lane, i: number): boolean {
  const mm = lane.touched.mm[i]!;
  if (i >= first.touched.ptes || first.touched.mm[i] !== mm) return false;
  const here = lane.placesOf(mm).find(lane.touched.vpn[i]!);
  const there = first.placesOf(mm).find(first.touched.vpn[i]!);
  if (here === undefined || there === undefined) return false;
  return here.id === there.id && lane.touched.vpn[i]! - here.base === first.touched.vpn[i]! - there.base;
}
