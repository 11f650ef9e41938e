// SPDX-License-Identifier: GPL-2.0-or-later
/** The dump of the laboratory for huge pages: PMDs, page tables, folios and statistics beside what others show. */
import { hexPte, type KernelMessage } from '@specialbit/core';
import {
  F,
  type Folio,
  folio_maybe_mapped_shared,
  type Kernel,
  type Mm,
  PG,
  PTE,
  type Vma,
  vm_normal_page,
  vm_normal_page_huge,
} from '@specialbit/core/kernel';
import { type DumpCounts, frameRecord, liveMms, MAX_MESSAGES, reportedBad, trackedVmas } from './dump.js';
import { flagLetters } from './dump-texts.js';
import type { LabSetup } from './lab-setup.js';
import type { LabelTable } from './labels.js';
import { Runs } from './thp-runs.js';

/** The `dump` member, and the messages that making it caused. */
export function thpDumpText(
  k: Kernel,
  labels: LabelTable,
  setup: LabSetup,
): { readonly text: string; readonly messages: readonly string[]; readonly counts: DumpCounts } {
  labels.beginDump();
  const messages: KernelMessage[] = [];
  const before = k.out.messages;
  k.out.messages = messages;
  const mms = liveMms(k).map((mm) => mmText(k, mm, labels, setup));
  const frames = framesText(k, labels, setup);
  const folios = foliosText(k, labels);
  k.out.messages = before;
  const warn = messages
    .slice(0, MAX_MESSAGES)
    .filter(({ kind }) => kind !== 'bad page map')
    .map(({ text }) => JSON.stringify(text));
  const text =
    `{"mms":[${mms}],"frames":{${frames}}${folios}${statText(k)}${listsText(k, labels)}` +
    `${warn.length === 0 ? '' : `,"warn":[${warn}]`}}`;
  const counts = {
    mms: mms.length,
    vmas: 0,
    present: 0,
    swapped: 0,
    pmds: 0,
    frames: 0,
    warn: warn.length > 0,
    thp: true,
  };
  return { text, messages: messages.map((message) => message.text), counts };
}

function mmText(k: Kernel, mm: Mm, labels: LabelTable, setup: LabSetup): string {
  const [file, anon, swap, shmem] = mm.rss;
  const vmas = trackedVmas(k, mm).map((vma) => `${setup.texts.vma(vma)}${vmaText(k, vma, labels)}}`);
  return `{"mm":${mm.id},"rss":[${file},${anon},${shmem},${swap}],"vmas":[${vmas}]}`;
}

/** lab_dump_vma(): PTEs, then PMDs that map memory, then page tables. */
function vmaText(k: Kernel, vma: Vma, labels: LabelTable): string {
  const { vm_start, vm_end } = vma;
  const { pt } = vma.mm;
  const p = { lo: 0, hi: 0 };
  const runs = new Runs();
  pt.walk(vm_start, vm_end, p, {
    pte: (vpn) => addPte(k, vma, vpn, p, labels, runs),
    pmd: () => true,
    pud: () => true,
  });
  runs.flush();
  const pmds: string[] = [];
  if (pt.huge > 0) {
    pt.forEachEntry(vm_start, vm_end, p, (first, level) => {
      if (level !== PTE) pmds.push(pmdText(k, vma, first, p, labels));
    });
  }
  const tabs: number[] = [];
  const { pages } = k.arch.pmd!;
  for (let first = vm_start - (vm_start % pages); first < vm_end; first += pages) {
    if (pt.hasTable(first)) tabs.push(first - vm_start);
  }
  return `${runs.text}]${pmds.length === 0 ? '' : `,"pmds":[${pmds}]`}${tabs.length === 0 ? '' : `,"tabs":[${tabs}]`}`;
}

type Raw = Parameters<Kernel['pte']['present']>[0];

