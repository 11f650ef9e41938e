// SPDX-License-Identifier: GPL-2.0-or-later
/** Frames that an event touched, lane beside lane. */
import { frameLabel, pageFlagNames } from '../explain/names.js';
import { F, FRAME_FIELDS, type FrameLeaf, PG } from '../machine/frame-table.js';
import { type Drafts, same } from './draft.js';
import { isOneFrame } from './frame-identity.js';
import { FRAME } from './gathered.js';
import type { Lane } from './lane.js';
import type { Thing } from './open-differences.js';
import type { Scene } from './scene.js';

const MAJOR_FLAGS = PG.anon | PG.anon_exclusive | PG.reserved | PG.swapcache | PG.mlocked | PG.unevictable;
const MINOR_FLAGS = PG.dirty | PG.referenced | PG.active;

/** Of a frame that nothing ever touched. */
const NO_RECORD: FrameLeaf = Array.from({ length: FRAME_FIELDS }, () => 0);

/** Every frame that the event wrote to in some lane; `gone`: identities of pages that it freed. */
export function compareFrames(scene: Scene, gone: readonly number[]): void {
  const { lanes, seenFrames: seen } = scene;
  seen.clear();
  for (const identity of gone) if (seen.first(identity)) compareAnywhere(scene, identity);
  if (allTouchedAlike(scene)) return;
  for (const lane of lanes) {
    const { frames, frameCount } = lane.touched;
    for (let i = 0; i < frameCount; i++) {
      const identity = lane.ids.of(frames[i]!, lane.gathered.frames[i * FRAME.size + FRAME.seq]!);
      if (seen.first(identity)) compareAnywhere(scene, identity);
    }
  }
}

/**
 * The usual case: every lane touched the same frames in the same order, so that they need not be looked for. False
 * where that is not so; those that stand before the first other one are compared then.
 */
function allTouchedAlike(scene: Scene): boolean {
  const { lanes, framePfns: pfns, frameNow: now, seenFrames: seen } = scene;
  const first = lanes[0]!;
  const { frameCount } = first.touched;
  for (let l = 1; l < lanes.length; l++) if (lanes[l]!.touched.frameCount !== frameCount) return false;
  for (let i = 0; i < frameCount; i++) {
    const at = i * FRAME.size;
    const read = first.gathered.frames;
    const pfn = read[at]!;
    const identity = first.ids.of(pfn, read[at + FRAME.seq]!);
    // of several zero pages one stands for all, and what a label is not the page of is looked for
    let here = isOneFrame(identity) && !first.k.machine.is_zero_pfn(pfn);
    let alike = true;
    for (let l = 0; l < lanes.length; l++) {
      const lane = lanes[l]!;
      const there = lane.gathered.frames;
      pfns[l] = there[at]!;
      const same = there[at] === pfn && lane.ids.sameAs(first.ids);
      if (!same) {
        if (lane.ids.of(there[at]!, there[at + FRAME.seq]!) !== identity) return false;
        if (lane.k.machine.is_zero_pfn(there[at]!)) here = false;
      }
      if (!readRecord(now, l, there, at, read)) alike = false;
    }
    if (!seen.first(identity)) continue;
    if (here) compareFrame(scene, identity, alike);
    else compareAnywhere(scene, identity);
  }
  return true;
}

/** The four numbers of lane `l` out of a gathered record, in `now`. False where they are not those of the first lane. */
function readRecord(now: number[], l: number, there: readonly number[], at: number, first: readonly number[]): boolean {
  const to = 4 * l;
  // counts that move together keep their difference
  const count = there[at + FRAME.count]! - first[at + FRAME.count]!;
  const mapcount = there[at + FRAME.mapcount]! - first[at + FRAME.mapcount]!;
  const flags = there[at + FRAME.flags]! & (MAJOR_FLAGS | MINOR_FLAGS);
  const content = there[at + FRAME.content]!;
  now[to] = count;
  now[to + 1] = mapcount;
  now[to + 2] = flags;
  now[to + 3] = content;
  return count === 0 && mapcount === 0 && flags === now[2] && content === now[3];
}

/** A frame, wherever the lanes have it. */
function compareAnywhere(scene: Scene, identity: number): void {
  const { lanes, framePfns } = scene;
  for (let l = 0; l < lanes.length; l++) framePfns[l] = lanes[l]!.ids.pfn(identity);
  compareFrame(scene, identity, readFrame(scene));
}

const NOWHERE = -(2 ** 40);

/**
 * Fills `now` with what is read of a frame: four numbers a lane, all that drafts are made of, equal while nothing
 * new can be said. True in the usual case: every lane has it, in the same state.
 */
