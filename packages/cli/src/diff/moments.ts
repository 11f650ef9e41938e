/** What differs between two moments of one lane. */
import {
  describeFrame,
  describePte,
  hexAddress,
  type Kernel,
  MM_COUNTER_NAMES,
  type Mm,
  placeName,
} from '@specialbit/core';
import type { FrameChange, FrameState, PteChange, RssChange, VmaChange } from '../replay/touched.js';
import { vmaAt } from '../time/subject.js';
import { vmaChange, vmaCome, vmaGone } from './vma-change.js';

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

/** Both kernels are of the same lane. */
export function diffMoments(before: Kernel, after: Kernel): MomentDiff {
  const ids = [...new Set([...before.mms.keys(), ...after.mms.keys()])].sort((a, b) => a - b);
  const pfns = new Set<number>();
  const processes = ids
    .map((id) => processChange(before, after, id, pfns))
    .filter(({ what, rss, vmas, ptes }) => what !== null || rss.length + vmas.length + ptes.length > 0);
  for (const k of [before, after]) {
    for (const pfn of Object.values(k.machine.spec.frames)) pfns.add(pfn);
    for (const pfn of k.pins) pfns.add(pfn);
    for (const file of k.files.values()) for (const pfn of file.page_cache.values()) pfns.add(pfn);
  }
  return { processes, frames: frameChanges(before, after, pfns) };
}

function processChange(before: Kernel, after: Kernel, id: number, pfns: Set<number>): ProcessChange {
  const a = before.mms.get(id);
  const b = after.mms.get(id);
  const what = a === undefined ? 'new' : b === undefined ? 'gone' : null;
  const rss: RssChange[] = [];
  for (const [i, counter] of MM_COUNTER_NAMES.entries()) {
    const old = a?.rss[i] ?? 0;
    const now = b?.rss[i] ?? 0;
    if (old !== now) rss.push({ mm: id, counter, before: old, after: now });
  }
  return { mm: id, what, rss, vmas: vmaChanges(before, after, id), ptes: pteChanges(before, after, a, b, pfns) };
}

function vmaChanges(before: Kernel, after: Kernel, id: number): VmaChange[] {
  const of = (k: Kernel) => {
    const open = k.opened.get(id)?.vma;
    return [...(k.mms.get(id)?.vmas ?? []), ...(open === undefined ? [] : [open])];
  };
  const old = new Map(of(before).map((vma) => [vma.id, vma]));
  const changes: VmaChange[] = [];
  for (const vma of of(after)) {
    const was = old.get(vma.id);
    old.delete(vma.id);
    const change = was === undefined ? vmaCome(after, vma) : vmaChange(before, was, after, vma);
    if (change !== undefined) changes.push(change);
  }
  return [...[...old.values()].map((vma) => vmaGone(before, vma)), ...changes];
}

function pteChanges(
  before: Kernel,
  after: Kernel,
  a: Mm | undefined,
  b: Mm | undefined,
  pfns: Set<number>,
): PteChange[] {
  const changes = new Map<number, PteChange>();
  const p = { lo: 0, hi: 0 };
  const visit = (k: Kernel, mm: Mm | undefined): void =>
    mm?.pt.forEach(0, k.arch.task_pages, p, (vpn) => {
      if (k.pte.present(p)) pfns.add(k.pte.pfn(p));
      if (changes.has(vpn)) return;
      const [old, now] = [entryOf(before, a, vpn), entryOf(after, b, vpn)];
      if (old.lo === now.lo && old.hi === now.hi) return;
      const [was, is] = [vmaAt(before, a?.id ?? -1, vpn), vmaAt(after, b?.id ?? -1, vpn)];
      const address = hexAddress(after.arch, vpn);
      const at = placeName(b?.labels ?? {}, is, vpn) ?? placeName(a?.labels ?? {}, was, vpn) ?? `0x${address}`;
      const [from, to] = [describePte(before, was, vpn, old), describePte(after, is, vpn, now)];
      changes.set(vpn, { mm: mm.id, at, address, before: from, after: to });
    });
  visit(before, a);
  visit(after, b);
  return [...changes.entries()].sort(([x], [y]) => x - y).map(([, change]) => change);
}

function entryOf(k: Kernel, mm: Mm | undefined, vpn: number): { lo: number; hi: number } {
  const p = { ...k.pte.empty };
  mm?.pt.get(vpn, p);
  return p;
}

function frameChanges(before: Kernel, after: Kernel, pfns: ReadonlySet<number>): FrameChange[] {
  const changes: FrameChange[] = [];
  for (const pfn of pfns) {
    if (!after.machine.pfn_valid(pfn)) continue;
    const a = describeFrame(before, pfn);
    const b = describeFrame(after, pfn);
    if (a.count === b.count && a.mapcount === b.mapcount && a.flags.join() === b.flags.join()) continue;
    const state = ({ count, mapcount, flags }: FrameState): FrameState => ({ count, mapcount, flags });
    const frame = b.label.startsWith('pfn:') ? a.label : b.label;
    changes.push({ frame, pfn, before: state(a), after: state(b) });
  }
  return changes.sort((x, y) => x.frame.localeCompare(y.frame, 'en', { numeric: true }));
}
