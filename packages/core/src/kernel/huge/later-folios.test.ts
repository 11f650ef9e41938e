// SPDX-License-Identifier: GPL-2.0-or-later
/** What became of large folios after 6.12 (features-folios.ts, and batches of mprotect()). */
import { decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { PG } from '../../machine/frame-table.js';
import { linux_6_12, linux_7_3 } from '../../profile/profiles.js';
import { laneOf } from '../../run.js';
import { hugeWithBits, PMD_PAGES } from '../../toy-huge.testkit.js';
import { Play } from '../play.testkit.js';

const KERNELS = [
  ['6.12', linux_6_12],
  ['7.3', linux_7_3],
] as const;
const FILES = { tmp: { kind: 'shmem', pages: 2 * PMD_PAGES, huge: 'always' } };

class Later extends Play {
  constructor(profile = linux_7_3, thp: object | string = 'always') {
    super(hugeWithBits, laneOf(decodeHeader({ specialbit: 1, thp, files: FILES }), hugeWithBits, profile));
  }

  heap(more: object = {}): this {
    const at = '0x4000000';
    this.mmap('heap', { at, pages: 2 * PMD_PAGES, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED', ...more });
    return this;
  }

  bits(from: number, to: number): string {
    const letters: string[] = [];
    for (let i = from; i < to; i++) {
      const p = this.raw(`heap[${i}]`);
      const { pte } = this.k;
      letters.push(pte.dirty(p) ? 'D' : pte.young(p) ? 'y' : pte.present(p) ? '.' : '-');
    }
    return letters.join('');
  }
}

describe.each(KERNELS)('in %s', (name, profile) => {
  const newer = name === '7.3';

  it(newer ? 'a write to the huge zero folio takes a huge page' : 'a write to the huge zero folio splits it', () => {
    const p = new Later(profile).heap();
    p.run('read', { at: 'heap[5]' });
    p.run('write', { at: 'heap[7]', value: 3 });
    const space = p.k.mms.get(0)!;
    expect([space.pt.isHuge(p.vpn('heap[7]')), space.rss[1]]).toEqual(newer ? [true, PMD_PAGES] : [false, 1]);
    expect(p.k.vmstat.events.get('THP_FAULT_ALLOC')).toBe(newer ? 1 : undefined);
    expect([p.run('read', { at: 'heap[7]' }).value, p.run('read', { at: 'heap[9]' }).value]).toEqual([3, 0]);
  });

  it(`mprotect ${newer ? 'gives all of a folio what one PTE knows' : 'changes PTE by PTE'}`, () => {
    const p = new Later(profile, { enabled: 'never', 'hugepages-32kB/enabled': 'always' }).heap();
    p.run('write', { at: 'heap[2]' });
    expect(p.bits(0, 9)).toBe('DDDDDDDD-');
    p.run('madvise', { at: 'heap', pages: 8, advice: 'MADV_FREE' });
    expect(p.bits(0, 9)).toBe('........-');
    p.run('write', { at: 'heap[2]' });
    p.run('mprotect', { at: 'heap', pages: 2 * PMD_PAGES, prot: 'r' });
    expect(p.bits(0, 9)).toBe(newer ? 'DDDDDDDD-' : 'yyDyyyyy-');
    p.run('mprotect', { at: 'heap', pages: 2 * PMD_PAGES, prot: 'rw' });
    expect(p.k.pte.write(p.raw('heap[6]'))).toBe(newer || p.k.feature.mprotect_clean_writable);
  });

  it(`a young PMD of a file ${newer ? 'tells its folio' : 'is forgotten'} when it goes`, () => {
    const p = new Later(profile).heap({ file: 'tmp', flags: 'MAP_SHARED|MAP_FIXED' });
    p.run('read', { at: 'heap' });
    const head = p.k.files.get('tmp')!.page_cache.get(0)!;
    expect(p.k.frames.test(head, PG.referenced)).toBe(false);
    p.run('munmap', { at: 'heap', pages: 2 * PMD_PAGES });
    expect(p.k.frames.test(head, PG.referenced)).toBe(newer);
  });
});