function addPte(k: Kernel, vma: Vma, vpn: number, p: Raw, labels: LabelTable, runs: Runs): void {
  const { pte } = k;
  const index = vpn - vma.vm_start;
  const raw = hexPte(p);
  if (!pte.present(p)) {
    const swp = { type: 0, offset: 0 };
    pte.pte_to_swp_entry(p, swp);
    runs.alone(`[${index},"${raw}","swap",${swp.type},"${swp.offset.toString(16)}"]`);
    return;
  }
  const pfn = pte.pfn(p);
  const bits = `P${pte.write(p) ? 'W' : '-'}${pte.dirty(p) ? 'D' : '-'}${pte.young(p) ? 'Y' : '-'}${pte.special(p) ? 'S' : '-'}`;
  const label = labels.of(pfn, true);
  const reported = k.out.messages.length;
  const page = vm_normal_page(k, vma, vpn, p);
  let normal = `"${label}"`;
  if (page < 0) normal = reportedBad(k.out.messages, reported) ? '"bad"' : 'null';
  else if (!k.machine.pfn_valid(page)) normal = '"garbage"';
  else if (page !== pfn) normal = `"${labels.of(page, false)}"`;
  runs.add({ index, raw: BigInt(`0x${raw}`), bits, pfn, label, normal });
}

function pmdText(k: Kernel, vma: Vma, first: number, p: Raw, labels: LabelTable): string {
  const pmd = k.arch.pmd!;
  const index = first - vma.vm_start;
  if (!pmd.present(p)) return `[${index},"${hexPte(p)}","swap"]`;
  const bits = `P${pmd.write(p) ? 'W' : '-'}${pmd.dirty(p) ? 'D' : '-'}${pmd.young(p) ? 'Y' : '-'}${pmd.special(p) ? 'S' : '-'}`;
  const pfn = pmd.pfn(p);
  const label = labels.of(pfn, true);
  const page = vm_normal_page_huge(k, vma, first, 1, p);
  const zero = k.huge_zero_pfn >= 0 && k.page_folio(pfn) === k.huge_zero_pfn;
  const kind = zero ? 'zero' : pmd.devmap(p) ? 'devmap' : pmd.trans_huge(p) ? 'trans' : 'leaf';
  const normal = page < 0 ? 'null' : k.machine.pfn_valid(page) ? `"${labels.of(page, false)}"` : '"garbage"';
  return `[${index},"${hexPte(p)}","${bits}","${pfn.toString(16)}","${label}",${normal},"${kind}"]`;
}

/** The driver's frames, the zero page, then folios of one page: neighbours that are alike share an entry. */
function framesText(k: Kernel, labels: LabelTable, setup: LabSetup): string {
  const { frames, machine } = k;
  const parts: string[] = [];
  for (const { label, pfn, first } of setup.ownFrames) {
    const record = frameRecord(k, pfn);
    if (record !== first) parts.push(`"${label}":${record}`);
  }
  const zero = machine.zero_pfn;
  if (frames.get(zero, F.count) !== 0 || frames.get(zero, F.mapcount) !== 0) parts.push(`"Z":${frameRecord(k, zero)}`);
  const pins = [...k.pins];
  for (const pin of pins) labels.of(pin, true);
  labels.retire(pins);
  for (const kind of ['A', 'F']) {
    const found: [number, string][] = [];
    labels.forEach((label, pfn) => {
      if (label.startsWith(kind)) found.push([Number(label.slice(1)), frameRecord(k, pfn)]);
    });
    for (let i = 0; i < found.length; ) {
      const [lo, record] = found[i]!;
      let n = 1;
      while (found[i + n]?.[0] === lo + n && found[i + n]![1] === record) n++;
      parts.push(`"${kind}${lo}${n > 1 ? `-${kind}${lo + n - 1}` : ''}":${record}`);
      i += n;
    }
  }
  for (const { first, end, label, compound } of machine.blocks) {
    if (compound || !label.startsWith('N')) continue;
    for (let pfn = first; pfn < end; pfn++) {
      const record = frameRecord(k, pfn);
      if (record !== (pfn === first ? '[1,0,""]' : '[0,0,""]')) parts.push(`"${machine.labelOf(pfn)}":${record}`);
    }
  }
  return parts.join(',');
}

