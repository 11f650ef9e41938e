// SPDX-License-Identifier: GPL-2.0-or-later
/** The harness's dump of every address space and frame, as one JSON text. */
import type { KernelMessage } from '@specialbit/core';
import {
  F,
  type Kernel,
  type Mm,
  PMD,
  PTE,
  tells_by_anon,
  type Vma,
  vm_normal_page,
  vm_normal_page_huge,
} from '@specialbit/core/kernel';
import type { DumpMemory } from './dump-memory.js';
import { type DumpTexts, flagLetters } from './dump-texts.js';
import { labWindow } from './lab-machine.js';
import type { LabSetup } from './lab-setup.js';
import type { LabelSlot, Labels, LabelTable } from './labels.js';

/** Address spaces that the harness can have, numbered from 0. */
export const MAX_MMS = 4;
/** Messages that the harness can hold between two dumps. */
export const MAX_MESSAGES = 48;

const MM_FILEPAGES = 0;
const MM_ANONPAGES = 1;
const MM_SWAPENTS = 2;
const MM_SHMEMPAGES = 3;

/** How many of what a dump shows. */
export interface DumpCounts {
  mms: number;
  vmas: number;
  /** Entries that are present. */
  present: number;
  swapped: number;
  /** PMDs that map memory. */
  pmds: number;
  frames: number;
  /** Is there a member `warn`? */
  warn: boolean;
  /** The dump is one of the laboratory for huge pages. */
  thp?: boolean;
}

const p = { lo: 0, hi: 0 };

/** The VMAs of `mm` that the harness shows, ascending. */
export function trackedVmas(k: Kernel, mm: Mm): Vma[] {
  const [start, end] = labWindow(k.arch.page.size);
  return mm.vmas.filter((vma) => vma.vm_start >= start && vma.vm_start < end);
}

/** Gives labels to every page that the dump will show, without showing it; for supplied allocations. */
export function assignLabels(k: Kernel, labels: LabelTable): void {
  const { pmd } = k.arch;
  for (const mm of liveMms(k)) {
    for (const vma of trackedVmas(k, mm)) {
      mm.pt.forEach(vma.vm_start, vma.vm_end, p, () => {
        if (k.pte.present(p)) labels.of(k.pte.pfn(p), true);
      });
      if (pmd === undefined || vma.mm.pt.huge === 0) continue;
      vma.mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (_, level) => {
        if (level !== PTE && pmd.present(p)) labels.of(pmd.pfn(p), true);
      });
    }
  }
  for (const pin of k.pins) labels.of(pin, true);
}

export function liveMms(k: Kernel): Mm[] {
  const mms: Mm[] = [];
  for (let id = 0; id < MAX_MMS; id++) {
    const mm = k.mms.get(id);
    if (mm !== undefined) mms.push(mm);
  }
  return mms;
}

/** What making a dump yields. */
export interface MadeDump {
  readonly text: string;
  /** What vm_normal_page() reported meanwhile. */
  readonly messages: readonly string[];
  readonly counts: DumpCounts;
}

/** The `dump` member, and the messages that making it caused. Without `memory` everything is shown anew. */
export function dumpText(k: Kernel, labels: Labels, setup: LabSetup, memory?: DumpMemory): MadeDump {
  const shower: Shower = { k, labels, texts: setup.texts, memory, fixed: true };
  labels.beginDump();
  const counts: DumpCounts = { mms: 0, vmas: 0, present: 0, swapped: 0, pmds: 0, frames: 0, warn: false };
  const messages: KernelMessage[] = [];
  const before = k.out.messages;
  k.out.messages = messages;
  let mms = '';
  for (const mm of liveMms(k)) mms += (mms === '' ? '' : ',') + mmText(shower, mm, counts);
  const frames = framesText(k, labels, setup, counts, memory);
  k.out.messages = before;
  memory?.end(labels);
  let warn = '';
  for (const message of messages.slice(0, MAX_MESSAGES)) {
    if (message.kind !== 'bad page map') warn += (warn === '' ? '' : ',') + JSON.stringify(message.text);
  }
  counts.warn = warn !== '';
  const text = `{"mms":[${mms}],"frames":{${frames}}${warn === '' ? '' : `,"warn":[${warn}]`}}`;
  return { text, messages: messages.map((message) => message.text), counts };
}

/** What showing needs. */
interface Shower {
  readonly k: Kernel;
  readonly labels: Labels;
  readonly texts: DumpTexts;
  readonly memory: DumpMemory | undefined;
  /** What was shown of a VMA depends on nothing that DumpMemory does not look at. */
  fixed: boolean;
}

function mmText(shower: Shower, mm: Mm, counts: DumpCounts): string {
  counts.mms++;
  const { rss } = mm;
  let text = `{"mm":${mm.id},"rss":[${rss[MM_FILEPAGES]},${rss[MM_ANONPAGES]},${rss[MM_SHMEMPAGES]},${rss[MM_SWAPENTS]}],"vmas":[`;
  let first = true;
  for (const vma of trackedVmas(shower.k, mm)) {
    const header = shower.texts.vma(vma);
    text += (first ? '' : ',') + header + entriesText(shower, vma, header, counts);
    first = false;
  }
  return `${text}]}`;
}

