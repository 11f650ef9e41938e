// SPDX-License-Identifier: GPL-2.0-or-later
/** What differs between two moments of one lane, by name. */
import {
  type FigureChange,
  type FrameChange as FrameRecords,
  hexAddress,
  LEVEL_NAMES,
  type Level,
  type LevelName,
  MM_COUNTER_NAMES,
  type PteChange as PteRecords,
  pageFlagNames,
  type VmaChange as VmaRecords,
  type WorldDiff,
} from '@specialbit/core';
import { describeEntry, F, frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LaneHistory, Moment } from '../time/lane-history.js';
import type { FrameChange, FrameState, PteChange, RssChange, VmaChange } from './touched.js';
import { vmaChanged, vmaCome, vmaGone } from './vma-change.js';

export interface ProcessChange {
  readonly mm: number;
  /** It came or went between the two. */
  readonly what: 'new' | 'gone' | null;
  readonly rss: readonly RssChange[];
  /** `brk 0x5000 -> 0x8000`. */
  readonly figures: readonly FigureText[];
  readonly vmas: readonly VmaChange[];
  /** Entries of all levels that changed; how many of each, `changed` says. */
  readonly ptes: readonly PteChange[];
  readonly changed: Readonly<Record<LevelName, number>>;
  /** Entries that changed and are not in `ptes`. */
  readonly morePtes: number;
}

/** One figure that changed, as text. */
export interface FigureText {
  readonly figure: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two moments, by name and cut to a limit. */
export interface MomentDiff {
  readonly processes: readonly ProcessChange[];
  readonly frames: readonly FrameChange[];
  readonly moreFrames: number;
  /** Of the machine: pages that are pinned, slots of the swap space that are in use. */
  readonly machine: readonly FigureText[];
}

/** From the moment `from` to the moment `to`; costs what changed. `limit`: PTEs of a process, and frames, to be named. */
export function diffMoments(
  history: LaneHistory,
  from: number,
  to: number,
  limit: number = Number.POSITIVE_INFINITY,
): MomentDiff {
  const diff = history.timeline.diff(from, to);
  return nameDiff(diff, history.at(from).kernel, history.at(to).kernel, limit);
}

/** What the event did that led to a moment. */
export function lastChange(history: LaneHistory, { n, diff, kernel }: Moment, limit: number): MomentDiff {
  return nameDiff(diff, history.at(Math.max(0, n - 1)).kernel, kernel, limit);
}

function nameDiff(diff: WorldDiff, before: Kernel, after: Kernel, limit: number): MomentDiff {
  const { born, gone, vmas, ptes, frames, rss, figures } = diff;
  const ids = new Set([...born, ...gone]);
  for (const list of [vmas, ptes, rss, figures]) for (const { mm } of list) if (mm !== null) ids.add(mm);
  const processes = [...ids]
    .sort((a, b) => a - b)
    .map((id): ProcessChange => {
      const own = <T extends { readonly mm: number | null }>(list: readonly T[]): T[] =>
        list.filter(({ mm }) => mm === id);
      const changed = own(ptes);
      return {
        mm: id,
        what: born.includes(id) ? 'new' : gone.includes(id) ? 'gone' : null,
        rss: own(rss).map(({ mm, counter, ...values }) => ({ mm, counter: MM_COUNTER_NAMES[counter]!, ...values })),
        figures: own(figures).map(figureText),
        vmas: own(vmas).flatMap((records) => vmaText(before, after, records)),
        changed: byLevel(changed),
        ptes: changed.slice(0, limit).map((change) => pteText(before, after, change)),
        morePtes: Math.max(0, changed.length - limit),
      };
    });
  // fields that are no part of a frame's state here do not count
  const seen = frames.filter((change) => frameDiffers(after, change));
  return {
    processes,
    frames: seen.slice(0, limit).map((change) => frameText(before, after, change)),
    moreFrames: Math.max(0, seen.length - limit),
    machine: figures.filter(({ mm }) => mm === null).map(figureText),
  };
}

function byLevel(changes: readonly PteRecords[]): Record<LevelName, number> {
  const counts = { pte: 0, pmd: 0, pud: 0 };
  for (const { level } of changes) counts[level]++;
  return counts;
}

/** Addresses in hexadecimal, all else as it is. */
function figureText({ figure, before, after }: FigureChange): FigureText {
  const text = (value: FigureChange['before']): string => {
    if (typeof value === 'number' && ADDRESSES.has(figure)) return `0x${value.toString(16)}`;
    return value === '' ? '(none)' : String(value);
  };
  return { figure, before: text(before), after: text(after) };
}

const ADDRESSES: ReadonlySet<string> = new Set(['start_brk', 'brk', 'start_stack']);

function pteText(before: Kernel, after: Kernel, change: PteRecords): PteChange {
  const { mm, vpn, before: old, after: now } = change;
  const level = LEVEL_NAMES.indexOf(change.level) as Level;
  const [was, is] = [before.vmaAt(mm, vpn), after.vmaAt(mm, vpn)];
  const address = hexAddress(after.arch, vpn);
  const at = pageName(before, after, mm, vpn) ?? `0x${address}`;
  return {
    ...{ mm, level: change.level, at, address },
    ...{ before: describeEntry(before, was, vpn, level, old), after: describeEntry(after, is, vpn, level, now) },
  };
}

function pageName(before: Kernel, after: Kernel, mm: number, vpn: number): string | undefined {
  const name = (k: Kernel): string | undefined => k.mms.get(mm)?.placeName(vpn);
  return name(after) ?? name(before);
}

function vmaText(before: Kernel, after: Kernel, { mm, before: was, after: is }: VmaRecords): VmaChange[] {
  if (was === undefined) return [vmaCome(after, mm, is!)];
  if (is === undefined) return [vmaGone(before, mm, was)];
  const change = vmaChanged(after, mm, was, is);
  return change === undefined ? [] : [change];
}

function frameDiffers(k: Kernel, { pfn, before, after }: FrameRecords): boolean {
  if (!k.machine.pfn_valid(pfn)) return false;
  return [F.count, F.mapcount, F.flags].some((field) => before[field] !== after[field]);
}

function frameText(before: Kernel, after: Kernel, { pfn, before: was, after: is }: FrameRecords): FrameChange {
  const state = (record: readonly number[]): FrameState => ({
    count: record[F.count]!,
    mapcount: record[F.mapcount]!,
    flags: pageFlagNames(record[F.flags]!),
  });
  const label = frameLabel(after, pfn);
  const frame = label.startsWith('pfn:') ? frameLabel(before, pfn) : label;
  return { frame, pfn, before: state(was), after: state(is) };
}
