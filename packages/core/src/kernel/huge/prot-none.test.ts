// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge PMDs that are not present since nobody may access the memory (arm with LPAE: set_pmd_at(), pmd_present()). */
import { decodeHeader } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { linux_6_12, linux_7_3 } from '../../profile/profiles.js';
import { laneOf } from '../../run.js';
import { hugeProtNone, hugeWithBits, PMD_PAGES } from '../../toy-huge.testkit.js';
import { Play } from '../play.testkit.js';

class ProtNone extends Play {
  constructor(arch = hugeProtNone, profile = linux_6_12) {
    super(arch, laneOf(decodeHeader({ specialbit: 1, thp: 'always' }), arch, profile));
    this.mmap('heap', { at: '0x4000000', pages: PMD_PAGES, flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' });
  }

  protect(prot: string): readonly string[] {
    return this.run('mprotect', { at: 'heap', pages: PMD_PAGES, prot }).reasons.length === 0 ? this.warned : ['failed'];
  }

  get warned(): string[] {
    return this.k.out.messages.map(({ reason }) => reason);
  }
}

describe('a huge PMD without rights', () => {
  it('comes back, with warnings of who invalidates it', () => {
    const p = new ProtNone();
    p.run('write', { at: 'heap', value: 7 });
    expect(p.protect('none')).toEqual([]);
    expect(p.run('read', { at: 'heap' }).signal).toBe('SIGSEGV');
    expect(p.protect('rw')).toEqual(['warn_pmdp_invalidate_ad_not_present', 'warn_pmdp_invalidate_not_present']);
    expect(p.run('read', { at: 'heap' }).value).toBe(7);
    const sane = new ProtNone(hugeWithBits);
    sane.run('write', { at: 'heap' });
    expect([sane.protect('none'), sane.protect('rw')]).toEqual([[], []]);
  });

  it('is the death of who unmaps it', () => {
    const p = new ProtNone();
    p.run('write', { at: 'heap' });
    p.protect('none');
    const { crash, reasons } = p.run('munmap', { at: 'heap', pages: PMD_PAGES });
    expect([crash?.kind, crash?.where, reasons]).toEqual(['oops', 'zap_huge_pmd', ['oops_zap_huge_pmd']]);
  });

  it('is forgotten by who unmaps it in later kernels: the folio and its counters stay', () => {
    const p = new ProtNone(hugeProtNone, linux_7_3);
    p.run('write', { at: 'heap' });
    p.protect('none');
    p.run('munmap', { at: 'heap', pages: PMD_PAGES });
    expect([p.warned, p.rss()]).toEqual([['warn_zap_huge_pmd_not_present'], [0, PMD_PAGES, 0, 0]]);
    p.run('exit');
    expect(p.warned).toEqual(['bad_rss_counter']);
  });

  it('can be split, with a warning', () => {
    const p = new ProtNone();
    p.run('write', { at: 'heap' });
    p.protect('none');
    const { crash } = p.run('munmap', { at: 'heap', pages: 8 });
    expect([crash, p.warned, p.rss()[1]]).toEqual([null, ['warn_pmdp_invalidate_not_present'], PMD_PAGES - 8]);
  });

  it('of the huge zero folio is copied by fork as if it were an anonymous folio', () => {
    const p = new ProtNone();
    p.run('read', { at: 'heap' });
    p.protect('none');
    p.run('fork', { child: 1 });
    expect([p.warned, p.rss(), p.rss(1)]).toEqual([['warn_rmap_dup_not_anon'], [0, 0, 0, 0], [0, PMD_PAGES, 0, 0]]);
    const { crash } = p.run('munmap', { at: 'heap', pages: 8 });
    expect([crash?.kind, crash?.where]).toEqual(['oops', '__page_check_anon_rmap']);
  });
});
