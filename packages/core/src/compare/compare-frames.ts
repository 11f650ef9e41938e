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

/** The usual case, without a string: every lane has the frame, in the same state. */
function sameFrame(lanes: readonly Lane[], identity: number): boolean {
  const pfn = lanes[0]!.ids.pfn(identity);
  if (pfn < 0) return false;
  const first = lanes[0]!.k.frames;
  for (let l = 1; l < lanes.length; l++) {
    const other = lanes[l]!.ids.pfn(identity);
    if (other < 0) return false;
    const { frames } = lanes[l]!.k;
    if (frames.get(other, F.count) !== first.get(pfn, F.count)) return false;
    if (frames.get(other, F.mapcount) !== first.get(pfn, F.mapcount)) return false;
    if (frames.get(other, F.content) !== first.get(pfn, F.content)) return false;
    const flags = frames.get(other, F.flags) ^ first.get(pfn, F.flags);
    if ((flags & (MAJOR_FLAGS | MINOR_FLAGS)) !== 0) return false;
  }
  return true;
}

/** What was read of a frame in every lane when it was last seen to differ. */
export type KnownFrames = Map<number, readonly number[]>;

const NOWHERE = -(2 ** 40);

/** All that drafts are made of, as numbers: equal while nothing new can be said. */
function reading(lanes: readonly Lane[], identity: number): number[] {
  const read: number[] = [];
  const first = lanes[0]!.ids.pfn(identity);
  const count = first < 0 ? 0 : lanes[0]!.k.frames.get(first, F.count);
  const mapcount = first < 0 ? 0 : lanes[0]!.k.frames.get(first, F.mapcount);
  for (const lane of lanes) {
    const pfn = lane.ids.pfn(identity);
    const { frames } = lane.k;
    if (pfn < 0) read.push(NOWHERE, 0, 0, 0);
    else {
      // counts that move together keep their difference
      read.push(frames.get(pfn, F.count) - count, frames.get(pfn, F.mapcount) - mapcount);
      read.push(frames.get(pfn, F.flags) & (MAJOR_FLAGS | MINOR_FLAGS), frames.get(pfn, F.content));
    }
  }
  return read;
}

function compareFrame({ lanes, drafts, open, touchedRoots, knownFrames }: Scene, identity: number): void {
  const thing: Thing = identity;
  const root = open.root(thing);
  if (root >= 0) touchedRoots.push(root);
  if (sameFrame(lanes, identity)) {
    if (root >= 0) open.settle(thing, null);
    if (knownFrames.size > 0) knownFrames.delete(identity);
    return;
  }
  const now = reading(lanes, identity);
  const last = knownFrames.get(identity);
  if (last?.every((value, i) => value === now[i])) return;
  knownFrames.set(identity, now);
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
    drafts.add('reference', thing, label, 'count', counts);
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
