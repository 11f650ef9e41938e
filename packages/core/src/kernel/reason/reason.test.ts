// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { Play } from '../play.testkit.js';
import { REASONS } from './index.js';
import type { Reason } from './reason.js';

const files = { dev: { kind: 'device', pages: 0 } } as const;
const dev = { label: 'm', pages: 1, prot: 'rw', file: 'dev' };

describe('the reason of a failure', () => {
  it('is the condition at which a function failed, and what was made of it above', () => {
    const play = new Play(withBit, { files });
    play.mmap('m', dev);
    expect(play.run('write', { at: 'm' }).reasons).toEqual(['no_fault_handler', 'fault_sigbus']);
    expect(play.run('vm_insert_page', { at: 'm', frame: 'D0' }).reasons).toEqual(['insert_no_struct_page']);
    expect(play.run('read', { at: '0x1000' }).reasons).toEqual(['access_unmapped']);
    expect(play.run('follow_pfnmap', { at: 'm' }).reasons).toEqual(['follow_not_pfnmap']);
  });

  it('tells an insertion refused from one that another was faster at', () => {
    const play = new Play(withoutBit, { files });
    play.mmap('m', { ...dev, call: [{ type: 'vm_insert_page', frame: 'P0' }] });
    expect(play.run('vm_insert_page', { at: 'm', frame: 'P1' }).reasons).toEqual(['insert_busy']);
    expect(play.run('vmf_insert_mixed', { at: 'm', frame: 'P1' }).reasons).toEqual([]);
  });

  it('is not there after a success, whatever failed on the way', () => {
    const play = new Play(withBit, { files });
    play.mmap('a', { flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE', prot: 'none' });
    expect(play.run('pin_user_pages', { at: 'a', pages: 1 }).reasons).toEqual(['gup_not_readable']);
    expect(play.run('mprotect', { at: 'a', pages: 1, prot: 'rw' }).reasons).toEqual([]);
    expect(play.run('pin_user_pages', { at: 'a', pages: 9 })).toMatchObject({ ret: 1, reasons: ['gup_unmapped'] });
    expect(play.run('pin_user_pages', { at: 'a', pages: 1 })).toMatchObject({ ret: 1, reasons: [] });
  });

  it('names a kernel function and its file, in words without a full stop', () => {
    for (const reason of Object.values(REASONS)) {
      expect(reason.where).toMatch(/^[a-z_0-9>-]+$/);
      expect(reason.condition).not.toMatch(/\.$/);
    }
  });

  it('is one condition: not a list of which it could have been', () => {
    /** Where the kernel itself asks one question of two names, nothing is left open, or only the log's author can know. */
    const whole: readonly string[] = [
      'insert_typed',
      'gup_io',
      'zap_huge_pud_of_pages',
      'oops_madvise_cold_or_pageout_pte_range',
      'oops_try_grab_folio',
      'oops_folio_remove_rmap_pmd',
      'oops_folio_mk_pmd',
      'bad_rss_counter',
      'flags_remap',
      'flags_remap_action',
    ];
    const words = ({ condition, later = [] }: Reason): string[] => [
      condition,
      ...later.flatMap((form) => form.condition ?? []),
    ];
    const open = Object.entries<Reason>(REASONS).filter(([, reason]) =>
      words(reason).some((text) => / or /.test(text)),
    );
    expect(open.map(([name]) => name).sort()).toEqual([...whole].sort());
  });

  it('tells a walk that an architecture does not select from one that is blind', () => {
    const reasons = (lane: typeof withBit): readonly string[] => {
      const play = new Play(lane, { files });
      play.mmap('a', { flags: 'MAP_PRIVATE|MAP_ANONYMOUS', prot: 'rw' });
      return play.run('get_user_pages_fast_only', { at: 'a', pages: 1 }).reasons;
    };
    expect(reasons(withoutBit)).toEqual([withoutBit.facts.HAVE_GUP_FAST ? 'gup_fast_no_special' : 'gup_fast_none']);
    expect(reasons(withBit)).toEqual([withBit.facts.HAVE_GUP_FAST ? 'gup_fast_not_present' : 'gup_fast_none']);
  });
});
