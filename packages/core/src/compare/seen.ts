// SPDX-License-Identifier: GPL-2.0-or-later
/** What is seen where lanes part, in words. */
import type { LogEvent } from '@specialbit/events';
import type { Pte } from '../arch/contract.js';
import { firstPage } from '../explain/describe.js';
import { DECISIONS, type DecisionPath, entryPath, type Verdict } from '../explain/path.js';
import { framePfn } from '../kernel/base/frame-ref.js';
import { newPte } from '../kernel/base/kernel.js';
import { decideEntry } from '../kernel/pte/normal-page.js';
import { type Level, PMD, PUD } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import type { Vma } from '../mm/vma.js';
import { type Case, MIXED, named } from './acting.js';
import type { Draft } from './draft.js';
import type { Lane } from './lane.js';
import type { PageKey } from './page-key.js';
import { recorderName } from './prove/entry-traits.js';
import { pageKey, pageName, type Scene, touchedAlike, vpnIn } from './scene.js';

/**
 * What is seen of a cause in the lanes: which function took another way, which step of a decision differed. Of causes that
 * need no more words than their own, undefined.
 */
export function seenOf(key: string, c: Case): string | undefined {
  switch (key) {
    case 'pte_special':
      return mixedCause(c) ?? gupFastCause(c) ?? decisionCause(c);
    case 'HAVE_GUP_FAST':
      return gupFastCause(c);
    case 'PFNMAP_TRACKING':
      return trackingCause(c);
    case 'PTRS_PER_PTE':
      return undefined;
    default:
      return c.drafts.some(({ part }) => part.kind === 'decision') ? decisionCause(c) : undefined;
  }
}

/** What is seen of a difference without a cause. */
export function seenAnyway(c: Case): string | undefined {
  return decisionCause(c) ?? faultAroundCause(c);
}

/** What is to be said of differences that do not count. */
export function minorCause(scene: Scene, drafts: readonly Draft[]): string {
  const lanes = scene.lanes;
  if (drafts.every(({ part }) => part.kind === 'accessed-dirty')) return accessedText(lanes);
  if (drafts.some(({ part }) => part.aspect === 'special bit')) {
    return `pte_special() is constant false on ${named(lanes.filter((lane) => !lane.k.hasPteSpecial))}`;
  }
  const tracking = lanes.filter((lane) => lane.k.arch.facts.PFNMAP_TRACKING);
  return `track_pfn_remap: memory types of pfn mappings are tracked on ${named(tracking)}, and VM_PAT marks a VMA that one call covered`;
}

/** __vm_insert_mixed() (mm/memory.c): with the bit every pfn may be a special PTE, without a page must be counted. */
function mixedCause({ scene, api, frame, pfn_t, drafts }: Case): string | undefined {
  if (!MIXED.has(api)) return undefined;
  const { lanes } = scene;
  const special = lanes.filter((lane) => lane.k.hasPteSpecial);
  if (special.length === 0 || special.length === lanes.length) return undefined;
  const without = lanes.filter((lane) => !lane.k.hasPteSpecial);
  if (pfn_t === 'PFN_SPECIAL' && drafts.some(({ part }) => part.aspect === 'return value')) {
    return `vm_mixed_ok: outside of a VM_MIXEDMAP only PFN_SPECIAL would do, and pfn_t_special() is constant false without the special bit (${named(without)})`;
  }
  const pfn = frame === undefined ? undefined : framePfn(without[0]!.k, frame);
  const page = pfn === undefined || without[0]!.k.machine.pfn_valid(pfn);
  if (!page) return undefined;
  return (
    `${api}: without the special bit (${named(without)}) a pfn that has a struct page is inserted by insert_page ` +
    `and refcounted; with it (${named(special)}) insert_pfn maps it as a special PTE and counts nothing`
  );
}

