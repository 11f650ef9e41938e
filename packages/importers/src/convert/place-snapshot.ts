// SPDX-License-Identifier: GPL-2.0-or-later
/** A snapshot as a starting state: the events that place its VMAs and touch its pages. */

import type { LogEvent } from '@specialbit/events';
import type { Snapshot } from '../proc/snapshot.js';

import { type FlagNumbering, wideFlags } from '../proc/snapshot.js';
import { fileOfName, kindOfName } from '../proc/vma-name.js';

import { flagsOfPerms } from './exec-image.js';
import type { Files } from './files.js';
import type { Frames } from './frames.js';

/** `PAGE`: bytes of a page on the machine that it is of; `numbering`: whose vm_flags it has. */
export function placeSnapshot(
  snapshot: Snapshot,
  mm: number,
  files: Files,
  frames: Frames,
  PAGE = 4096,
  numbering: FlagNumbering = {},
): LogEvent[] {
  const flags = new Map<number, number>();
  for (const vma of snapshot.smaps ?? []) if (vma.vm_flags !== undefined) flags.set(vma.start, vma.vm_flags);
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
      file.kind = kind.file!;
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
  for (const page of snapshot.pages ?? []) {
    if (!page.pm.includes('present')) continue;
    const at = { addr: page.vpn * PAGE };
    const anonymous = !page.pm.includes('file_shared') && !page.special;
    const alloc = anonymous && page.pfn !== undefined ? { alloc: [page.pfn] } : {};
    events.push({ type: 'access', mm, at, op: anonymous ? 'write' : 'read', ...alloc });
  }
  return events;
}
