// SPDX-License-Identifier: GPL-2.0-or-later
/** vm_normal_page() (mm/memory.c), way by way. */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../arch/architecture.js';
import { PMD } from '../../mm/level.js';
import { findProfile, linux_6_1, linux_6_12 } from '../../profile/profiles.js';
import { laneOf, withBit, withoutBit } from '../../toy-lanes.testkit.js';
import { D0, H0, P0, Play, Z } from '../play.testkit.js';
import { Decision, decide, print_bad_page_map, vm_normal_page } from './normal-page.js';

interface Case {
  readonly frame: string;
  readonly special?: boolean;
  readonly flags?: string;
  readonly map?: object;
  /** Makes the entry fit the linear rule. */
  readonly linear?: boolean;
}

function played(arch: Architecture, { frame, special = false, flags, map, linear }: Case, more = {}): Play {
  const p = new Play(arch, more);
  p.mmap('ring', { pages: 2, file: 'dev', ...map });
  if (flags !== undefined) p.run('vm_flags_mod', { at: 'ring', set: flags });
  p.run('set_pte', { at: 'ring[1]', frame, special });
  if (linear === true) p.run('set_vm_pgoff', { at: 'ring[1]', self: true });
  return p;
}

function look(p: Play): [Decision, number] {
  const [vma, vpn, pte] = [p.vma('ring[1]'), p.vpn('ring[1]'), p.raw('ring[1]')];
  return [decide(p.k, vma, vpn, pte), vm_normal_page(p.k, vma, vpn, pte)];
}

const PRIVATE = { flags: 'MAP_PRIVATE' };

/** A kernel that Xen's gntdev can be built into. */
const XEN = findProfile('7.3+CONFIG_FIND_NORMAL_PAGE')!;

describe('vm_normal_page with the special bit', () => {
  it.each<[string, Case, Decision, number]>([
    ['an entry that is not special maps a page', { frame: 'P0' }, Decision.normal, P0],
    ['...whatever VM_PFNMAP says', { frame: 'P0', flags: 'VM_PFNMAP' }, Decision.normal, P0],
    ['...and VM_MIXEDMAP', { frame: 'P0', flags: 'VM_MIXEDMAP' }, Decision.normal, P0],
    ['...even in a hole below highest_memmap_pfn', { frame: 'H0' }, Decision.normal, H0],
    ['a pfn above highest_memmap_pfn is a bad page map', { frame: 'D0' }, Decision.bad_pfn, -1],
    [
      'special in VM_PFNMAP: no page',
      { frame: 'P0', special: true, flags: 'VM_PFNMAP' },
      Decision.null_special_vma,
      -1,
    ],
    [
      'special in VM_MIXEDMAP: no page',
      { frame: 'P0', special: true, flags: 'VM_MIXEDMAP' },
      Decision.null_special_vma,
      -1,
    ],
    ['the special zero page may be anywhere', { frame: 'Z', special: true }, Decision.null_special_zero, -1],
    ['special in an ordinary VMA is a bad page map', { frame: 'P0', special: true }, Decision.bad_special, -1],
    [
      'find_special_page is asked first, and names the page',
      { frame: 'D1', special: true, flags: 'VM_PFNMAP', map: { ops: { find_special_page: 'P0' } } },
      Decision.normal_find_special,
      P0 + 1,
    ],
    [
      'find_special_page may have no page',
      { frame: 'D1', special: true, map: { ops: { find_special_page: 'D0' } } },
      Decision.null_find_special,
      -1,
    ],
    [
      'find_special_page is not asked about other entries',
      { frame: 'P2', map: { ops: { find_special_page: 'P0' } } },
      Decision.normal,
      P0 + 2,
    ],
  ])('%s', (_, given, decision, page) => {
    expect(look(played(withBit, given, { profile: XEN }))).toEqual([decision, page]);
  });

  it('find_normal_page is only asked by kernels that are built with CONFIG_FIND_NORMAL_PAGE; find_special_page was always', () => {
    const given: Case = { frame: 'D1', special: true, flags: 'VM_PFNMAP', map: { ops: { find_special_page: 'P0' } } };
    const asked = [linux_6_12, findProfile('7.3')!, XEN].map((profile) => look(played(withBit, given, { profile })));
    expect(asked).toEqual([
      [Decision.normal_find_special, P0 + 1],
      [Decision.null_special_vma, -1],
      [Decision.normal_find_special, P0 + 1],
    ]);
  });
});

