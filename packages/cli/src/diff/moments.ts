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
  const { empty } = after.pte;
  const p = { lo: 0, hi: 0 };
  const other = { lo: 0, hi: 0 };
  const look = (k: Kernel, mm: Mm | undefined, from: Kernel, to: Mm | undefined): void => {
    mm?.pt.forEach(0, k.arch.task_pages, p, (vpn) => {
      if (k.pte.present(p)) pfns.add(k.pte.pfn(p));
      other.lo = empty.lo;
      other.hi = empty.hi;
      to?.pt.get(vpn, other);
      if ((p.lo === other.lo && p.hi === other.hi) || changes.has(vpn)) return;
      const [old, now] = k === before ? [p, other] : [other, p];
      changes.set(vpn, pteChange(vpn, old, now));
    });
    void from;
  };
  const vmaOf = (k: Kernel, mm: Mm | undefined, vpn: number) => {
    if (mm === undefined) return undefined;
    const open = k.opened.get(mm.id)?.vma;
    return mm.vma_lookup(vpn) ?? (open !== undefined && vpn >= open.vm_start && vpn < open.vm_end ? open : undefined);
  };
  const pteChange = (vpn: number, old: { lo: number; hi: number }, now: { lo: number; hi: number }): PteChange => {
    const [was, is] = [vmaOf(before, a, vpn), vmaOf(after, b, vpn)];
    const address = hexAddress(after.arch, vpn);
    const at = placeName(b?.labels ?? {}, is, vpn) ?? placeName(a?.labels ?? {}, was, vpn) ?? `0x${address}`;
    return {
      mm: (b ?? a)!.id,
      at,
      address,
      before: describePte(before, was, vpn, old),
      after: describePte(after, is, vpn, now),
    };
  };
  look(before, a, after, b);
  look(after, b, before, a);
  return [...changes.entries()].sort(([x], [y]) => x - y).map(([, change]) => change);
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
