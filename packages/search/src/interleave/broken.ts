// SPDX-License-Identifier: GPL-2.0-or-later
/** What must not happen in whatever order, looked for behind each step. */
import type { Outcome } from '@specialbit/core';
import { F, frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { leftBehind } from '../invariants/left-behind.js';

/** What went wrong with a step, in sentences; `opened` gives the kernel as it is behind it, for few types of events. */
export function brokenBy(opened: () => Kernel, event: LogEvent, outcome: Outcome): string[] {
  const broken: string[] = [];
  const { crash } = outcome;
  if (crash !== null) broken.push(`the kernel dies: ${crash.kind} in ${crash.where}: ${crash.what}`);
  for (const { text } of outcome.messages) broken.push(text);
  if (event.type === 'unmap_mapping_range') broken.push(...leftBehind(opened(), event));
  if (event.type === 'put_page' && crash === null) broken.push(...freedWhileMapped(opened(), event.frame));
  return broken;
}

/** A page whose last reference a driver gave back, and that some entry still maps. */
function freedWhileMapped(k: Kernel, frame: { readonly label: string } | { readonly pfn: number }): string[] {
  const pfn = 'pfn' in frame ? frame.pfn : k.machine.spec.frames[frame.label];
  if (pfn === undefined || !k.machine.pfn_valid(pfn) || k.frames.get(pfn, F.count) > 0) return [];
  const p = { lo: 0, hi: 0 };
  let entries = 0;
  for (const mm of k.mms.values()) {
    mm.pt.forEach(0, k.arch.task_pages, p, () => {
      if (k.pte.present(p) && k.pte.pfn(p) === pfn) entries++;
    });
  }
  if (entries === 0) return [];
  return [`${frameLabel(k, pfn)} is freed while ${entries === 1 ? 'an entry maps' : `${entries} entries map`} it`];
}