describe('vm_normal_page without the special bit', () => {
  it.each<[string, Case, Decision, number]>([
    ['an ordinary VMA maps pages', { frame: 'P0' }, Decision.normal, P0],
    ['a special mark leaves no trace', { frame: 'P0', special: true }, Decision.normal, P0],
    ['the zero page is no page in an ordinary VMA', { frame: 'Z' }, Decision.null_zero, -1],
    [
      'VM_MIXEDMAP: pfn_valid() makes a page',
      { frame: 'P0', flags: 'VM_MIXEDMAP' },
      Decision.normal_mixedmap_valid,
      P0,
    ],
    [
      'VM_MIXEDMAP: a frame without struct page is none',
      { frame: 'H0', flags: 'VM_MIXEDMAP' },
      Decision.null_mixedmap_invalid,
      -1,
    ],
    ['VM_MIXEDMAP: nor is the zero page', { frame: 'Z', flags: 'VM_MIXEDMAP' }, Decision.null_mixedmap_zero, -1],
    [
      'VM_PFNMAP: the linear entry is no page',
      { frame: 'P0', flags: 'VM_PFNMAP', map: PRIVATE, linear: true },
      Decision.null_pfnmap_linear,
      -1,
    ],
    [
      'VM_PFNMAP: no other entry either where nothing is copied on write',
      { frame: 'P0', flags: 'VM_PFNMAP' },
      Decision.null_pfnmap_not_cow,
      -1,
    ],
    [
      'VM_PFNMAP: in a COW mapping what is not linear is taken for a copy',
      { frame: 'P0', flags: 'VM_PFNMAP', map: PRIVATE },
      Decision.normal,
      P0,
    ],
    [
      'VM_PFNMAP: ...and is a bad page map where it cannot be one',
      { frame: 'D0', flags: 'VM_PFNMAP', map: PRIVATE },
      Decision.bad_pfn,
      -1,
    ],
  ])('%s', (_, given, decision, page) => {
    expect(look(played(withoutBit, given))).toEqual([decision, page]);
  });

  it('took the zero page in a VM_MIXEDMAP for a page before 6.11', () => {
    const p = played(withoutBit, { frame: 'Z', flags: 'VM_MIXEDMAP' }, { profile: linux_6_1 });
    expect(look(p)).toEqual([Decision.normal_mixedmap_valid, Z]);
  });

  it.each([
    ['6.12', Decision.normal_mixedmap_valid, P0],
    ['6.18', Decision.bad_pfn, -1],
    ['7.3', Decision.bad_pfn, -1],
  ])('VM_MIXEDMAP: %s and a struct page beyond highest_memmap_pfn', (kernel, decision, page) => {
    const machine = { ...laneOf(withoutBit).machine, highest_memmap_pfn: P0 - 1 };
    const p = played(withoutBit, { frame: 'P0', flags: 'VM_MIXEDMAP' }, { profile: findProfile(kernel)!, machine });
    expect(look(p)).toEqual([decision, page]);
  });
});

describe('vm_normal_page as proposed: copies in a VM_PFNMAP are told by their folio', () => {
  const profile = findProfile('7.3+cow_pfnmap_by_anon')!;

  it.each<[string, Case, Decision, number]>([
    ['a frame with a struct page is none', { frame: 'P0' }, Decision.null_cow_not_anon, -1],
    ['...linear or not', { frame: 'P0', linear: true }, Decision.null_cow_not_anon, -1],
    ['nor is one without', { frame: 'D0' }, Decision.null_cow_invalid, -1],
    ['nor the zero page', { frame: 'Z' }, Decision.null_cow_not_anon, -1],
    ['a shared mapping has none', { frame: 'P0', map: { flags: 'MAP_SHARED' } }, Decision.null_pfnmap_not_cow, -1],
  ])('%s', (_, given, decision, page) => {
    const p = played(withoutBit, { flags: 'VM_PFNMAP', map: PRIVATE, ...given }, { profile });
    expect(look(p)).toEqual([decision, page]);
  });

  it('a copy is a page, also where the linear rule would call it none', () => {
    const p = new Play(withoutBit, { profile });
    p.mmap('ring', { pages: 2, file: 'dev', ...PRIVATE });
    expect(p.run('remap_pfn_range', { at: 'ring[1]', frame: 'P0', pages: 1 }).ret).toBe(0);
    p.run('write', { at: 'ring[1]', value: 9 });
    p.run('set_vm_pgoff', { at: 'ring[1]', self: true });
    expect(look(p)).toEqual([Decision.normal_cow_anon, p.pfn('ring[1]')]);
    expect(p.pfn('ring[1]')).not.toBe(P0);
  });

  it('changes nothing where there is a special bit', () => {
    const p = played(withBit, { frame: 'P0', flags: 'VM_PFNMAP', map: PRIVATE }, { profile });
    expect(look(p)).toEqual([Decision.normal, P0]);
  });
});

it('decide is silent where vm_normal_page reports a bad page map', () => {
  const p = played(withBit, { frame: 'D0' });
  const [vma, vpn, pte] = [p.vma('ring[1]'), p.vpn('ring[1]'), p.raw('ring[1]')];
  p.k.begin();
  decide(p.k, vma, vpn, pte);
  expect(p.k.out.messages).toEqual([]);
  vm_normal_page(p.k, vma, vpn, pte);
  expect(p.k.out.messages.map(({ kind }) => kind)).toEqual(['bad page map']);
  const raw = (D0 * 0x1000 + 0x27).toString(16).padStart(8, '0');
  expect(p.k.out.messages[0]!.text).toMatch(new RegExp(`^BUG: Bad page map pte:${raw} addr:[0-9a-f]{8} vm_flags:`));
});

it('vm_normal_page warns once an event of a zero page that is no special one', () => {
  const p = played(withBit, { frame: 'Z' });
  p.k.begin();
  expect([look(p), look(p)].map(([d]) => d)).toEqual([Decision.normal, Decision.normal]);
  expect(p.k.out.messages.map(({ text }) => text)).toEqual(['WARNING: mm/memory.c:808']);
});

it('print_bad_page_map of the PMD level reports in an event that had no message before', () => {
  const p = played(withBit, { frame: 'P0' });
  p.k.begin();
  print_bad_page_map(p.k, p.vma('ring[1]'), p.vpn('ring[1]'), PMD, p.raw('ring[1]'), 'bad_page_map_pfn');
  expect(p.k.out.messages.map(({ text }) => text)).toEqual([
    'BUG: Bad page map pmd:01000027 addr:bdfff000 vm_flags:000000fb index:1',
  ]);
  expect(p.k.begin().messages).toEqual([]);
});
