// SPDX-License-Identifier: GPL-2.0-or-later
/** A moment of all lanes, as the page draws it. */

import { hexAddress, MM_COUNTER_NAMES } from '@specialbit/core';
import { type Mm, type Vma, vm_flags_wide } from '@specialbit/core/kernel';
import {
  framesDigest,
  framesOf,
  hex,
  judgementAt,
  judgementTexts,
  judgementWord,
  type LaneHistory,
  type Moment,
  outcomeNotes,
  returnText,
  vmaLetters,
  whyLines,
} from '@specialbit/view';
import type { Counter, Expected, FrameRow, LaneMoment, MomentView, VmaCells } from '../protocol.js';
import type { CellMemory, SeenVma } from './cell-memory.js';
import { groupAlike, markDiffering } from './differing.js';
import { F, flagsOf } from './words.js';

/** A process of more mappings than this is shown a few of them at a time, so that what is selected stays near. */
const ALL = 40;
const VMAS = 12;
/** Frames of a lane that are told of at once. */
const FRAMES = 100;
/** VMAs before the one that the event changed. */
const BEFORE = 3;
/** Fewer lanes than this are drawn one by one, so that nothing moves when they begin to differ. */
const GROUPED = 5;

/** The lanes of a moment. `memories`: what of each is known of the moment looked at last. */
export function momentLanes(
  lanes: readonly LaneHistory[],
  memories: readonly CellMemory[],
  n: number,
  alike: boolean,
  vma: number | null,
): MomentView['lanes'] {
  const grouped = alike && lanes.length >= GROUPED;
  const all = lanes.map((lane, i) => laneMoment(lane, memories[i]!, i, n, vma, grouped));
  // cells, and frames in words, are what takes longest: only of lanes that are drawn
  const drawn = grouped ? groupAlike(all) : all;
  return markDiffering(drawn.map((lane) => withAll(lane, lanes[lane.lanes[0]!]!.at(n))));
}

/** Of an expectation how it turned out; null for any other event. */
export function expectedAt(lanes: readonly LaneHistory[], n: number): Expected | null {
  const judgement = judgementAt(lanes, n);
  if (judgement === undefined) return null;
  return { holds: judgement.holds, word: judgementWord(judgement), texts: judgementTexts(judgement) };
}

/** A lane before its cells and its frames are told of. */
interface Plain extends Omit<LaneMoment, 'vmas' | 'frames' | 'moreFrames'> {
  readonly vmas: readonly (Omit<VmaCells, 'cells'> & { readonly seen: SeenVma })[];
  readonly mapped: Set<number>;
  /** The counts of all its frames, as a number, where lanes that show the same are looked for. */
  readonly digest: number;
}

function withAll({ mapped, digest: _, vmas, ...lane }: Plain, moment: Moment): LaneMoment {
  return {
    ...lane,
    vmas: vmas.map(({ seen, ...vma }) => ({ ...vma, cells: seen.cells() })),
    ...framesAt(moment, mapped),
  };
}

interface Place {
  readonly mm: Mm;
  readonly vma: Vma;
}

