// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What one can ask a moment about: the entry that maps a page (`ring[2]`, `1:ring[2]`, `0x20001000`), a field of a VMA
 * (`ring.vm_flags`), a counter of a process (`MM_ANONPAGES`, `1:rss`) or of a frame (`P0`, `P0.mapcount`).
 */
import { flagNames, hexAddress, MM_COUNTER_NAMES, type PteView, pageFlagNames, type Target } from '@specialbit/core';
import {
  Allocator,
  codecOf,
  describeEntry,
  type EntryAt,
  entryAt,
  F,
  frameLabel,
  type Kernel,
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_SHMEMPAGES,
  vm_flags_wide,
} from '@specialbit/core/kernel';
import { suggestion } from '@specialbit/events';
import { UsageError } from '../errors.js';
import { hex, pteText, verdictWord } from '../show/pte-text.js';
import { vmaLetters, vmaRange } from '../show/vma-text.js';

const FRAME_FIELDS = { refcount: F.count, mapcount: F.mapcount, flags: F.flags, content: F.content } as const;
type FrameField = keyof typeof FRAME_FIELDS;
const VMA_FIELDS = ['vm_flags', 'vm_pgoff', 'range'] as const;
type VmaField = (typeof VMA_FIELDS)[number];
/** `rss`: get_mm_rss() (include/linux/mm.h), all counters but that of swap entries. */
const RSS: readonly number[] = [MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES];
const COUNTERS: readonly string[] = [...MM_COUNTER_NAMES, 'rss'];

/** As it was written; `name` may turn out to be a mapping or a frame. */
export interface Subject {
  readonly text: string;
  readonly mm: number;
  readonly name: string;
  /** Of `name[page]`; absent without brackets. */
  readonly page?: number;
  readonly field?: string;
}

export const SUBJECT_FORMS = '"ring[2]", "0x20001000", "ring.vm_flags", "P0.refcount", "MM_ANONPAGES", "1:rss"';

/** Throws UsageError for what no log could mean. `mm`: the address space of one that names none. */
export function parseSubject(text: string, mm = 0): Subject {
  const match =
    /^(?:(\d+):)?(0x[0-9a-f]+|pfn:0x[0-9a-f]+|[A-Za-z][\w.:/@-]*?)(?:\[(\d+|0x[0-9a-f]+)\])?(?:\.(refcount|mapcount|flags|content|vm_flags|vm_pgoff|range))?$/i.exec(
      text.trim(),
    );
  if (match === null)
    throw new UsageError('usage.subject', `expected one of ${SUBJECT_FORMS}, found ${JSON.stringify(text)}`);
  const [, space, name, page, field] = match;
  return {
    text: text.trim(),
    mm: space === undefined ? mm : Number(space),
    name: name!,
    ...(page === undefined ? {} : { page: Number(page) }),
    ...(field === undefined ? {} : { field: field.toLowerCase() }),
  };
}

/** Something to be read at any moment of one lane, whatever its name meant when it was looked up. */
export interface Probe {
  /** In full: `mm 0 ring[2]`, `P0 refcount`. */
  readonly name: string;
  readonly kind: 'pte' | 'vma' | 'rss' | 'frame';
  /** Equal while it is the same; a number where it is one. */
  value(k: Kernel): number | string | null;
  /** For people. */
  text(k: Kernel): string;
  /** Of a PTE. */
  pte?(k: Kernel): PteView | null;
  /** As a timeline knows it, where one does: it changes when one of these does, if at all. */
  readonly targets?: readonly Target[];
  /** The address space whose VMAs it depends on, where it does. */
  readonly mm?: number;
}

/** Looks the names up at one moment. Throws UsageError for one that does not exist then. */
export function resolveSubject(k: Kernel, subject: Subject): Probe {
  const { name, field } = subject;
  if (subject.page === undefined && field === undefined) {
    const counter = COUNTERS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (counter !== undefined) return counterProbe(subject.mm, counter);
  }
  const mm = k.mms.get(subject.mm);
  const isPage = /^0x/i.test(name) || mm?.labels[name] !== undefined;
  if (field !== undefined && field in FRAME_FIELDS && !isPage) return frameProbe(k, subject, field as FrameField);
  if (isPage || subject.page !== undefined) return pageProbe(k, subject);
  return frameProbe(k, subject, 'refcount');
}

function counterProbe(mm: number, counter: string): Probe {
  const i = MM_COUNTER_NAMES.indexOf(counter as (typeof MM_COUNTER_NAMES)[number]);
  const value = (k: Kernel): number | null => {
    const rss = k.mms.get(mm)?.rss;
    if (rss === undefined) return null;
    return i >= 0 ? rss[i]! : RSS.reduce((sum, c) => sum + rss[c]!, 0);
  };
  const text = (k: Kernel): string => String(value(k) ?? 'no such process');
  const counted = i >= 0 ? [i] : RSS;
  const targets = counted.map((one) => ({ counter: { mm, counter: one } }));
  return { name: `mm ${mm} ${counter}`, kind: 'rss', value, text, targets };
}

