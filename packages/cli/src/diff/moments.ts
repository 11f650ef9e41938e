/** What differs between two moments of one lane, by name. */
import {
  describePte,
  F,
  frameLabel,
  hexAddress,
  type Kernel,
  MM_COUNTER_NAMES,
  pageFlagNames,
  placeName,
  type VmaChange as VmaRecords,
} from '@specialbit/core';
import type { FrameChange, FrameState, PteChange, RssChange, VmaChange } from '../replay/touched.js';
import type { LaneHistory } from '../time/lane-history.js';
import { vmaAt } from '../time/subject.js';
import { vmaChanged, vmaCome, vmaGone } from './vma-change.js';

export interface ProcessChange {
  readonly mm: number;
  /** It came or went between the two. */
  readonly what: 'new' | 'gone' | null;
  readonly rss: readonly RssChange[];
  readonly vmas: readonly VmaChange[];
  readonly ptes: readonly PteChange[];
}

export interface MomentDiff {
  readonly processes: readonly ProcessChange[];
  readonly frames: readonly FrameChange[];
}

/** From the moment `from` to the moment `to`; costs what changed between them. */
export function diffMoments(history: LaneHistory, from: number, to: number): MomentDiff {
  const { born, gone, vmas, ptes, frames, rss } = history.timeline.diff(from, to);
  const before = history.at(from).kernel;
  const after = history.at(to).kernel;
  const changed = [...vmas, ...ptes, ...rss].map(({ mm }) => mm);
  const ids = [...new Set([...born, ...gone, ...changed])].sort((a, b) => a - b);
  const processes = ids.map((id): ProcessChange => {
    const own = <T extends { readonly mm: number }>(list: readonly T[]): T[] => list.filter(({ mm }) => mm === id);
    return {
      mm: id,
      what: born.includes(id) ? 'new' : gone.includes(id) ? 'gone' : null,
      rss: own(rss).map(({ mm, counter, ...values }) => ({ mm, counter: MM_COUNTER_NAMES[counter]!, ...values })),
      vmas: own(vmas).flatMap((records) => vmaText(before, after, records)),
      ptes: own(ptes).map(({ mm, vpn, before: old, after: now }) => {
        const [was, is] = [vmaAt(before, mm, vpn), vmaAt(after, mm, vpn)];
        const address = hexAddress(after.arch, vpn);
        const [from, to] = [describePte(before, was, vpn, old), describePte(after, is, vpn, now)];
        return { mm, at: pageName(before, after, mm, vpn) ?? `0x${address}`, address, before: from, after: to };
      }),
    };
  });
  return { processes, frames: frames.flatMap((change) => frameText(before, after, change)) };
}

function pageName(before: Kernel, after: Kernel, mm: number, vpn: number): string | undefined {
  const name = (k: Kernel): string | undefined => placeName(k.mms.get(mm)?.labels ?? {}, vmaAt(k, mm, vpn), vpn);
  return name(after) ?? name(before);
}

function vmaText(before: Kernel, after: Kernel, { mm, before: was, after: is }: VmaRecords): VmaChange[] {
  if (was === undefined) return [vmaCome(after, mm, is!)];
  if (is === undefined) return [vmaGone(before, mm, was)];
  const change = vmaChanged(after, mm, was, is);
  return change === undefined ? [] : [change];
}

interface FrameRecords {
  readonly pfn: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Content, LRU and the like are no part of a frame's state here. */
function frameText(before: Kernel, after: Kernel, { pfn, before: was, after: is }: FrameRecords): FrameChange[] {
  if (!after.machine.pfn_valid(pfn)) return [];
  const state = (record: readonly number[]): FrameState => ({
    count: record[F.count]!,
    mapcount: record[F.mapcount]!,
    flags: pageFlagNames(record[F.flags]!),
  });
  const [old, now] = [state(was), state(is)];
  if (old.count === now.count && old.mapcount === now.mapcount && old.flags.join() === now.flags.join()) return [];
  const label = frameLabel(after, pfn);
  return [{ frame: label.startsWith('pfn:') ? frameLabel(before, pfn) : label, pfn, before: old, after: now }];
}
