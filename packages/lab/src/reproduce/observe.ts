// SPDX-License-Identifier: GPL-2.0-or-later
/** What a program can see after an event, by the model: its VMAs, and the counts of the module's pages. */
import type { LaneOptions, Outcome, Player } from '@specialbit/core';
import {
  describeEntry,
  describeFrame,
  entryAt,
  type Kernel,
  type Mm,
  PTE,
  smapsOf,
  type Vma,
} from '@specialbit/core/kernel';
import { VM_FLAGS } from '@specialbit/events';
import { type FramePlace, Frames, frameLabelText } from './frames.js';

export interface SeenVma {
  readonly start: number;
  /** `2 pages, rd wr sh pf, Rss 4 kB, P.` */
  readonly text: string;
}

export interface Seen {
  readonly outcome: Outcome;
  /** Of the process that acted. */
  readonly vmas: readonly SeenVma[];
  /** By label: `count 2, mapcount 1`. */
  readonly frames: ReadonlyMap<string, string>;
}

/** In place of the pages that are present: pagemap is not read. */
const UNREAD = '-';

/** What smaps shows of vm_flags (fs/proc/task_mmu.c: show_smap_vma_flags), as far as logs are about it, in its order. */
export const SHOWN_FLAGS: readonly (readonly [string, number])[] = [
  ['rd', VM_FLAGS.VM_READ],
  ['wr', VM_FLAGS.VM_WRITE],
  ['ex', VM_FLAGS.VM_EXEC],
  ['sh', VM_FLAGS.VM_SHARED],
  ['mw', VM_FLAGS.VM_MAYWRITE],
  ['pf', VM_FLAGS.VM_PFNMAP],
  ['lo', VM_FLAGS.VM_LOCKED],
  ['io', VM_FLAGS.VM_IO],
  ['dc', VM_FLAGS.VM_DONTCOPY],
  ['de', VM_FLAGS.VM_DONTEXPAND],
  ['wf', VM_FLAGS.VM_WIPEONFORK],
  ['dd', VM_FLAGS.VM_DONTDUMP],
  ['mm', VM_FLAGS.VM_MIXEDMAP],
];

/** `mm`: the process that acted. `frames`: those to look at. */
export function observe(
  { kernel }: Player,
  mm: number,
  outcome: Outcome,
  lane: LaneOptions,
  frames: readonly { readonly place: FramePlace; readonly block: boolean }[],
): Seen {
  const process = kernel.mms.get(mm);
  const counts = new Map<string, string>();
  for (const { place, block } of frames) {
    const pfn = Frames.pfnOn(lane.machine, place);
    if (pfn === undefined) continue;
    const { valid, count, mapcount } = describeFrame(kernel, pfn);
    if (valid) counts.set(frameLabelText(place, block), `count ${count}${block ? '' : `, mapcount ${mapcount}`}`);
  }
  const vmas = (process?.vmas ?? []).map((vma) => ({
    start: vma.vm_start,
    text: vmaText(kernel, process!, vma),
  }));
  return { outcome: { ...outcome }, vmas, frames: counts };
}

function vmaText(kernel: Kernel, mm: Mm, vma: Vma): string {
  const pages = vma.vm_end - vma.vm_start;
  const flags = SHOWN_FLAGS.filter(([, bit]) => (vma.vm_flags & bit) !== 0).map(([letters]) => letters);
  const pfnmap = (vma.vm_flags & VM_FLAGS.VM_PFNMAP) !== 0;
  const { Rss } = smapsOf(kernel, vma);
  const present: string[] = [];
  let unread = false;
  for (let vpn = vma.vm_start; vpn < vma.vm_end; vpn++) {
    const { level, first, raw } = entryAt(kernel, mm, vpn);
    const { kind, pfn } = describeEntry(kernel, vma, first, level, raw);
    // pagemap leaves VM_PFNMAP out on all kernels (walk_page_test)
    present.push(pfnmap || kind === 'none' ? '.' : kind === 'present' ? 'P' : 'S');
    // kernels look at its struct page, which is not there (fs/proc/task_mmu.c: pagemap_pmd_range, up to 7.2)
    if (!pfnmap && level !== PTE && kind === 'present' && !kernel.machine.pfn_valid(pfn)) unread = true;
  }
  if (unread) return `${pages} pages, ${[...flags, `Rss ${Rss} kB`].join(' ')}, ${UNREAD}`;
  return `${pages} pages, ${[...flags, `Rss ${Rss} kB`].join(' ')}, ${runLengths(present)}`;
}

/** `PP.`, and `P*512` for more than four of a kind. */
function runLengths(letters: readonly string[]): string {
  let text = '';
  for (let i = 0; i < letters.length; ) {
    let end = i;
    while (letters[end] === letters[i]) end++;
    text += end - i > 4 ? `${letters[i]}*${end - i}` : letters.slice(i, end).join('');
    i = end;
  }
  return text;
}