function frameProbe(k: Kernel, subject: Subject, field: FrameField): Probe {
  const pfn = pfnOfLabel(k, subject.name);
  if (pfn === undefined) throw unknownName(k, subject);
  const number = (now: Kernel): number => now.frames.get(pfn, FRAME_FIELDS[field]);
  const text = (now: Kernel): string => {
    if (!now.machine.pfn_valid(pfn) && field !== 'content') return 'no struct page';
    if (field === 'flags') return pageFlagNames(number(now)).join(' ') || 'none';
    return field === 'content' ? hex(number(now)) : String(number(now));
  };
  const target = { frame: pfn, field: field === 'refcount' ? ('count' as const) : field };
  return { name: `${frameLabel(k, pfn)} ${field}`, kind: 'frame', value: number, text, targets: [target] };
}

function pageProbe(k: Kernel, subject: Subject): Probe {
  const { name, page = 0, field, mm: id } = subject;
  const mm = k.mms.get(id);
  if (mm === undefined) {
    const live = [...k.mms.keys()].join(', ') || 'none';
    throw new UsageError('usage.process', `no such process: mm ${id} (there are: ${live})`);
  }
  const start = /^0x/i.test(name) ? Math.floor(Number.parseInt(name, 16) / k.arch.page.size) : mm.labels[name];
  if (start === undefined) throw unknownName(k, subject);
  const vpn = start + page;
  if (field !== undefined && field in FRAME_FIELDS) {
    throw new UsageError('usage.subject', `${subject.text}: a page has no ${field}; give the frame`);
  }
  const at = /^0x/i.test(name) ? `0x${hexAddress(k.arch, vpn)}` : field === undefined ? `${name}[${page}]` : name;
  if (field !== undefined) return vmaProbe(`mm ${id} ${at} ${field}`, id, vpn, field as VmaField);
  const load = (now: Kernel): EntryAt | null => {
    const space = now.mms.get(id);
    return space === undefined ? null : entryAt(now, space, vpn);
  };
  const pte = (now: Kernel): PteView | null => {
    const entry = load(now);
    if (entry === null) return null;
    const view = describeEntry(now, now.vmaAt(id, vpn), entry.first, entry.level, entry.raw);
    if (view.kind !== 'present' || entry.first === vpn) return view;
    // the page's own frame, inside of a huge entry
    const pfn = view.pfn + (vpn - entry.first);
    return { ...view, pfn, frame: frameLabel(now, pfn) };
  };
  return {
    name: `mm ${id} ${at}`,
    kind: 'pte',
    value: (now) => {
      const entry = load(now);
      return entry === null ? null : `${entry.level}:${entry.raw.hi}:${entry.raw.lo}`;
    },
    text: (now) => {
      const view = pte(now);
      if (view === null) return 'no such process';
      return view.verdict === null ? pteText(view) : `${pteText(view)} ${verdictWord(view)}`;
    },
    pte,
    targets: [{ pte: { mm: id, vpn } }],
  };
}

function vmaProbe(name: string, mm: number, vpn: number, field: VmaField): Probe {
  const text = (k: Kernel): string => {
    const vma = k.vmaAt(mm, vpn);
    if (vma === undefined) return 'not mapped';
    if (field === 'vm_flags')
      return flagNames(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi), k).replaceAll('|', ' ') || '0';
    return field === 'vm_pgoff' ? hex(vma.vm_pgoff) : `${vmaRange(k, vma)} ${vmaLetters(vma.vm_flags)}`;
  };
  return { name, kind: 'vma', value: text, text, mm };
}

/** A label of the machine, `pfn:0x...`, or `A1`, `F1`: a page that the allocator handed out and somebody uses. */
function pfnOfLabel(k: Kernel, label: string): number | undefined {
  if (/^pfn:0x/i.test(label)) return Number.parseInt(label.slice('pfn:'.length), 16);
  const fixed = k.machine.pfnOf(label);
  if (fixed !== undefined) return fixed;
  if (label === 'Z') return k.machine.zero_pfn;
  if (!/^[AF]\d+$/.test(label)) return undefined;
  return usedPfns(k).find((pfn) => frameLabel(k, pfn) === label);
}

/** Frames that may be the allocator's: those that it went past, and those that a log says it handed out. */
function usedPfns(k: Kernel): number[] {
  const pfns = new Set<number>(k.pins);
  for (const file of k.files.values()) for (const pfn of file.page_cache.values()) pfns.add(pfn);
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    mm.pt.forEachEntry(0, k.arch.task_pages, p, (_, level) => {
      const codec = codecOf(k.arch, level)!;
      if (codec.present(p)) pfns.add(codec.pfn(p));
    });
  }
  for (let pfn = Allocator.start(k.machine); pfn < k.allocator.next; pfn++) pfns.add(pfn);
  return [...pfns];
}

function unknownName(k: Kernel, { name, mm: id }: Subject): UsageError {
  const frames = Object.keys(k.machine.spec.frames);
  const mm = k.mms.get(id);
  if (mm === undefined) {
    const live = [...k.mms.keys()].join(', ') || 'none';
    return new UsageError(
      'usage.process',
      `no such process: mm ${id} (there are: ${live}), and no such frame: ${name}`,
    );
  }
  const mappings = Object.keys(mm.labels);
  const hint = suggestion(name, [...mappings, ...frames, ...COUNTERS]);
  const known = mappings.length === 0 ? 'none' : mappings.slice(0, 8).join(', ');
  return new UsageError(
    'usage.subject',
    `no such mapping, frame or counter at this moment: ${name}${hint} (mappings: ${known})`,
  );
}