function readFrame({ lanes, framePfns, frameNow: now }: Scene): boolean {
  let alike = true;
  let count = 0;
  let mapcount = 0;
  for (let l = 0; l < lanes.length; l++) {
    const pfn = framePfns[l]!;
    const at = 4 * l;
    if (pfn < 0) {
      alike = false;
      now[at] = NOWHERE;
      now[at + 1] = 0;
      now[at + 2] = 0;
      now[at + 3] = 0;
      continue;
    }
    const { frames } = lanes[l]!.k;
    const leaf = frames.leaf(pfn) ?? NO_RECORD;
    const record = leaf === NO_RECORD ? 0 : frames.at(pfn);
    if (l === 0) {
      count = leaf[record + F.count]!;
      mapcount = leaf[record + F.mapcount]!;
    }
    // counts that move together keep their difference
    now[at] = leaf[record + F.count]! - count;
    now[at + 1] = leaf[record + F.mapcount]! - mapcount;
    now[at + 2] = leaf[record + F.flags]! & (MAJOR_FLAGS | MINOR_FLAGS);
    now[at + 3] = leaf[record + F.content]!;
    for (let i = 0; i < 4; i++) if (now[at + i] !== now[i]) alike = false;
  }
  return alike;
}

/** `read` is what `now` holds. */
function stillSo(read: readonly number[], now: readonly number[], lanes: number): boolean {
  if (read.length !== 4 * lanes) return false;
  for (let i = 0; i < read.length; i++) if (read[i] !== now[i]) return false;
  return true;
}

/** A frame that is where `framePfns` says; `alike`: what `readFrame` returned, and left in `frameNow`. */
function compareFrame(scene: Scene, identity: number, alike: boolean): void {
  const { lanes, open, knownFrames, frameNow: now } = scene;
  if (alike) {
    open.settle(identity, null);
    if (knownFrames.size > 0) knownFrames.delete(identity);
    return;
  }
  const last = knownFrames.get(identity);
  if (last === undefined || !stillSo(last, now, lanes.length)) tellOfFrame(scene, identity);
}

/** A frame that differs otherwise than before. */
function tellOfFrame(scene: Scene, identity: number): void {
  const { lanes, drafts, open, knownFrames, frameNow: now } = scene;
  const thing: Thing = identity;
  knownFrames.set(identity, now.slice(0, 4 * lanes.length));
  const pfns = scene.framePfns.slice(0, lanes.length);
  const still = new Set<string>();
  const known = pfns.findIndex((pfn) => pfn >= 0);
  if (known < 0) {
    knownFrames.delete(identity);
    open.settle(thing, null);
    return;
  }
  const label = frameLabel(lanes[known]!.k, pfns[known]!);
  const read = (field: number): (number | null)[] =>
    pfns.map((pfn, l) => (pfn < 0 ? null : lanes[l]!.k.frames.get(pfn, field)));
  const counts = read(F.count);
  if (!same(counts)) {
    const move = referenceMove(lanes, identity);
    drafts.add('reference', thing, label, 'count', counts, undefined, move);
    still.add('count');
  }
  if (pfns.every((pfn) => pfn >= 0)) {
    const mapcounts = read(F.mapcount);
    if (!same(mapcounts)) {
      drafts.add('mapcount', thing, label, 'mapcount', mapcounts);
      still.add('mapcount');
    }
    const flags = read(F.flags) as number[];
    flagDifference(drafts, still, thing, label, flags, MAJOR_FLAGS, 'flags');
    flagDifference(drafts, still, thing, label, flags, MINOR_FLAGS, 'activity');
    const content = read(F.content);
    if (!same(content) && !pfns.some((pfn, l) => lanes[l]!.k.machine.isUnbacked(pfn))) {
      drafts.add(
        'page',
        thing,
        label,
        'content',
        content.map((byte) => `0x${(byte ?? 0).toString(16)}`),
      );
      still.add('content');
    }
  }
  open.settle(thing, still);
}

function flagDifference(
  drafts: Drafts,
  still: Set<string>,
  thing: Thing,
  label: string,
  flags: readonly number[],
  mask: number,
  aspect: string,
): void {
  const masked = flags.map((f) => f & mask);
  if (same(masked)) return;
  const kind = mask === MINOR_FLAGS ? 'accessed-dirty' : 'page';
  const names = masked.map((f) => pageFlagNames(f).join(' ') || 'none');
  drafts.add(kind, thing, label, aspect, names);
  still.add(aspect);
}

/** "took a reference on arm": some lanes changed the count, and the others did not. */
function referenceMove(lanes: readonly Lane[], identity: number): string | undefined {
  const moves = lanes.map((lane) => {
    const pfn = lane.ids.pfn(identity);
    if (pfn < 0) return undefined;
    const was = lane.touched.countBefore(pfn);
    return was === undefined ? 0 : lane.k.page_count(pfn) - was;
  });
  if (moves.some((move) => move === undefined)) return undefined;
  const moving = lanes.filter((_, l) => moves[l] !== 0);
  const first = moves.find((move) => move !== 0);
  if (first === undefined || moving.length === lanes.length) return undefined;
  const refs = Math.abs(first) === 1 ? 'a reference' : `${Math.abs(first)} references`;
  return `${first > 0 ? 'took' : 'dropped'} ${refs} on ${moving.map(({ name }) => name).join(', ')}`;
}
