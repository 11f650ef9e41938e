// SPDX-License-Identifier: GPL-2.0-or-later
/** Reservations of memory types, and what conflicts (arch/x86/mm/pat/memtype.c, memtype_interval.c). */
import { describe, expect, it } from 'vitest';
import { defineArchitecture } from '../../arch/architecture.js';
import { defaultMachine } from '../../machine/default-machine.js';
import { VM_PAT } from '../../mm/vm-flags.js';
import { defineProfile } from '../../profile/profile.js';
import { diffWorlds } from '../../timeline/diff.js';
import { toySpec, withBit } from '../../toy-lanes.testkit.js';
import { commitWorld } from '../../world/commit.js';
import { worldKey } from '../../world/world-key.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import type { Outcome } from '../base/outcome.js';
import { D0, P0, Play } from '../play.testkit.js';

const WC = 0x400n;
const UC_MINUS = 0x800n;
const arch = defineArchitecture({
  ...toySpec,
  layout: {
    ...toySpec.layout,
    pgprot: { noncached: { or: UC_MINUS }, writecombine: { or: WC }, writecombine_nopat: { or: UC_MINUS } },
    cachemode: {
      mask: WC | UC_MINUS,
      values: [
        [0n, 'WB'],
        [WC, 'WC'],
        [UC_MINUS, 'UC-'],
        [WC | UC_MINUS, 'UC'],
      ],
    },
  },
  facts: { PFNMAP_TRACKING: true, pte_pgprot: true },
});
const config = ['CONFIG_X86_PAT'] as const;
const before = defineProfile('6.12.117', { config });
const since = defineProfile('6.18', { config });
const RELEASES = [before, since].map((profile) => [profile.version, profile] as const);

/** The device's memory is write-back by the MTRRs. */
const writeback = { machine: { ...defaultMachine(withBit), mtrr_writeback: [[D0, D0 + 8]] as [number, number][] } };

const TYPES = ['WB', 'WC', 'UC-', 'UC'];
const typeOf = (p: Play, at: string, mm = 0): string => TYPES[(p.raw(at, mm).lo & 0xc00) >> 10]!;
const reserved = (p: Play): string =>
  p.k.memtypes.state.reserved.map(({ start, end, type }) => `${start - D0}+${end - start} ${type}`).join(', ');
const texts = ({ messages }: Outcome): string[] => messages.map(({ text }) => text);

function start(profile = before, more = {}): Play {
  return new Play(arch, { profile, ...more });
}

/** A mapping of the frames from `frame` on, with a memory type; all of it remapped. */
function map(
  p: Play,
  label: string,
  type: 'WB' | 'WC' | 'UC-',
  { pages = 2, frame = 'D0', flags = 'MAP_SHARED' } = {},
) {
  p.mmap(label, { pages, file: 'dev', flags });
  if (type === 'WC') p.run('pgprot_writecombine', { at: label });
  if (type === 'UC-') p.run('pgprot_noncached', { at: label });
  return p.run('remap_pfn_range', { at: label, frame, pages });
}

