// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays events on one toy lane, and shows in few words what they left behind. */
import { parseLog } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import { F } from '../machine/frame-table.js';
import type { Vma } from '../mm/vma.js';
import { applyTo } from '../reduce.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { bootKernel, type LaneOptions } from '../world/create.js';
import type { Kernel } from './base/kernel.js';
import type { Outcome } from './base/outcome.js';

/** For `it.each`: the two toy architectures. */
export const BOTH: readonly [string, Architecture][] = [
  ['with the bit', withBit],
  ['without the bit', withoutBit],
];

/** Frames of the default machine by their labels: `P` and `R` have a struct page, `H` and `D` have none. */
export const P0 = 0x1000;
export const H0 = 0x4000;
export const D0 = 0x8000;
export const Z = 0xf00;

export class Play {
  readonly k: Kernel;

  constructor(arch: Architecture = withBit, more: Partial<LaneOptions> = {}) {
    this.k = bootKernel({ ...laneOf(arch), ...more });
  }

  /** Plays one event, with the fields that a log has. */
  run(type: string, fields: object = {}): Outcome {
    const log = parseLog(`{"specialbit":1}\n${JSON.stringify({ type, ...fields })}`);
    const [event] = [...log.events];
    const out = applyTo(this.k, event!);
    // whatever a test is about, no failure is without a reason
    const failed = out.crash !== null || out.signal !== null || out.hang || out.ret < 0;
    if (failed && out.reasons.length === 0) throw new Error(`${type}: a failure without a reason (ret ${out.ret})`);
    return out;
  }

  /** Maps one readable and writable page, or what `fields` say. */
  mmap(label: string, fields: object = {}): Outcome {
    return this.run('mmap', { label, pages: 1, prot: 'rw', ...fields });
  }

  /** Page number of `label` or `label[n]`. */
  vpn(at: string, mm = 0): number {
    const [, label, page] = /^(\w+)(?:\[(\d+)\])?$/.exec(at)!;
    return this.k.mms.get(mm)!.startOf(label!)! + Number(page ?? 0);
  }

  vma(at: string, mm = 0): Vma {
    return this.k.mms.get(mm)!.vma_lookup(this.vpn(at, mm))!;
  }

  raw(at: string, mm = 0): Pte {
    return this.k.peek(this.k.mms.get(mm)!, this.vpn(at, mm));
  }

  pfn(at: string, mm = 0): number {
    return this.k.pte.pfn(this.raw(at, mm));
  }

  /** The entry as pfn and letters: `w`ritable, `d`irty, `y`oung, `s`pecial. Empty: `-`; a swap entry: `swap`. */
  pte(at: string, mm = 0): string {
    const p = this.raw(at, mm);
    const { pte } = this.k;
    if (pte.none(p)) return '-';
    if (!pte.present(p)) return 'swap';
    const letters = [
      pte.write(p) ? 'w' : '',
      pte.dirty(p) ? 'd' : '',
      pte.young(p) ? 'y' : '',
      pte.special(p) ? 's' : '',
    ];
    return `${pte.pfn(p).toString(16)} ${letters.join('')}`;
  }

  /** [references, PTEs that map it] */
  counts(pfn: number): [number, number] {
    return [this.k.page_count(pfn), this.k.frames.get(pfn, F.mapcount)];
  }

  /** Pages of files, anonymous ones, swap entries, pages of tmpfs. */
  rss(mm = 0): number[] {
    return [...this.k.mms.get(mm)!.rss];
  }

  /** Does the frame have one of these flags (PG)? */
  flag(pfn: number, flag: number): boolean {
    return this.k.frames.test(pfn, flag);
  }

  /** [pages, vm_pgoff] of each VMA, ascending. */
  layout(mm = 0): [number, number][] {
    return this.k.mms.get(mm)!.vmas.map((vma) => [vma.pages, vma.vm_pgoff]);
  }
}