/** gup_fast() needs HAVE_GUP_FAST, and the special bit to tell pages (mm/gup.c). */
function gupFastCause({ scene, event, drafts }: Case): string | undefined {
  if (!/^(?:pin|get)_user_pages_fast/.test(event.type)) return undefined;
  if (!drafts.some(({ part }) => part.aspect === 'return value' || part.aspect === 'pages')) return undefined;
  const unselected = scene.lanes.filter(({ k }) => !k.arch.facts.HAVE_GUP_FAST);
  const blind = scene.lanes.filter(({ k }) => k.arch.facts.HAVE_GUP_FAST && !k.hasPteSpecial);
  const without = unselected.length + blind.length;
  if (without === 0 || without === scene.lanes.length) return undefined;
  const why: string[] = [];
  if (unselected.length > 0)
    why.push(`${named(unselected)} does not select HAVE_GUP_FAST: there is no walk without the lock`);
  if (blind.length > 0)
    why.push(
      `on ${named(blind)} the lockless walk is compiled to nothing, for it could not tell pages from bare frames without the special bit`,
    );
  return `gup_fast: ${why.join('; ')}`;
}

/** A PTE that the lanes read differently, before the event or after it. */
function decisionCause({ scene, drafts, event }: Case): string | undefined {
  for (const { part, at } of drafts) {
    if (part.kind !== 'decision' || at === undefined) continue;
    const text = describeDecision(scene, at, readAfter);
    if (text !== undefined) return text;
  }
  return decisionOfEvent(scene, event);
}

/** Whatever the event touched or named that the lanes read differently; the same for all that parts in one event. */
function decisionOfEvent(scene: Scene, event: LogEvent): string | undefined {
  const first = scene.lanes[0]!;
  for (const lane of scene.lanes) {
    const { mm, vpn, ptes } = lane.touched;
    for (let i = 0; i < Math.min(ptes, 256); i++) {
      if (lane !== first && touchedAlike(first, lane, i)) continue;
      const text = describeDecision(scene, pageKey(lane, mm[i]!, vpn[i]!), readBefore);
      if (text !== undefined) return text;
    }
  }
  // a page that was read, and not written to: what the event is about
  if ('at' in event && 'mm' in event && event.at !== undefined) {
    for (const lane of scene.lanes) {
      const vpn = lane.vpnOf(event.mm, event.at);
      if (vpn >= 0) return describeDecision(scene, pageKey(lane, event.mm, vpn), readAfter);
    }
  }
  return undefined;
}

/** An entry, and the VMA that it is in. */
interface Found {
  readonly vma: Vma;
  readonly level: Level;
  /** The first page that it maps. */
  readonly first: number;
}

/** Fills `pte` with the entry that maps a page; undefined where no VMA does. */
type Read = (lane: Lane, mm: number, vpn: number, pte: Pte) => Found | undefined;

/** The entry as it is now. */
const readAfter: Read = (lane, mm, vpn, pte) => {
  const vma = lane.vmaAt(mm, vpn);
  const pt = lane.k.mms.get(mm)?.pt;
  if (vma === undefined || pt === undefined) return undefined;
  const level = pt.lookup(vpn, pte);
  return { vma, level, first: firstPage(lane.k, level, vpn) };
};

/** The entry as it was before the event; the VMA may be gone by now. */
const readBefore: Read = (lane, mm, vpn, pte) => {
  const { touched } = lane;
  const at = firstTouched(lane, mm, vpn);
  if (at < 0) return readAfter(lane, mm, vpn, pte);
  pte.lo = touched.lo[at]!;
  pte.hi = touched.hi[at]!;
  const vma = lane.vmaAt(mm, vpn) ?? goneVma(lane, mm, vpn);
  return vma === undefined ? undefined : { vma, level: touched.level[at]!, first: touched.vpn[at]! };
};