/** `"folios"`: T, then S, then the driver's that were touched; neighbours that are alike share an entry. */
function foliosText(k: Kernel, labels: LabelTable): string {
  const found: { kind: string; index: number; ix: number; order: number; body: string }[] = [];
  for (const kind of ['T', 'S']) {
    labels.forEach((label, pfn) => {
      const folio = k.large_folio(pfn);
      if (!label.startsWith(kind) || folio === undefined) return;
      const ix = k.frames.get(folio.id, F.mapping) === 0 ? 0 : k.frames.get(folio.id, F.index);
      found.push({ kind, index: Number(label.slice(1)), ix, order: folio.order, body: folioBody(k, folio) });
    });
  }
  for (const { first, label, compound } of k.machine.blocks) {
    const folio = k.large_folio(first);
    if (!compound || folio === undefined) continue;
    const touched = k.page_count(first) !== 1 || folio.large_mapcount !== 0 || flagsOf(k, first) !== '';
    if (touched) found.push({ kind: 'C', index: Number(label.slice(1)), ix: 0, order: 0, body: folioBody(k, folio) });
  }
  const parts: string[] = [];
  for (let i = 0; i < found.length; ) {
    const { kind, index, ix, order, body } = found[i]!;
    let n = 1;
    for (let next = found[i + n]; kind !== 'C' && next?.kind === kind; next = found[i + n]) {
      if (next.index !== index + n || next.order !== order || next.ix !== ix + (n << order) || next.body !== body)
        break;
      n++;
    }
    const range = n > 1 ? `-${kind}${index + n - 1}` : '';
    parts.push(`"${kind}${index}${range}":{"ix":"${ix.toString(16)}",${body}}`);
    i += n;
  }
  return parts.length === 0 ? '' : `,"folios":{${parts}}`;
}

function flagsOf(k: Kernel, pfn: number): string {
  return flagLetters(k.frames.get(pfn, F.flags));
}

/** folio_body(): everything of a folio but its label and index. */
function folioBody(k: Kernel, folio: Folio): string {
  const { id, order, entire_mapcount, large_mapcount, nr_pages_mapped, pincount } = folio;
  const shared = folio_maybe_mapped_shared(k, id) ? 1 : 0;
  let text =
    `"o":${order},"rc":${k.page_count(id)},"em":${entire_mapcount},"lm":${large_mapcount},` +
    `"np":"${(nr_pages_mapped >>> 0).toString(16)}","pin":${pincount},"fm":${large_mapcount},"ls":${shared},"fl":"${flagsOf(k, id)}"`;
  if (folio.large_rmappable) text += ',"rm":1';
  if (folio.hugetlb) text += ',"ht":1';
  if (folio.restore_reserve) text += ',"rr":1';
  if (order > 1 && folio.deferred) text += ',"dl":1';
  if (order > 1 && folio.partially_mapped) text += ',"part":1';
  text += runsOf('mc', folio.pages, (i) => k.frames.get(id + i, F.mapcount));
  const anon = k.test_anon(id);
  // PageAnonExclusive() of a page of hugetlb asks the first one
  const asked = (i: number): number => (folio.hugetlb ? id : id + i);
  text += runsOf('x', folio.pages, (i) => (anon && k.frames.test(asked(i), PG.anon_exclusive) ? 1 : 0));
  return text;
}

/** LF_RUNS(). */
function runsOf(name: string, pages: number, get: (i: number) => number): string {
  const parts: string[] = [];
  for (let i = 0; i < pages; ) {
    const value = get(i);
    let n = 1;
    while (i + n < pages && get(i + n) === value) n++;
    if (value !== 0) parts.push(`[${i},${n},${value}]`);
    i += n;
  }
  return parts.length === 0 ? '' : `,"${name}":[${parts}]`;
}