function laneMoment(
  history: LaneHistory,
  memory: CellMemory,
  index: number,
  n: number,
  wanted: number | null,
  grouped: boolean,
): Plain {
  const moment = history.at(n);
  memory.turn(moment);
  const { kernel: k, diff } = moment;
  const changed = new Map<number, Set<number>>();
  for (const { mm, vpn } of diff.ptes) {
    const pages = changed.get(mm) ?? new Set();
    changed.set(mm, pages.add(vpn));
  }
  const places = placesOf(moment);
  const first = firstOf(
    places,
    changed,
    diff.vmas.map(({ after }) => after?.vm_start ?? -1),
    wanted,
  );
  const shown = places.length <= ALL ? places : places.slice(first, first + VMAS);
  const mapped = new Set<number>();
  const some = {
    add: (pfn: number): boolean => {
      if (mapped.size < FRAMES) mapped.add(pfn);
      return mapped.size < FRAMES;
    },
  };
  const none: ReadonlySet<number> = new Set();
  const vmas = shown.map(({ mm, vma }): Plain['vmas'][number] => {
    const label = mm.placeName(vma.vm_start)?.replace(/\[0\]$/, '') ?? null;
    const start = hexAddress(k.arch, vma.vm_start);
    return {
      ...{ mm: mm.id, key: `${mm.id} ${label ?? start}`, label, start, end: hexAddress(k.arch, vma.vm_end) },
      ...{ pages: vma.vm_end - vma.vm_start, letters: vmaLetters(vma.vm_flags) },
      flags: flagsOf(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k),
      ...{ file: vma.vm_file?.name ?? null, vm_pgoff: hex(vma.vm_pgoff), differs: false },
      open: k.opened.get(mm.id)?.vma === vma,
      seen: memory.see(k, mm, vma, changed.get(mm.id) ?? none, some),
    };
  });
  return {
    lanes: [index],
    ...returnedOf(moment),
    notes: notesOf(moment),
    vmas,
    firstVma: first,
    totalVmas: places.length,
    mapped,
    digest: grouped ? framesDigest(k, mapped) : 0,
    counters: countersOf(moment),
  };
}

function placesOf({ kernel }: Moment): Place[] {
  return [...kernel.mms.values()]
    .sort((a, b) => a.id - b.id)
    .flatMap((mm) => kernel.vmasOf(mm).map((vma) => ({ mm, vma })));
}

/** The first VMA that is shown: where the event changed something, a few more before it. */
function firstOf(
  places: readonly Place[],
  changed: ReadonlyMap<number, ReadonlySet<number>>,
  starts: readonly number[],
  wanted: number | null,
): number {
  if (places.length <= ALL) return 0;
  if (wanted !== null) return Math.max(0, Math.min(wanted, places.length - 1));
  const [pages] = changed.values();
  const vpn = pages === undefined ? starts[0] : [...pages][0];
  const at = places.findIndex(({ vma }) => vpn !== undefined && vpn >= vma.vm_start && vpn < vma.vm_end);
  return at < 0 ? 0 : Math.max(0, Math.min(at - BEFORE, places.length - VMAS));
}

function returnedOf({ kernel, last, outcome, lost }: Moment): { returned: string; failed: boolean } {
  if (last === undefined) return { returned: '', failed: false };
  if (outcome === null) return { returned: lost?.message ?? '', failed: true };
  const failed = outcome.crash !== null || outcome.signal !== null || outcome.ret < 0;
  return { returned: returnText(kernel, last.event, outcome), failed };
}

function notesOf({ kernel, outcome }: Moment): string[] {
  return outcome === null ? [] : [...outcomeNotes(kernel, outcome), ...whyLines(kernel, outcome)];
}

function framesAt({ kernel, diff }: Moment, mapped: Set<number>): { frames: FrameRow[]; moreFrames: number } {
  const touched = new Map(diff.frames.map((change) => [change.pfn, change]));
  for (const pfn of touched.keys()) if (mapped.size < 2 * FRAMES) mapped.add(pfn);
  const { frames: held, more } = framesOf(kernel, mapped, FRAMES);
  const rows = held.map(({ pfn, label, valid, count, mapcount, flags, leaked }): FrameRow => {
    const change = touched.get(pfn);
    const changed =
      change !== undefined && [F.count, F.mapcount, F.flags].some((f) => change.before[f] !== change.after[f]);
    return { label, pfn: hex(pfn), valid, count, mapcount, flags, leaked, changed, differs: false };
  });
  return { frames: rows, moreFrames: more };
}

function countersOf({ kernel, diff }: Moment): Counter[] {
  return [...kernel.mms.values()]
    .sort((a, b) => a.id - b.id)
    .flatMap((mm) =>
      MM_COUNTER_NAMES.map((name, i): Counter => {
        const changed = diff.rss.some((change) => change.mm === mm.id && change.counter === i);
        return { mm: mm.id, name, value: mm.rss[i]!, changed, differs: false };
      }),
    );
}