function entriesText(shower: Shower, vma: Vma, header: string, counts: DumpCounts): string {
  counts.vmas++;
  const { memory, k } = shower;
  if (memory === undefined || vma.mm.pt.huge > 0) return shownAnew(shower, vma, counts);
  const known = memory.entriesOf(vma, header);
  if (known === undefined) return remembered(shower, memory, vma, header, counts);
  counts.present += known.present;
  counts.swapped += known.swapped;
  for (let i = 0; i < known.labels.length; i++) known.labels[i]!.seen = true;
  for (let i = 0; i < known.messages.length; i++) k.message(known.messages[i]!);
  memory.keep(vma, known);
  return known.text;
}

/** Shows the entries, and keeps what was shown. */
function remembered(shower: Shower, memory: DumpMemory, vma: Vma, header: string, counts: DumpCounts): string {
  const { k, labels } = shower;
  const { present, swapped } = counts;
  const reported = k.out.messages.length;
  const asked: LabelSlot[] = [];
  labels.asked = asked;
  shower.fixed = true;
  const text = shownAnew(shower, vma, counts);
  labels.asked = null;
  if (shower.fixed && !tells_by_anon(k)) {
    memory.keep(vma, {
      ...{ text, present: counts.present - present, swapped: counts.swapped - swapped, labels: asked },
      messages: k.out.messages.slice(reported),
      ...{ vma: header, ops: vma.vm_ops, anon_pgoff: vma.anon_pgoff },
    });
  }
  return text;
}

function shownAnew(shower: Shower, vma: Vma, counts: DumpCounts): string {
  const { vm_start } = vma;
  let text = '';
  vma.mm.pt.forEach(vm_start, vma.vm_end, p, (vpn) => {
    text += `${text === '' ? '[' : ',['}${vpn - vm_start},${entryText(shower, vma, vpn, counts)}`;
  });
  return `${text}]${vma.mm.pt.huge > 0 ? pmdsText(shower, vma, counts) : ''}}`;
}

/** The PMDs that map memory; nothing where there are none. */
function pmdsText({ k, labels, texts }: Shower, vma: Vma, counts: DumpCounts): string {
  const { vm_start } = vma;
  const pmd = k.arch.pmd!;
  let text = '';
  vma.mm.pt.forEachEntry(vm_start, vma.vm_end, p, (vpn, level) => {
    if (level !== PMD || !pmd.present(p)) return;
    counts.pmds++;
    const head = texts.pmd(p);
    const label = labels.of(pmd.pfn(p), true);
    const reported = k.out.messages.length;
    const page = vm_normal_page_huge(k, vma, vpn, PMD, p);
    const none = reportedBad(k.out.messages, reported) ? '"bad"' : 'null';
    text += `${text === '' ? '[' : ',['}${vpn - vm_start},${head}${label}",${page < 0 ? none : `"${labels.of(page, false)}"`}]`;
  });
  return text === '' ? '' : `,"pmds":[${text}]`;
}

/** One entry, in register `p`. */
function entryText(shower: Shower, vma: Vma, vpn: number, counts: DumpCounts): string {
  const { k, labels } = shower;
  const entry = shower.texts.entry(p);
  if (!entry.present) {
    counts.swapped++;
    return entry.head;
  }
  counts.present++;
  const reported = k.out.messages.length;
  const page = vm_normal_page(k, vma, vpn, p);
  const label = labels.of(entry.pfn, true);
  // a page without a label may get one, and the zero page is warned of once in an event
  if (label === '?' || (page >= 0 && page !== entry.pfn) || k.machine.is_zero_pfn(page)) shower.fixed = false;
  if (page < 0) return reportedBad(k.out.messages, reported) ? entry.other(label, '"bad"') : entry.none(label);
  if (!k.machine.pfn_valid(page)) return entry.other(label, '"garbage"');
  return page === entry.pfn ? entry.page(label) : entry.other(label, `"${labels.of(page, false)}"`);
}

export function reportedBad(messages: readonly KernelMessage[], from: number): boolean {
  for (let i = from; i < messages.length; i++) if (messages[i]!.kind === 'bad page map') return true;
  return false;
}

/** The frames that differ from their start, then the labelled pages. */
function framesText(
  k: Kernel,
  labels: Labels,
  setup: LabSetup,
  counts: DumpCounts,
  memory: DumpMemory | undefined,
): string {
  const pins = [...k.pins];
  for (const pin of pins) labels.of(pin, true);
  labels.retire(pins);
  if (memory !== undefined && !memory.framesWritten && memory.labelsVersion === labels.version) {
    counts.frames = memory.framesShown;
    return memory.framesText;
  }
  const { frames, machine } = k;
  let text = '';
  const add = (label: string, record: string): void => {
    text += `${text === '' ? '"' : ',"'}${label}":${record}`;
    counts.frames++;
  };
  const recordOf = (pfn: number): string => {
    const known = memory?.frames.get(pfn);
    if (known !== undefined) return known;
    const record = frameRecord(k, pfn);
    memory?.frames.set(pfn, record);
    return record;
  };
  for (const { label, pfn, first } of setup.ownFrames) {
    const record = recordOf(pfn);
    if (record !== first) add(label, record);
  }
  const zero = machine.zero_pfn;
  if (frames.get(zero, F.count) !== 0 || frames.get(zero, F.mapcount) !== 0) add('Z', frameRecord(k, zero));
  labels.forEach((label, pfn) => {
    add(label, recordOf(pfn));
  });
  if (memory !== undefined) {
    memory.framesText = text;
    memory.framesShown = counts.frames;
  }
  return text;
}

export function frameRecord(k: Kernel, pfn: number): string {
  const { frames } = k;
  return `[${frames.get(pfn, F.count)},${frames.get(pfn, F.mapcount)},"${flagLetters(frames.get(pfn, F.flags))}"]`;
}
