/** Frames and counters that an event touched, lane beside lane. */
import { frameLabel, pageFlagNames } from '../explain/names.js';
import { F, PG } from '../machine/frame-table.js';
import { MM_COUNTER_NAMES } from '../mm/rss.js';
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

function compareFrame({ lanes, drafts, open, touchedRoots }: Scene, identity: number): void {
  const thing: Thing = identity;
  const root = open.root(thing);
  if (root >= 0) touchedRoots.push(root);
  if (sameFrame(lanes, identity)) {
    if (root >= 0) open.settle(thing, null);
    return;
  }
  const pfns = lanes.map((lane) => lane.ids.pfn(identity));
  const still = new Set<string>();
  const known = pfns.findIndex((pfn) => pfn >= 0);
  if (known < 0) {
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

/** Counters of the address spaces in `mms`. */
export function compareRss(scene: Scene, mms: readonly number[]): void {
  for (const mm of mms) {
    if (!sameRss(scene, mm)) compareCounters(scene, mm);
    else if (!scene.open.empty) settleCounters(scene, mm);
  }
}

/** Nothing differs any more about an address space. */
function settleCounters({ lanes, open }: Scene, mm: number): void {
  const { space, counters } = thingsOf(mm);
  open.settle(space, null);
  if (!lanes[0]!.k.mms.has(mm)) return;
  for (const rss of counters) open.settle(rss, null);
}

interface MmThings {
  readonly space: string;
  /** In the order of MM_COUNTER_NAMES. */
  readonly counters: readonly string[];
}

/** The names by which open differences know address spaces: made once. */
const mmThings = new Map<number, MmThings>();
const MOST_MM_THINGS = 4096;

function thingsOf(mm: number): MmThings {
  let things = mmThings.get(mm);
  if (things === undefined) {
    things = { space: `mm ${mm}`, counters: MM_COUNTER_NAMES.map((_, counter) => `rss ${mm} ${counter}`) };
    if (mmThings.size >= MOST_MM_THINGS) mmThings.clear();
    mmThings.set(mm, things);
  }
  return things;
}

function sameRss({ lanes }: Scene, mm: number): boolean {
  const first = lanes[0]!.k.mms.get(mm)?.rss;
  for (const lane of lanes) {
    const rss = lane.k.mms.get(mm)?.rss;
    if (rss === first) continue;
    if (rss === undefined || first === undefined) return false;
    for (let i = 0; i < first.length; i++) if (rss[i] !== first[i]) return false;
  }
  return true;
}

function compareCounters({ lanes, drafts, open }: Scene, mm: number): void {
  const spaces = lanes.map((lane) => lane.k.mms.get(mm));
  const { space: thing, counters } = thingsOf(mm);
  if (!same(spaces.map((space) => space === undefined))) {
    const exists = spaces.map((space) => (space === undefined ? 'no' : 'yes'));
    drafts.add('process', thing, thing, 'exists', exists);
    return;
  }
  open.settle(thing, null);
  if (spaces[0] === undefined) return;
  for (const [counter, name] of MM_COUNTER_NAMES.entries()) {
    const values = spaces.map((space) => space!.rss[counter]!);
    const rss = counters[counter]!;
    if (same(values)) open.settle(rss, null);
    else drafts.add('rss', rss, `${thing} ${name}`, 'pages', values);
  }
}