/** The first touch of an entry that maps the page, at any level: that one mapped it before the event, if any did. */
function firstTouched({ touched, k }: Lane, mm: number, vpn: number): number {
  let first = touched.firstOf(mm, vpn);
  for (const level of [PMD, PUD] as const) {
    if (codecOf(k.arch, level) === undefined) continue;
    const at = touched.firstOf(mm, firstPage(k, level, vpn), level);
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  return first;
}

/** A VMA that the event took away. */
function goneVma({ touched }: Lane, mm: number, vpn: number): Vma | undefined {
  return touched.touchedVmas().find((vma) => vma.mm.id === mm && vpn >= vma.vm_start && vpn < vma.vm_end);
}

function describeDecision(scene: Scene, key: PageKey, read: Read): string | undefined {
  const scratch = newPte();
  let verdict: Verdict | undefined;
  let differ = false;
  // most pages are read alike: their paths are not asked for
  for (const lane of scene.lanes) {
    const vpn = vpnIn(lane, key);
    const found = vpn === undefined ? undefined : readPresent(lane, key.mm, vpn, read, scratch);
    if (found === undefined) continue;
    const decision = decideEntry(lane.k, found.vma, found.first, found.level, scratch);
    if (decision === null) continue;
    const here = DECISIONS[decision].verdict;
    verdict ??= here;
    if (here !== verdict) differ = true;
  }
  if (!differ) return undefined;
  const texts: string[] = [];
  for (const lane of scene.lanes) {
    const vpn = vpnIn(lane, key);
    const found = vpn === undefined ? undefined : readPresent(lane, key.mm, vpn, read, scratch);
    if (found === undefined) continue;
    const path = entryPath(lane.k, found.vma, found.first, found.level, scratch);
    if (path !== null) texts.push(`on ${lane.name} ${decidingText(path)}`);
  }
  return `vm_normal_page of ${pageName(scene, key)}: ${texts.join('; ')}`;
}

/** A present entry, into `p`. */
function readPresent(lane: Lane, mm: number, vpn: number, read: Read, p: Pte): Found | undefined {
  const found = read(lane, mm, vpn, p);
  return found !== undefined && codecOf(lane.k.arch, found.level)!.present(p) ? found : undefined;
}

/** The question that decided, and what the special bit had to do with it. */
function decidingText(path: DecisionPath): string {
  const step = path.steps.find(({ id }) => id === path.by) ?? path.steps[path.steps.length - 1]!;
  const said = `${step.question}? ${step.answer ? 'yes' : 'no'} (${step.because})`;
  const special = path.steps.find(({ id }) => id === 'special');
  const bit =
    special === undefined ? 'there is no special bit' : `the special bit is ${special.answer ? 'set' : 'clear'}`;
  return `${bit}; ${said}: ${path.verdict === 'page' ? 'a page' : path.verdict}`;
}

/** track_pfn_copy() (arch/x86/mm/pat/memtype.c) can make a fork fail. */
function trackingCause({ scene, event, drafts }: Case): string | undefined {
  if (event.type !== 'fork' || !drafts.some(({ part }) => part.aspect === 'return value')) return undefined;
  const failed = scene.lanes.filter((lane) => (lane.outcome?.ret ?? 0) < 0 && lane.k.arch.facts.PFNMAP_TRACKING);
  if (failed.length === 0) return undefined;
  return `track_pfn_copy: on ${named(failed)} memory types of pfn mappings are tracked, and a mapping whose first page is no raw pfn any more cannot be copied`;
}

function faultAroundCause({ scene, event }: Case): string | undefined {
  if (event.type !== 'access') return undefined;
  const sizes = scene.lanes.map((lane) => lane.k.arch.page.size);
  if (sizes.every((size) => size === sizes[0])) return undefined;
  return `fault-around maps up to 64 KiB at once: ${scene.lanes.map((lane, l) => `${65536 / sizes[l]!} pages on ${lane.name}`).join(', ')}`;
}

function accessedText(lanes: readonly Lane[]): string {
  const texts = lanes.map(
    (lane) =>
      `on ${lane.name} young is set by ${recorderName(lane.k.arch.mmu.young)}, dirty by ${recorderName(lane.k.arch.mmu.dirty)}`,
  );
  return texts.join('; ');
}