describe.each(RELEASES)('on %s', (_, profile) => {
  it('the second mapping of device memory gets the memory type of the first', () => {
    const p = start(profile);
    map(p, 'a', 'WC');
    expect([map(p, 'b', 'UC-').ret, typeOf(p, 'a'), typeOf(p, 'b[1]')]).toEqual([0, 'WC', 'WC']);
    expect(reserved(p)).toBe('0+2 WC, 0+2 WC');
  });

  it('device memory is write-back only where the MTRRs say so', () => {
    const p = start(profile);
    map(p, 'a', 'WB');
    const q = start(profile, writeback);
    map(q, 'a', 'WB');
    expect([typeOf(p, 'a'), typeOf(q, 'a')]).toEqual(['UC-', 'WB']);
  });

  it('refuses memory that another has write-back, and keeps no reservation', () => {
    const p = start(profile, writeback);
    map(p, 'a', 'WB');
    const out = map(p, 'b', 'WC');
    expect([out.ret, out.reasons, p.vma('b').vm_flags & VM_PAT]).toEqual([-EINVAL, ['memtype_refused'], 0]);
    expect(texts(out)).toEqual([
      'x86/PAT: map pfn expected mapping type write-combining for [mem 0x08000000-0x08001fff], got write-back',
    ]);
    expect([p.pte('b'), reserved(p)]).toEqual(['-', '0+2 WB']);
    // the other way round the type of the first is allowed
    const q = start(profile, writeback);
    map(q, 'a', 'WC');
    expect([map(q, 'b', 'WB').ret, typeOf(q, 'b')]).toEqual([0, 'WC']);
  });

  it('refuses a range over reservations of two types', () => {
    const p = start(profile);
    map(p, 'a', 'WC', { pages: 1 });
    map(p, 'b', 'UC-', { pages: 1, frame: 'D1' });
    const out = map(p, 'c', 'WC');
    expect([out.ret, out.reasons]).toEqual([-EINVAL, ['memtype_conflict']]);
    expect(texts(out)).toEqual([
      'x86/PAT: conflicting memory types 8000000-8002000 write-combining<->uncached-minus',
      'x86/PAT: memtype_reserve failed [mem 0x08000000-0x08001fff], track write-combining, req write-combining',
    ]);
  });

  it('gives RAM the memory type of the kernel, and says so', () => {
    const p = start(profile);
    const out = map(p, 'a', 'WC', { frame: 'P0' });
    expect([out.ret, typeOf(p, 'a'), reserved(p), p.pfn('a')]).toEqual([0, 'WB', '', P0]);
    expect(texts(out)).toEqual([
      'x86/PAT: map pfn RAM range req write-combining for [mem 0x01000000-0x01001fff], got write-back',
    ]);
  });

  it('what is remapped in part, or inserted, takes the type that is reserved', () => {
    const p = start(profile);
    map(p, 'a', 'WC', { pages: 1 });
    p.mmap('b', { pages: 4, file: 'dev', call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }] });
    p.run('remap_pfn_range', { at: 'b', frame: 'D0', pages: 1 });
    p.run('vmf_insert_pfn', { at: 'b[1]', frame: 'D0' });
    p.run('vmf_insert_pfn', { at: 'b[2]', frame: 'D1' });
    expect(['b', 'b[1]', 'b[2]'].map((at) => typeOf(p, at))).toEqual(['WC', 'WC', 'UC-']);
    p.run('zap_vma_ptes', { at: 'b', pages: 4 });
    const mixed = p.run('remap_pfn_range', { at: 'b', frame: 'D0', pages: 2 });
    expect([mixed.ret, mixed.reasons]).toEqual([-EINVAL, ['memtype_mixed']]);
  });

  it('gives back what a mapping reserved when it goes, and when its remap fails', () => {
    const p = start(profile);
    map(p, 'a', 'WC');
    p.run('munmap', { at: 'a', pages: 2 });
    p.mmap('b', { pages: 2, file: 'dev' });
    p.run('remap_pfn_range', { at: 'b', frame: 'D0', pages: 2, fails_after: 1 });
    expect(reserved(p)).toBe('');
    map(p, 'c', 'UC-');
    expect(typeOf(p, 'c')).toBe('UC-');
    p.run('exit');
    expect([reserved(p), p.k.memtypes.state.contexts]).toEqual(['', []]);
  });

  it('is taken back with a checkpoint, is part of a world and of its key, and shows in a diff', () => {
    const p = start(profile);
    const world = commitWorld(p.k);
    const checkpoint = p.k.checkpoint();
    map(p, 'a', 'WC');
    const later = commitWorld(p.k);
    expect([world.memtypes.reserved.length, later.memtypes.reserved.length]).toEqual([0, 1]);
    expect(worldKey(arch, later)).toContain(`memtype ${D0} ${D0 + 2} WC`);
    const { figures } = diffWorlds(arch, world, later);
    expect(figures).toContainEqual({ mm: null, figure: 'memtypes', before: 'none', after: '8000-8001 WC' });
    p.k.rollback(checkpoint);
    expect(reserved(p)).toBe('');
  });
});

it('the first MiB is write-back and reserves nothing', () => {
  const machine = { ...defaultMachine(withBit), frames: { ...defaultMachine(withBit).frames, V0: 0xb8, V1: 0xb9 } };
  const p = start(before, { machine });
  expect([map(p, 'a', 'UC-', { frame: 'V0' }).ret, typeOf(p, 'a'), reserved(p)]).toEqual([0, 'WB', '']);
});

