// SPDX-License-Identifier: GPL-2.0-or-later
/** A snapshot as a starting state: the events that place its VMAs and touch its pages. */

import { type LogEvent, VM_FLAGS } from '@specialbit/events';
import type { Snapshot } from '../proc/snapshot.js';

import { type FlagNumbering, wideFlags } from '../proc/snapshot.js';
import { fileOfName, kindOfName } from '../proc/vma-name.js';

import { flagsOfPerms } from './exec-image.js';
import type { Files } from './files.js';
import type { Frames } from './frames.js';

export interface PlacedHuge {
  /** Pages that a PMD maps. */
  readonly pmdPages?: number;
  /** What the machine has in transparent_hugepage/enabled. */
  readonly enabled?: 'always' | 'madvise' | 'never';
}

/** `PAGE`: bytes of a page on the machine that it is of; `numbering`: whose vm_flags it has. */
export function placeSnapshot(
  snapshot: Snapshot,
  mm: number,
  files: Files,
  frames: Frames,
  PAGE = 4096,
  { pmdPages = 512, enabled = 'always', ...numbering }: FlagNumbering & PlacedHuge = {},
): LogEvent[] {
  const flags = new Map<number, number>();
  /** Where pages of hugetlb are larger than a PMD maps (KernelPageSize). */
  const gigantic = new Set<number>();
  for (const vma of snapshot.smaps ?? []) {
    if (vma.vm_flags !== undefined) flags.set(vma.start, vma.vm_flags);
    if ((vma.sizes.KernelPageSize ?? 0) * 1024 > pmdPages * PAGE) gigantic.add(vma.start);
  }
  const exact = new Map(snapshot.vmas?.map((vma) => [vma.start, vma]));
  const heap = snapshot.maps.find((vma) => vma.name === '[heap]');
  const brk = snapshot.mm?.brk ?? heap?.end;
  const stack = snapshot.maps.find((vma) => vma.name === '[stack]');
  const events: LogEvent[] = [
    {
      type: 'execve',
      mm,
      start_brk: snapshot.mm?.start_brk ?? heap?.start ?? 0,
      start_stack: snapshot.mm?.start_stack ?? (stack === undefined ? 0 : stack.end - PAGE),
      ...(brk === undefined ? {} : { brk }),
    },
  ];
  const names = new Map<string, number>();
  for (const entry of snapshot.maps) {
    const vma = exact.get(entry.start);
    const pages = (entry.end - entry.start) / PAGE;
    const kind = kindOfName(entry);
    const isFile = kind.file !== undefined;
    const pgoff = vma?.pgoff ?? (isFile ? entry.offset / PAGE : kind.special ? 0 : entry.start / PAGE);
    const file = isFile ? files.at(fileOfName(entry.name)) : undefined;
    if (file !== undefined) {
      const hugetlb = ((flags.get(entry.start) ?? 0) & VM_FLAGS.VM_HUGETLB) !== 0;
      file.kind = hugetlb ? 'hugetlbfs' : kind.file!;
      if (gigantic.has(entry.start)) file.huge_page = 'pud';
      file.reached = Math.max(file.reached, pgoff + pages);
    }
    let anon_vma: number | undefined;
    if (vma !== undefined && vma.anon_vma !== '') {
      anon_vma = names.get(vma.anon_vma) ?? names.size + 1;
      names.set(vma.anon_vma, anon_vma);
    }
    events.push({
      type: 'map_vma',
      mm,
      at: { addr: entry.start },
      pages,
      vm_flags:
        vma === undefined
          ? (flags.get(entry.start) ?? (flagsOfPerms(entry.perms) | (kind.flags ?? 0)) >>> 0)
          : wideFlags(vma, numbering),
      pgoff,
      ...(file === undefined ? {} : { file: file.name }),
      ...(kind.special ? { name: entry.name, ops: frames.specialMapping(entry.name, pages) } : {}),
      ...(kind.named ? { name: entry.name } : {}),
      ...(anon_vma === undefined ? {} : { anon_vma }),
    });
  }
  const present = (snapshot.pages ?? []).filter((page) => page.pm.includes('present'));
  const hugetlb = snapshot.maps.filter(({ start }) => ((flags.get(start) ?? 0) & VM_FLAGS.VM_HUGETLB) !== 0);
  const inHugetlb = (addr: number): boolean => hugetlb.some(({ start, end }) => start <= addr && addr < end);
  const huge = present.filter(({ level, vpn }) => level === 2 && !inHugetlb(vpn * PAGE));
  // otherwise small pages would become huge ones, too; what the machine has set is written down when all is in its place
  if (huge.length > 0) events.push({ type: 'tune', key: 'enabled', value: 'never' });
  for (const page of present) {
    const at = { addr: page.vpn * PAGE };
    const anonymous = !page.pm.includes('file_shared') && !page.special;
    if (inHugetlb(page.vpn * PAGE)) {
      // once for each huge page
      if (page.vpn % pmdPages === 0) events.push({ type: 'access', mm, at, op: anonymous ? 'write' : 'read' });
      continue;
    }
    const alloc = anonymous && page.pfn !== undefined ? { alloc: [page.pfn] } : {};
    if (page.level === 2) {
      events.push({ type: 'access', mm, at, op: anonymous ? 'write' : 'read' });
      events.push({ type: 'madvise', mm, at, pages: pmdPages, advice: 'MADV_COLLAPSE', ...alloc });
      continue;
    }
    events.push({ type: 'access', mm, at, op: anonymous ? 'write' : 'read', ...alloc });
  }
  if (huge.length > 0) events.push({ type: 'tune', key: 'enabled', value: enabled });
  return events;
}
