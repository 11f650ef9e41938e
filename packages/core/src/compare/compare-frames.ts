// SPDX-License-Identifier: GPL-2.0-or-later
/** Frames that an event touched, lane beside lane. */
import { frameLabel, pageFlagNames } from '../explain/names.js';
import { F, PG } from '../machine/frame-table.js';
import { type Drafts, same } from './draft.js';
import type { Lane } from './lane.js';
import type { Thing } from './open-differences.js';
import type { Scene } from './scene.js';

const MAJOR_FLAGS = PG.anon | PG.anon_exclusive | PG.reserved | PG.swapcache | PG.mlocked | PG.unevictable;
const MINOR_FLAGS = PG.dirty | PG.referenced | PG.active;

/** Every frame that the event wrote to in some lane; `gone`: identities of pages that it freed. */
export function compareFrames(scene: Scene, gone: readonly number[]): void {
  const seen = new Seen();
  for (const identity of gone) if (seen.first(identity)) compareFrame(scene, identity);
  for (const lane of scene.lanes) {
    const { frames, frameCount } = lane.touched;
    for (let i = 0; i < frameCount; i++) {
      const identity = lane.ids.of(lane.k, frames[i]!);
      if (seen.first(identity)) compareFrame(scene, identity);
    }
  }
}

/** So many are searched one by one. */
const FEW = 12;

/** What was seen already: few, as a rule. */
class Seen {
  private readonly few: number[] = [];
  private many: Set<number> | undefined;

  first(value: number): boolean {
    const { few } = this;
    if (this.many === undefined) {
      if (few.includes(value)) return false;
      if (few.length < FEW) {
        few.push(value);
        return true;
      }
      this.many = new Set(few);
    }
    if (this.many.has(value)) return false;
    this.many.add(value);
    return true;
  }
}

const NOWHERE = -(2 ** 40);

/**
 * Fills `now` with what is read of a frame: four numbers a lane, all that drafts are made of, equal while nothing
 * new can be said. True in the usual case: every lane has it, in the same state.
 */
function readFrame(lanes: readonly Lane[], identity: number, now: number[]): boolean {
  let alike = true;
  let count = 0;
  let mapcount = 0;
  for (let l = 0; l < lanes.length; l++) {
    const lane = lanes[l]!;
    const { frames } = lane.k;
    const pfn = lane.ids.pfn(identity);
    const at = 4 * l;
    if (pfn < 0) {
      alike = false;
      now[at] = NOWHERE;
      now[at + 1] = 0;
      now[at + 2] = 0;
      now[at + 3] = 0;
      continue;
    }
    if (l === 0) {
      count = frames.get(pfn, F.count);
      mapcount = frames.get(pfn, F.mapcount);
    }
    // counts that move together keep their difference
    now[at] = frames.get(pfn, F.count) - count;
    now[at + 1] = frames.get(pfn, F.mapcount) - mapcount;
    now[at + 2] = frames.get(pfn, F.flags) & (MAJOR_FLAGS | MINOR_FLAGS);
    now[at + 3] = frames.get(pfn, F.content);
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

function compareFrame({ lanes, drafts, open, knownFrames, frameNow: now }: Scene, identity: number): void {
  const thing: Thing = identity;
  if (readFrame(lanes, identity, now)) {
    open.settle(thing, null);
    if (knownFrames.size > 0) knownFrames.delete(identity);
    return;
  }
  const last = knownFrames.get(identity);
  if (last !== undefined && stillSo(last, now, lanes.length)) return;
  knownFrames.set(identity, now.slice(0, 4 * lanes.length));
  const pfns = lanes.map((lane) => lane.ids.pfn(identity));
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