it('a copy of fork reserves for itself where VM_PAT tells, and else shares', () => {
  const p = start(before);
  map(p, 'a', 'WC');
  p.run('fork', { child: 1 });
  expect(reserved(p)).toBe('0+2 WC, 0+2 WC');
  p.run('exit', { mm: 1 });
  expect(reserved(p)).toBe('0+2 WC');
  const q = start(since);
  map(q, 'a', 'WC');
  q.run('fork', { child: 1 });
  expect(reserved(q)).toBe('0+2 WC');
  q.run('munmap', { at: 'a', pages: 2 });
  expect(reserved(q)).toBe('0+2 WC');
  q.run('exit', { mm: 1 });
  expect(reserved(q)).toBe('');
});

it('a mapping that goes in part gives its end back, and not its beginning, where VM_PAT tells', () => {
  const p = start(before);
  map(p, 'a', 'WC', { pages: 4 });
  p.run('munmap', { at: 'a[3]', pages: 1 });
  expect(reserved(p)).toBe('0+3 WC');
  const out = p.run('munmap', { at: 'a', pages: 1 });
  expect(texts(out)).toEqual(['x86/PAT: freeing invalid memtype [mem 0x08000000-0x08000fff]']);
  // what was left is the end of the reservation
  p.run('munmap', { at: 'a[1]', pages: 2 });
  expect(reserved(p)).toBe('0+1 WC');
  const q = start(since);
  map(q, 'a', 'WC', { pages: 4 });
  q.run('munmap', { at: 'a', pages: 1 });
  q.run('munmap', { at: 'a[3]', pages: 1 });
  expect(reserved(q)).toBe('0+4 WC');
  q.run('munmap', { at: 'a[1]', pages: 2 });
  expect(reserved(q)).toBe('');
});

it('fork fails where its copy would get another type', () => {
  const p = start(before, writeback);
  map(p, 'a', 'WC');
  // a driver wrote an entry of another memory type than the one that it reserved
  p.run('clear_pte', { at: 'a', pages: 1 });
  p.run('vm_get_page_prot', { at: 'a' });
  p.run('set_pte', { at: 'a', frame: 'D0', pages: 1, special: true });
  const out = p.run('fork', { child: 1 });
  expect([out.ret, out.reasons]).toEqual([-ENOMEM, ['memtype_refused', 'fork_copy_mm']]);
});

it('kernels without a page attribute table reserve nothing', () => {
  const p = start(defineProfile('6.18'));
  map(p, 'a', 'WC');
  map(p, 'b', 'UC-');
  expect([reserved(p), typeOf(p, 'a'), typeOf(p, 'b')]).toEqual(['', 'UC-', 'UC-']);
});

it("what the kernel maps itself keeps its type: a driver's ioremap_wc() of the device, its set_memory_uc() of RAM", () => {
  const memtypes = { wc: [[D0, D0 + 4] as const], uc: [[P0, P0 + 1] as const] };
  const p = start(before, { machine: { ...defaultMachine(withBit), memtypes } });
  expect(reserved(p)).toBe('0+4 WC');
  expect([map(p, 'a', 'UC-').ret, typeOf(p, 'a')]).toEqual([0, 'WC']);
  const out = map(p, 'b', 'WC', { pages: 1, frame: 'P0' });
  expect([out.ret, typeOf(p, 'b'), texts(out).length]).toEqual([0, 'UC-', 1]);
  p.run('munmap', { at: 'a', pages: 2 });
  expect(reserved(p)).toBe('0+4 WC');
  expect(reserved(start(defineProfile('6.12.117'), { machine: { ...defaultMachine(withBit), memtypes } }))).toBe('');
});

it.each([
  ['6.12.117', '0+2 UC-'],
  ['6.12.22', ''],
])('a fork of %s whose reservation fails leaves the one of the parent: %j', (version, left) => {
  const p = start(defineProfile(version, { config }));
  map(p, 'a', 'UC-', { flags: 'MAP_PRIVATE' });
  p.run('write', { at: 'a' });
  const out = p.run('fork', { child: 1 });
  expect([out.ret, out.reasons, reserved(p)]).toEqual([-ENOMEM, ['fork_pat_copied', 'fork_copy_mm'], left]);
});
