// SPDX-License-Identifier: GPL-2.0-or-later
/** Contiguous PTEs of arm64 in a whole kernel: what logs make of them, and what mremap() does with them. */
import { run } from '@specialbit/core';
import { decodeEvent, decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

const HEADER = { specialbit: 1, thp: { enabled: 'never', 'hugepages-128kB/enabled': 'always' } };
const CONT = 1n << 52n;
const AF = 1n << 10n;
const HEAP = 0x40000000;
const MOVED = 0x48000000;

/** What `mm` maps from `start` on, page by page: a block's entries as capitals, young ones as y. */
function entries(kernel: '6.12' | '7.3', mm: number, start: number, ...events: readonly object[]): string {
  const header = decodeHeader({ ...HEADER, profile: kernel });
  const log = { header, events: events.map((event) => decodeEvent(event)) };
  const letters: string[] = Array(32).fill('-');
  for (const entry of run(log, registry.get('arm64-hafdbs')).entries) {
    if (entry.mm !== mm || entry.vpn < start / 4096 || entry.vpn >= start / 4096 + 32) continue;
    const raw = BigInt(`0x${entry.raw}`);
    const letter = (raw & AF) !== 0n ? 'y' : 'o';
    letters[entry.vpn - start / 4096] = (raw & CONT) !== 0n ? letter.toUpperCase() : letter;
  }
  return letters.join('').replace(/(.)\1+/g, (same, one) => `${one}${same.length}`);
}

const at = `0x${HEAP.toString(16)}`;
const heap = { type: 'mmap', label: 'heap', pages: 32, prot: 'rw', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED', at };
const forked = [heap, { type: 'write', at: 'heap[3]' }, { type: 'fork', child: 1 }];
const read = { type: 'read', mm: 1, at: 'heap[3]' };
const move = {
  type: 'mremap',
  mm: 1,
  at: 'heap',
  pages: 32,
  new_pages: 32,
  flags: 'MREMAP_MAYMOVE|MREMAP_FIXED',
  to: `0x${MOVED.toString(16)}`,
};

describe('contiguous PTEs', () => {
  it('are those of a folio that was faulted in as one, unfold where one of them goes, and are copied by fork', () => {
    expect(entries('6.12', 0, HEAP, heap, { type: 'write', at: 'heap[3]' })).toBe('Y32');
    const partly = { type: 'munmap', at: 'heap[20]', pages: 2 };
    expect(entries('6.12', 0, HEAP, heap, { type: 'write', at: 'heap[3]' }, partly)).toBe('Y16y4-2y10');
    expect(entries('6.12', 1, HEAP, ...forked)).toBe('O32');
  });

  it('are young together, of each block, and when mremap() moves them in a batch of all', () => {
    expect(entries('6.12', 1, HEAP, ...forked, read)).toBe('Y16O16');
    expect(entries('6.12', 1, MOVED, ...forked, read, move)).toBe('Y16O16');
    expect(entries('7.3', 1, MOVED, ...forked, read, move)).toBe('Y32');
  });
});
