// SPDX-License-Identifier: GPL-2.0-or-later
/** A mechanism may stop at any write while other kernels work: nothing that it holds is shared with them. */
import { describe, expect, it } from 'vitest';
import { F } from '../machine/frame-table.js';
import { BOTH, Play } from './play.testkit.js';

type Step = readonly [type: string, fields: object];

const at = (label: string, page = 0): object => ({ at: `${label}[${page}]` });

/** Something of everything that takes an entry into its hands. */
const SCRIPT: readonly Step[] = [
  ['mmap', { label: 'a', pages: 6, prot: 'rw' }],
  ['mmap', { label: 't', pages: 4, prot: 'rw', file: 'tmp', flags: 'MAP_PRIVATE' }],
  ['mmap', { label: 'd', pages: 4, prot: 'rw', file: 'dev', flags: 'MAP_SHARED' }],
  ['mmap', { label: 'm', pages: 4, prot: 'rw', file: 'dev', flags: 'MAP_SHARED' }],
  ...[0, 1, 2, 3].map((page): Step => ['access', { ...at('a', page), op: 'write', value: 40 + page }]),
  ['access', { ...at('t'), op: 'read' }],
  ['access', { ...at('t', 1), op: 'write', value: 7 }],
  ['remap_pfn_range', { ...at('d'), frame: 'D0', pages: 4 }],
  ['vm_insert_pages', { ...at('m'), frame: 'P0', pages: 3 }],
  ['access', { ...at('d', 1), op: 'write' }],
  ['fork', { child: 1 }],
  ['access', { ...at('a'), op: 'write', value: 9 }],
  ['access', { ...at('a', 1), mm: 1, op: 'write', value: 8 }],
  ['pin_user_pages', { ...at('a', 2), pages: 2, write: true }],
  ['mprotect', { ...at('a'), pages: 2, prot: 'r' }],
  ['mlock', { ...at('a', 2), pages: 2 }],
  ['madvise', { ...at('a'), pages: 2, advice: 'MADV_PAGEOUT' }],
  ['access', { ...at('a'), op: 'read' }],
  ['access', { ...at('a', 1), op: 'read' }],
  ['mremap', { ...at('a', 4), pages: 2, new_pages: 5, flags: 'MREMAP_MAYMOVE', label: 'b' }],
  ['access', { ...at('b'), op: 'read' }],
  ['munmap', { ...at('t'), pages: 2 }],
  ['exit', { mm: 1 }],
];

/** Everything that stands in page tables, and the frames there. */
function state({ k }: Play): object {
  const p = { lo: 0, hi: 0 };
  return [...k.mms.values()].map((mm) => ({
    rss: mm.rss,
    vmas: mm.vmas.map((vma) => ({
      ...vma.toRecord(),
      pages: Array.from({ length: vma.pages }, (_, i) => {
        mm.pt.get(vma.vm_start + i, p);
        const pfn = k.pte.present(p) ? k.pte.pfn(p) : -1;
        return { ...p, pfn, frame: pfn < 0 ? [] : Object.values(F).map((field) => k.frames.get(pfn, field)) };
      }),
    })),
  }));
}

/** Another kernel, which goes one event further each time. */
class Other {
  private play: Play;
  private next = 0;
  private busy = false;
  events = 0;

  constructor(private readonly make: () => Play) {
    this.play = make();
  }

  go(): void {
    if (this.busy) return;
    this.busy = true;
    if (this.next === SCRIPT.length) {
      this.play = this.make();
      this.next = 0;
    }
    this.play.run(...SCRIPT[this.next++]!);
    this.events++;
    this.busy = false;
  }
}

describe.each(BOTH)('%s', (_, arch) => {
  it('is not disturbed by what another kernel does at each of its writes', () => {
    const make = (): Play => new Play(arch, { swapPages: 64 });
    const alone = make();
    const outcomes = SCRIPT.map((step) => alone.run(...step));
    expect(outcomes.filter(({ crash }) => crash !== null)).toEqual([]);

    const disturbed = make();
    const other = new Other(make);
    const go = (): void => other.go();
    disturbed.k.record({ entry: go, frame: go, vma: go });
    expect(SCRIPT.map((step) => disturbed.run(...step))).toEqual(outcomes);
    expect(state(disturbed)).toEqual(state(alone));
    expect(other.events).toBeGreaterThan(3 * SCRIPT.length);
  });
});
