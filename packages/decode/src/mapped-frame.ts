// SPDX-License-Identifier: GPL-2.0-or-later
/** One entry in one VMA on a machine made for it: what vm_normal_page() says, and what munmap does. */
import type { DecisionPath, Profile } from '@specialbit/core';
import type { Architecture, Pte } from '@specialbit/core/arch';
import { applyTo, bootKernel, decisionPath, F, type Kernel, type Vma } from '@specialbit/core/kernel';
import { InternalError, type MachineSpec } from '@specialbit/events';

export interface MappedFrame {
  readonly vm_flags: number;
  /** First virtual page number, and linear_page_index() there. */
  readonly vpn: number;
  readonly index: number;
  readonly pte: Readonly<Pte>;
  /** The frame has a struct page; else it lies behind the memory map. */
  readonly valid: boolean;
}

export interface Judgement {
  readonly path: DecisionPath;
  /** What unmapping this entry does, in words. */
  readonly unmapping: string;
}

export function judge(arch: Architecture, frame: MappedFrame, profile?: Profile): Judgement {
  const { k, vma } = stage(arch, frame, profile);
  const path = decisionPath(k, vma, frame.vpn, frame.pte);
  return { path, unmapping: unmap(k, frame) };
}

function stage(
  arch: Architecture,
  { vm_flags, vpn, index, pte, valid }: MappedFrame,
  profile: Profile | undefined,
): { k: Kernel; vma: Vma } {
  const pfn = arch.pte.pfn({ ...pte });
  // the memory map ends behind the frame, or before it; the zero page is another one
  const highest = valid ? pfn + 2 : Math.max(0, pfn - 1);
  const zero = valid ? pfn + 1 : pfn + 5;
  const machine: MachineSpec = {
    ram: valid ? [[0, highest + 1]] : [[0, Math.max(1, pfn)]],
    highest_memmap_pfn: highest,
    zero_pfn: zero,
    zero_pages: 1,
    frames: {},
  };
  const k = bootKernel({ arch, machine, ...(profile === undefined ? {} : { profile }) });
  const addr = vpn * arch.page.size;
  applyTo(k, { type: 'map_vma', mm: 0, at: { addr }, pages: 1, vm_flags, pgoff: index });
  const mm = k.mms.get(0);
  const vma = mm?.vma_lookup(vpn);
  if (mm === undefined || vma === undefined) throw new InternalError('the VMA that was placed is not there');
  if (valid) k.frames.set(pfn, F.count, 1);
  mm.pt.set(vpn, { ...pte });
  return { k, vma };
}

function unmap(k: Kernel, { vpn, pte, valid }: MappedFrame): string {
  const pfn = k.pte.pfn({ ...pte });
  const out = applyTo(k, { type: 'munmap', mm: 0, at: { addr: vpn * k.arch.page.size }, pages: 1 });
  if (out.crash !== null) return `${out.crash.kind}: ${out.crash.what}`;
  const words: string[] = [];
  const reports = out.messages.filter((message) => message.kind === 'bad page map').length;
  if (reports > 0) words.push(reports > 1 ? `${reports} reports` : 'a report');
  if (valid && k.page_count(pfn) < 1) words.push('drops a reference');
  if (valid && k.page_mapcount(pfn) < 0) words.push('and a map count that nobody took');
  return words.length === 0
    ? 'silent: nothing is counted, nothing is given back'
    : words.join(', ').replace(', and', ' and');
}