const EVENTS = [
  'THP_FAULT_ALLOC',
  'THP_FAULT_FALLBACK',
  'THP_COLLAPSE_ALLOC',
  'THP_COLLAPSE_ALLOC_FAILED',
  'THP_FILE_ALLOC',
  'THP_FILE_FALLBACK',
  'THP_FILE_MAPPED',
  'THP_SPLIT_PAGE',
  'THP_SPLIT_PAGE_FAILED',
  'THP_DEFERRED_SPLIT_PAGE',
  'THP_UNDERUSED_SPLIT_PAGE',
  'THP_SPLIT_PMD',
  'THP_SCAN_EXCEED_NONE_PTE',
  'THP_SCAN_EXCEED_SWAP_PTE',
  'THP_SCAN_EXCEED_SHARED_PTE',
  'THP_ZERO_PAGE_ALLOC',
  'THP_ZERO_PAGE_ALLOC_FAILED',
  'THP_SWPOUT',
  'THP_SWPOUT_FALLBACK',
] as const;

const SIZE_STATS = [
  'anon_fault_alloc',
  'anon_fault_fallback',
  'swpout',
  'swpout_fallback',
  'shmem_alloc',
  'shmem_fallback',
  'split',
  'split_failed',
  'split_deferred',
  'nr_anon',
  'nr_anon_partially_mapped',
] as const;

const NODE = ['anon_thps', 'shmem_thps', 'shmem_pmdmapped', 'file_thps', 'file_pmdmapped'] as const;

/** counters_dump(): `ev` and `mthp` of the step, `nr` since the start. */
function statText(k: Kernel): string {
  const { events, mthp } = k.vmstat;
  const ev = EVENTS.filter((name) => (events.get(name) ?? 0) !== 0).map((name) => `"${name}":${events.get(name)}`);
  const sizes = [...mthp.keys()]
    .sort((a, b) => a - b)
    .flatMap((order) => {
      const stats = mthp.get(order)!;
      const some = SIZE_STATS.filter((name) => (stats.get(name) ?? 0) !== 0);
      return some.length === 0 ? [] : [`"${order}":{${some.map((name) => `"${name}":${stats.get(name)}`)}}`];
    });
  const nr = NODE.filter((name) => k.thp.state[name] !== 0).map((name) => `"${name}":${k.thp.state[name]}`);
  return (
    (ev.length === 0 ? '' : `,"ev":{${ev}}`) +
    (sizes.length === 0 ? '' : `,"mthp":{${sizes}}`) +
    (nr.length === 0 ? '' : `,"nr":{${nr}}`)
  );
}

/** The deferred split list, and the huge zero folio. */
function listsText(k: Kernel, labels: LabelTable): string {
  const { deferred, huge_zero_pfn, huge_zero_refcount } = k.thp.state;
  const list = [...deferred].map((pfn) => `"${labels.of(pfn, false)}"`);
  const dq = list.length === 0 ? '' : `,"dq":[${list}],"dqlen":${list.length}`;
  const hz = huge_zero_pfn < 0 ? '' : `,"hz":[${huge_zero_refcount},${k.page_count(huge_zero_pfn)}]`;
  return dq + hz + poolsText(k);
}

/** pools_dump(): pools of hugetlb that have pages, or may get some. */
function poolsText(k: Kernel): string {
  const pools = k.hugetlb.state.hstates.flatMap((h) => {
    const { order, nr_huge_pages, free, resv_huge_pages, surplus_huge_pages, nr_overcommit_huge_pages } = h;
    if (nr_huge_pages === 0 && resv_huge_pages === 0 && nr_overcommit_huge_pages === 0) return [];
    const next = [...free].reverse().map((pfn) => `"${pfn.toString(16)}"`);
    const counts = [order, nr_huge_pages, free.length, resv_huge_pages, surplus_huge_pages, nr_overcommit_huge_pages];
    return [`[${counts},[${next}]]`];
  });
  return pools.length === 0 ? '' : `,"pools":[${pools}]`;
}
