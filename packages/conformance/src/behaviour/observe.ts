// SPDX-License-Identifier: GPL-2.0-or-later
/** Outcomes and states in words that do not depend on how an architecture encodes them. */
import { errnoName, MM_COUNTER_NAMES, type Outcome } from '@specialbit/core';
import { describePte, F, frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';

const FAULT_CODES: readonly (readonly [number, string])[] = [
  [0x100, 'NOPAGE'],
  [0x2, 'SIGBUS'],
  [0x1, 'OOM'],
];

/** What came of event `number`; undefined where it just worked. */
export function outcomeLine(k: Kernel, number: number, event: LogEvent, out: Outcome): string | undefined {
  const words = [...results(k, event, out), ...messages(out)];
  return words.length === 0 ? undefined : `${number} ${verb(event)}: ${words.join(', ')}`;
}

const verb = (event: LogEvent): string => (event.type === 'access' ? event.op : event.type);

function* results(k: Kernel, event: LogEvent, out: Outcome): Generator<string> {
  if (out.crash !== null) return yield `${out.crash.kind}: ${out.crash.what}`;
  if (out.signal !== null) yield out.signal;
  if (out.hang || out.loop) yield 'never ends';
  if (event.type.startsWith('vmf_insert'))
    yield FAULT_CODES.find(([code]) => out.ret === code)?.[1] ?? `code ${out.ret}`;
  else if (out.ret < 0) yield errnoName(out.ret) ?? String(out.ret);
  else if (event.type === 'access_process_vm') yield `${out.ret} bytes`;
  if (out.value !== null) yield `0x${out.value.toString(16)}`;
  if (out.pages !== null) yield out.pages.map((pfn) => label(k, pfn)).join(' ') || 'no pages';
  if (out.left !== null && out.left > 0) yield `${out.left} left`;
  if (out.follow !== null && out.ret === 0) {
    yield `${label(k, out.follow.pfn)}${out.follow.special ? ' special' : ''}`;
  }
  if (out.calls[1] > 0) yield 'calls pfn_mkwrite';
  if (out.calls[2] > 0) yield 'calls page_mkwrite';
}

/** Kinds of messages; warnings only of generic code, by file. */
function* messages(out: Outcome): Generator<string> {
  const counts = new Map<string, number>();
  for (const { kind, text } of out.messages) {
    const words = kind === 'warning' ? text.replace(/^WARNING: (.*):\d+.*$/, 'warns in $1') : kind;
    if (words.startsWith('warns in arch/')) continue;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  for (const [words, n] of counts) yield n === 1 ? words : `${n} times ${words}`;
}

/** Pages that were allocated are called A and F without number. */
const label = (k: Kernel, pfn: number): string => frameLabel(k, pfn).replace(/^([AF])\d+$/, '$1');

/** Reference counts of the labelled frames, by label. */
export function frameCounts(k: Kernel): ReadonlyMap<string, number> {
  return new Map(Object.entries(k.machine.spec.frames).map(([name, pfn]) => [name, k.frames.get(pfn, F.count)]));
}

/**
 * Everything that is mapped, every count that is not as it was `before`, and the counters of each process.
 * Of the zero page, whose first count says nothing, the difference is shown.
 */
export function stateLines(k: Kernel, before: ReadonlyMap<string, number>): string[] {
  return [...mapped(k), ...frames(k, before), ...counters(k)];
}

function* mapped(k: Kernel): Generator<string> {
  const p = { lo: 0, hi: 0 };
  for (const mm of [...k.mms.values()].sort((a, b) => a.id - b.id)) {
    for (const vma of mm.vmas) {
      for (let vpn = vma.vm_start; vpn < vma.vm_end; vpn++) {
        mm.pt.get(vpn, p);
        const view = describePte(k, vma, vpn, p);
        if (view.kind === 'none') continue;
        const place = `${mm.id === 0 ? '' : `mm ${mm.id} `}${mm.placeName(vpn) ?? 'page'}`;
        if (view.kind === 'swap') yield `${place}: swap`;
        else yield `${place}: ${label(k, view.pfn)}, ${view.verdict}`;
      }
    }
  }
}

function* frames(k: Kernel, before: ReadonlyMap<string, number>): Generator<string> {
  for (const [name, pfn] of Object.entries(k.machine.spec.frames)) {
    if (!k.machine.pfn_valid(pfn)) continue;
    const count = k.frames.get(pfn, F.count);
    const mapcount = k.frames.get(pfn, F.mapcount);
    const usual = before.get(name) ?? 0;
    const shown = k.machine.is_zero_pfn(pfn) ? count - usual : count;
    if (count !== usual || mapcount !== 0) yield `${name}: count ${shown}, mapcount ${mapcount}`;
  }
}

function* counters(k: Kernel): Generator<string> {
  for (const mm of [...k.mms.values()].sort((a, b) => a.id - b.id)) {
    const used = MM_COUNTER_NAMES.map((name, i) => [name, mm.rss[i] ?? 0] as const).filter(([, n]) => n !== 0);
    if (used.length > 0)
      yield `${mm.id === 0 ? '' : `mm ${mm.id} `}${used.map(([name, n]) => `${name} ${n}`).join(', ')}`;
  }
}
