// SPDX-License-Identifier: GPL-2.0-or-later
/** Whether an expectation of a log holds on one lane, and what is there instead. */

import type { Expect } from '@specialbit/events';
import { describeEntry, describeFrame, entryAt, type PteView } from '../explain/describe.js';
import { flagNames, frameLabel } from '../explain/names.js';
import { get_kpage_count, page_mapped_exclusively, type Smaps, smapsOf } from '../explain/smaps.js';
import { LogReferenceError } from '../kernel/base/errors.js';
import { resolveFrame } from '../kernel/base/frame-ref.js';
import type { Kernel } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { folio_maybe_mapped_shared } from '../kernel/folio/large-mapcount.js';
import { theMm, vpnOf } from '../kernel/mechanisms/references.js';
import { FOLIO_PAGES_MAPPED, type Folio } from '../mm/folio.js';
import { MM_COUNTER_NAMES } from '../mm/rss.js';
import { vm_flags_high, vm_flags_wide } from '../mm/vm-flags.js';
import type { Mm, Vma } from '../mm/vma.js';
import type { OutcomesBefore } from './outcomes.js';
import { returnedAs, returnedText } from './returned.js';

/** One thing that was expected and is not so. */
export interface Unmet {
  /** The member of the expectation, `pte`, `rss.MM_FILEPAGES`. */
  readonly member: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * What of `event` does not hold in `k`; empty: all of it does. A name that does not exist (a process whose
 * fork failed on this lane, a mapping, a frame) holds nothing either: `found` says so.
 */
export function unmetBy(k: Kernel, event: Expect, outcomes: OutcomesBefore): readonly Unmet[] {
  try {
    return claimsOf(k, event, outcomes);
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return [{ member: error.kind, expected: error.found, found: error.message }];
  }
}

/** Throws LogReferenceError. */
function claimsOf(k: Kernel, event: Expect, outcomes: OutcomesBefore): Unmet[] {
  const unmet: Unmet[] = [];
  const claim = (member: string, holds: boolean, expected: string, found: string): void => {
    if (!holds) unmet.push({ member, expected, found });
  };
  const number = event.event ?? outcomes.last;
  if (number > outcomes.last || number < 1) {
    if (saysOfOutcome(event)) throw new LogReferenceError('event', String(number), `there are ${outcomes.last} before`);
  } else {
    const outcome = outcomes.of(number);
    if (outcome !== null) checkOutcome(event, outcome, claim);
    else if (saysOfOutcome(event)) claim('event', false, `event ${number} carried out`, 'it names what is not there');
  }
  if (event.at !== undefined) checkPage(k, event, claim);
  else if (event.frame !== undefined) checkFrame(k, event, resolveFrame(k, event.frame), claim);
  if (event.rss !== undefined) checkRss(theMm(k, event.mm), event.rss, claim);
  return unmet;
}

/** In the order of `Outcome.calls`. */
const HANDLERS = ['fault', 'pfn_mkwrite', 'page_mkwrite'] as const;

type Claim = (member: string, holds: boolean, expected: string, found: string) => void;

const OF_OUTCOME = ['ret', 'signal', 'crash', 'messages', 'calls', 'reason'] as const;

function saysOfOutcome(event: Expect): boolean {
  return OF_OUTCOME.some((member) => event[member] !== undefined);
}

function checkOutcome(event: Expect, out: Outcome, claim: Claim): void {
  const { ret, signal, crash, messages, calls, reason } = event;
  if (ret !== undefined) claim('ret', returnedAs(ret, out), ret, returnedText(ret, out));
  if (signal !== undefined) claim('signal', signal === (out.signal ?? 'none'), signal, out.signal ?? 'none');
  if (crash !== undefined) {
    const found = out.crash === null ? 'none' : `${out.crash.where}: ${out.crash.what}`;
    claim('crash', crash === 'none' ? out.crash === null : out.crash !== null && found.includes(crash), crash, found);
  }
  for (const [index, handler] of HANDLERS.entries()) {
    const expected = calls?.[handler];
    if (expected === undefined) continue;
    claim(`calls.${handler}`, out.calls[index] === expected, String(expected), String(out.calls[index]));
  }
  if (reason !== undefined) {
    const reasons: readonly string[] = out.reasons;
    claim('reason', reasons.includes(reason), reason, reasons.length === 0 ? 'no reason' : reasons.join(', '));
  }
  if (messages === undefined) return;
  const found = out.messages.length === 0 ? 'no message' : out.messages.map(({ text }) => text).join('; ');
  if (messages.length === 0) claim('messages', out.messages.length === 0, 'no message', found);
  for (const part of messages) {
    const came = out.messages.some(({ text }) => text.includes(part));
    claim('messages', came, `a message with "${part}"`, found);
  }
}

function checkPage(k: Kernel, event: Expect, claim: Claim): void {
  const mm = theMm(k, event.mm);
  const vpn = vpnOf(k, mm, event.at!);
  const vma = mm.vma_lookup(vpn);
  if (event.vma !== undefined) claim('vma', event.vma === (vma !== undefined), yesNo(event.vma), yesNo(!event.vma));
  if (event.pages !== undefined) {
    const pages = vma === undefined ? 'no VMA' : String(vma.vm_end - vma.vm_start);
    claim('pages', pages === String(event.pages), String(event.pages), pages);
  }
  const found = vma === undefined ? 'no VMA' : flagNames(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k);
  for (const [member, flags, wanted] of [
    ['vm_flags', event.vm_flags, true],
    ['no_vm_flags', event.no_vm_flags, false],
  ] as const) {
    if (flags === undefined) continue;
    const set = vma === undefined ? 0 : vm_flags_wide(vma.vm_flags & flags, vma.vm_flags_hi & vm_flags_high(flags));
    const has = vma !== undefined && set === (wanted ? flags : 0);
    claim(member, has, wanted ? flagNames(flags) : `none of ${flagNames(flags)}`, found);
  }
  if (event.vm_pgoff !== undefined) {
    const wanted = resolveFrame(k, event.vm_pgoff);
    const pgoff = vma === undefined ? 'no VMA' : hex(vma.vm_pgoff);
    claim('vm_pgoff', vma?.vm_pgoff === wanted, hex(wanted), pgoff);
  }
  const { level, first, raw } = entryAt(k, mm, vpn);
  const view = describeEntry(k, vma, first, level, raw);
  checkEntry(event, view, claim);
  checkProc(k, event, vma, view.pfn < 0 ? -1 : view.pfn + (vpn - first), view.pfn, claim);
  const pfn = event.frame === undefined ? view.pfn : resolveFrame(k, event.frame);
  if (event.count === undefined && event.mapcount === undefined) return;
  if (pfn < 0) claim('at', false, 'an entry that maps a frame', view.kind);
  else checkFrame(k, event, pfn, claim);
}

/** What /proc says of the page, its folio and its VMA; `first`: the first page of the entry that maps it. */
function checkProc(k: Kernel, event: Expect, vma: Vma | undefined, page: number, first: number, claim: Claim): void {
  const { folio, kpagecount, mmap_exclusive, smaps } = event;
  if (smaps !== undefined) {
    const found = vma === undefined ? undefined : smapsOf(k, vma);
    for (const [name, expected] of Object.entries(smaps)) {
      const is = found === undefined ? 'no VMA' : String(found[name as keyof Smaps]);
      claim(`smaps.${name}`, is === String(expected), String(expected), is);
    }
  }
  const none = page < 0 ? 'nothing mapped' : undefined;
  if (kpagecount !== undefined) {
    const found = none ?? String(get_kpage_count(k, page));
    claim('kpagecount', found === String(kpagecount), String(kpagecount), found);
  }
  if (mmap_exclusive !== undefined) {
    const found = none ?? String(page_mapped_exclusively(k, page, first));
    claim('mmap_exclusive', found === String(mmap_exclusive), String(mmap_exclusive), found);
  }
  if (folio === undefined) return;
  const of = page < 0 ? undefined : k.large_folio(page);
  for (const [name, expected] of Object.entries(folio)) {
    const found = none ?? (of === undefined ? 'a folio of one page' : String(folioFact(k, of, name)));
    claim(`folio.${name}`, found === String(expected), String(expected), found);
  }
}

function folioFact(k: Kernel, folio: Folio, name: string): number {
  switch (name) {
    case 'mapcount':
      return folio.large_mapcount;
    case 'pages_mapped':
      return folio.nr_pages_mapped & FOLIO_PAGES_MAPPED;
    case 'refcount':
      return k.page_count(folio.id);
    case 'deferred':
      return folio.deferred ? 1 : 0;
    case 'partially_mapped':
      return folio.partially_mapped ? 1 : 0;
    case 'maybe_mapped_shared':
      return folio_maybe_mapped_shared(k, folio.id) ? 1 : 0;
    default:
      return folio[name as 'order' | 'entire_mapcount' | 'pincount'];
  }
}

function checkEntry(event: Expect, view: PteView, claim: Claim): void {
  const { pte, level, normal, raw, maps } = event;
  if (level !== undefined) claim('level', level === view.level, level, view.level);
  if (pte !== undefined) {
    const bits = letters(view);
    claim('pte', [...pte].every((c, i) => c === '?' || c === bits[i]) && pte.length === bits.length, pte, bits);
  }
  if (normal !== undefined) {
    const word = view.verdict === null ? '-' : view.verdict === 'bad page map' ? 'bad' : view.verdict;
    claim('normal', normal === word, normal, word);
  }
  if (raw !== undefined) claim('raw', raw === view.raw, raw, view.raw);
  if (maps !== undefined) {
    const frame = view.frame ?? view.kind;
    claim('maps', maps.endsWith('*') ? frame.startsWith(maps.slice(0, -1)) : frame === maps, maps, frame);
  }
}

/** `PW-YS`, as every command shows it. */
function letters(view: PteView): string {
  if (view.kind !== 'present') return view.kind;
  const { write, dirty, young, special } = view;
  return `P${write ? 'W' : '-'}${dirty ? 'D' : '-'}${young ? 'Y' : '-'}${special ? 'S' : '-'}`;
}

function checkFrame(k: Kernel, { count, mapcount }: Expect, pfn: number, claim: Claim): void {
  const view = describeFrame(k, pfn);
  const found = (n: number): string => (view.valid ? String(n) : `${frameLabel(k, pfn)} has no struct page`);
  if (count !== undefined) claim('count', found(view.count) === String(count), String(count), found(view.count));
  if (mapcount !== undefined) {
    claim('mapcount', found(view.mapcount) === String(mapcount), String(mapcount), found(view.mapcount));
  }
}

function checkRss(mm: Mm, rss: Readonly<Record<string, number>>, claim: Claim): void {
  for (const [index, name] of MM_COUNTER_NAMES.entries()) {
    const expected = rss[name];
    if (expected === undefined) continue;
    claim(`rss.${name}`, mm.rss[index] === expected, String(expected), String(mm.rss[index]));
  }
}

function yesNo(yes: boolean): string {
  return yes ? 'a VMA' : 'no VMA';
}

function hex(n: number): string {
  return `0x${n.toString(16)}`;
}
