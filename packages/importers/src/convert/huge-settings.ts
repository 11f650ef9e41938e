// SPDX-License-Identifier: GPL-2.0-or-later
/** What a recording says of huge pages: settings of THP, pools of hugetlb, folios of page caches. */
import { type FileSpec, type LogEvent, type LogHeader, MAP_FLAGS } from '@specialbit/events';
import type { SnapshotMark } from '../recording.js';
import type { TraceRecord } from '../records.js';
import type { Files } from './files.js';

/** Large folios of the page caches of files, which snapshots show where pages of them are mapped. */
export function largeFolios(marks: readonly SnapshotMark[], files: Files): boolean {
  let found = false;
  for (const { images } of marks) {
    for (const { snapshot } of images) {
      for (const page of snapshot.pages ?? []) {
        if (page.folio === undefined || page.pfn === undefined || !page.pm.includes('file_shared')) continue;
        const addr = page.vpn * 4096;
        const vma = snapshot.maps.find(({ start, end }) => start <= addr && addr < end);
        const order = Math.log2(page.folio.pages);
        if (vma === undefined || !vma.name.startsWith('/') || !Number.isInteger(order) || order < 1) continue;
        found = true;
        const index = (vma.offset + addr - vma.start) / 4096 - (page.pfn - page.folio.head);
        files.large(vma.name, index, order);
      }
    }
  }
  return found;
}

/** MAP_HUGE_SHIFT (include/uapi/asm-generic/hugetlb_encode.h), and its six bits. */
const MAP_HUGE_SHIFT = 26;
const MAP_HUGE_MASK = 0x3f;

/** Pools that are large enough for all that is mapped of hugetlb, in each process that could copy it; undefined without any. */
export function hugetlbPools(
  events: readonly LogEvent[],
  files: Readonly<Record<string, FileSpec>>,
  pmd: number,
): NonNullable<LogHeader['hugetlb']> | undefined {
  const mapped = { pmd: 0, pud: 0 };
  let processes = 1;
  for (const event of events) {
    if (event.type === 'fork') processes++;
    if (event.type !== 'mmap' && event.type !== 'map_vma') continue;
    const file = event.file === undefined ? undefined : files[event.file];
    if (file?.kind === 'hugetlbfs') mapped[file.huge_page ?? 'pmd'] += event.pages;
    if (event.type === 'map_vma' || (event.flags & MAP_FLAGS.MAP_HUGETLB) === 0 || file !== undefined) continue;
    const shift = (event.flags >>> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;
    mapped[shift > Math.log2(pmd) + 12 ? 'pud' : 'pmd'] += event.pages;
  }
  if (mapped.pmd === 0 && mapped.pud === 0) return undefined;
  const pages = (of: number, size: number): string => String(Math.ceil(of / size) * processes);
  return {
    nr_hugepages: pages(mapped.pmd, pmd),
    ...(mapped.pud === 0 ? {} : { 'hugepages-pud/nr_hugepages': pages(mapped.pud, pmd * pmd) }),
  };
}

type Thp = NonNullable<LogHeader['thp']>;

/** Who has huge pages, if anybody: who asks for them, where somebody does. */
export function modeOf(records: readonly TraceRecord[]): 'always' | 'madvise' {
  const asks = (r: TraceRecord): boolean =>
    r.type === 'syscall' && r.call.name === 'madvise' && r.call.advice === 'MADV_HUGEPAGE' && r.ret !== -1;
  return records.some(asks) ? 'madvise' : 'always';
}

/**
 * Whether a trace shows transparent huge pages (mm_page_alloc with GFP_TRANSHUGE, huge pages of khugepaged), of which sizes,
 * and who has them.
 */
export function hugeSettings(
  records: readonly TraceRecord[],
  events: readonly LogEvent[],
  pmd: number,
): Thp | undefined {
  const sizes = new Set<number>();
  // what khugepaged allocates says nothing of faults
  const processes = new Set(records.filter(({ type }) => type === 'fault' || type === 'syscall').map(({ pid }) => pid));
  for (const record of records)
    if (record.type === 'page_alloc' && record.huge && record.order > 0 && processes.has(record.pid))
      sizes.add(2 ** record.order);
  // a snapshot that has some was placed
  if (events.some((event) => event.type === 'tune')) sizes.add(pmd);
  if (sizes.size === 0 && !records.some((record) => record.type === 'collapse')) return undefined;
  const mode = modeOf(records);
  const thp: Record<string, string> = { enabled: sizes.has(pmd) ? mode : 'never' };
  for (const size of [...sizes].sort((a, b) => a - b))
    if (size < pmd) thp[`hugepages-order${Math.log2(size)}/enabled`] = mode;
  return thp;
}
