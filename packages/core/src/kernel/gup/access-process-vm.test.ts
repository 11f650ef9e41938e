// SPDX-License-Identifier: GPL-2.0-or-later
/** access_process_vm() and vm_ops->access (mm/memory.c), get_user_pages() beside pin_user_pages() (mm/gup.c). */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { defineProfile } from '../../profile/profile.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { EFAULT, EINVAL } from '../base/errno.js';
import type { Outcome } from '../base/outcome.js';
import { P0, Play } from '../play.testkit.js';

const remaps = defineArchitecture({ ...toySpec, name: 'toy-ioremap', facts: { HAVE_IOREMAP_PROT: true } });

describe('vm_ops->access', () => {
  const bar = (access: boolean, frame = 'D0', arch = remaps, prot = 'rw'): Play => {
    const p = new Play(arch);
    p.mmap('m', { prot, file: 'dev', ops: { access }, call: [{ type: 'remap_pfn_range', frame }] });
    return p;
  };

  it('reaches device memory that get_user_pages() refuses', () => {
    const p = bar(true);
    expect(p.run('access_process_vm', { at: 'm', write: true, value: 7 })).toMatchObject({ ret: 1, reasons: [] });
    expect(p.run('access_process_vm', { at: 'm' })).toMatchObject({ ret: 1, value: 7 });
    expect(p.run('pin_user_pages', { at: 'm' }).ret).toBe(-EFAULT);
  });

  it.each([
    ['without the handler', bar(false), ['gup_io_pfnmap', 'access_no_hook']],
    ['without HAVE_IOREMAP_PROT', bar(true, 'D0', withBit), ['gup_io_pfnmap', 'access_no_ioremap_prot']],
    ['of RAM', bar(true, 'P0'), ['access_ram']],
  ])('does not %s', (_, p, reasons) => {
    expect(p.run('access_process_vm', { at: 'm' })).toMatchObject({ ret: 0, reasons });
  });

  it('does not write through an entry that is read-only, whatever FOLL_FORCE says', () => {
    const p = bar(true, 'D0', remaps, 'r');
    expect(p.run('access_process_vm', { at: 'm' }).ret).toBe(1);
    const out = p.run('access_process_vm', { at: 'm', write: true });
    expect(out).toMatchObject({ ret: 0, reasons: ['access_not_writable'] });
  });
});

describe('get_user_pages', () => {
  const ring = (): Play => {
    const p = new Play();
    p.mmap('m', { pages: 2, file: 'dev', call: [{ type: 'vm_insert_page', frame: 'P0' }] });
    return p;
  };

  it.each(['get_user_pages', 'get_user_pages_fast'])('%s takes one reference where a pin takes 1024', (type) => {
    const p = ring();
    const before = p.counts(P0)[0];
    expect(p.run(type, { at: 'm', hold: true })).toMatchObject({ ret: 1, pages: [P0] });
    expect(p.counts(P0)[0]).toBe(before + 1);
    p.run('put_page', { frame: 'P0' });
    p.run(type, { at: 'm' });
    expect(p.counts(P0)[0]).toBe(before);
    p.run('pin_user_pages', { at: 'm', hold: true });
    expect(p.counts(P0)[0]).toBe(before + 1024);
    p.run('unpin_user_pages');
  });

  it.each(['get_user_pages', 'get_user_pages_fast'])('%s for long is refused: only pins may be held so', (type) => {
    const out = ring().run(type, { at: 'm', longterm: true });
    expect(out).toMatchObject({ ret: -EINVAL, reasons: ['gup_longterm_without_pin'] });
    expect(out.messages).toHaveLength(1);
  });

  it('does not make fork copy: only pins do', () => {
    const child = (type: string): boolean => {
      const p = new Play();
      p.mmap('h');
      p.run('write', { at: 'h' });
      p.run(type, { at: 'h', write: true, hold: true });
      p.run('fork', { child: 1 });
      return p.pfn('h', 1) === p.pfn('h');
    };
    expect([child('get_user_pages'), child('pin_user_pages')]).toEqual([true, false]);
  });
});

describe('a write of the kernel to the zero page', () => {
  const guarded = (more = {}) =>
    defineArchitecture({ ...toySpec, name: 'toy-rodata', facts: { rodata_read_only: true, ...more } });
  /** The zero page under a writable entry, which nothing but a driver's own set_pte() makes. */
  function written(version: string, arch = guarded()): [Play, Outcome] {
    const p = new Play(arch, { profile: defineProfile(version) });
    p.mmap('m');
    p.run('set_pte', { at: 'm', frame: 'Z', special: true, write: true });
    return [p, p.run('access_process_vm', { at: 'm', write: true, value: 7 })];
  }

  it('is an oops from 7.2 on, where .rodata is read-only', () => {
    const [p, { crash }] = written('7.2');
    expect(crash).toMatchObject({ kind: 'oops', what: 'the zero page' });
    expect(p.run('read', { at: 'm' }).value).toBe(0);
  });

  it.each([
    ['before', '7.1', guarded()],
    ['where it is not', '7.3', withBit],
    ['where there are several, which are allocated', '7.3', guarded({ HAVE_COLOR_ZERO_PAGE: true })],
  ])('changes it for everyone %s', (_, version, arch) => {
    const [p, { ret, crash }] = written(version, arch);
    expect([ret, crash]).toEqual([1, null]);
    p.mmap('other');
    expect(p.run('read', { at: 'other' }).value).toBe(7);
  });

  it('does not come about where the zero page is mapped as usual: the write copies it', () => {
    const p = new Play(guarded(), { profile: defineProfile('7.3') });
    p.mmap('m');
    p.run('read', { at: 'm' });
    expect(p.run('access_process_vm', { at: 'm', write: true, value: 7 })).toMatchObject({ ret: 1, crash: null });
    expect(p.pfn('m')).not.toBe(p.k.machine.zero_pfn);
  });
});
