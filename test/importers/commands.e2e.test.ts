// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const recordings = join(root, 'test/traces/recordings');
const snap = 'test/traces/recordings/true/snap01-exit-7589';

describe('specialbit import', () => {
  it('writes a log and says what it did', async () => {
    const { code, out, err } = await specialbit(['import', 'test/traces/recordings/true/strace.txt.gz']);
    expect(code).toBe(0);
    expect(out.startsWith('{"specialbit":1')).toBe(true);
    expect(err).toContain('lines used, 2 not about memory, 0 not understood');
    expect(err).toContain('their mappings from nowhere');
  });

  it('takes a state, and gives it back', async () => {
    const { out } = await specialbit(['import', 'maps', `${snap}/maps`, '--quiet']);
    expect(out).toContain('"type":"map_vma"');
    const check = await specialbit(['verify', '--maps', `${snap}/maps`, `${snap}/maps`]);
    expect(check).toMatchObject({ code: 0, err: '' });
    expect(check.out).toMatch(/^VMAs: (\d+) of \1 equal\n$/);
  });

  it.each([
    [['import', 'nothing.txt'], 'nothing.txt: no such file'],
    [['import', 'README.md'], 'README.md: expected a recording'],
    [['import', 'strace'], 'expected a file'],
    [['import', '--kernel', '9.9', 'README.md'], 'no such kernel: 9.9'],
  ])('%j', async (args, message) => {
    const { code, err } = await specialbit(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('specialbit verify', () => {
  it('compares a recording with its snapshots', async () => {
    const { code, out } = await specialbit(['verify', 'test/traces/recordings/drivers/tcp_zerocopy']);
    expect(code).toBe(0);
    expect(out).toContain('0 mapped       16943  12/12    12/12');
  });

  it('prints JSON when asked to, for a recording and for a snapshot', async () => {
    const folder = 'test/traces/recordings/drivers/tcp_zerocopy';
    const recording = await specialbit(['verify', '--json', folder]);
    expect(recording).toMatchObject({ code: 0, err: '' });
    const { recordings } = JSON.parse(recording.out) as { recordings: { snapshots: unknown[] }[] };
    expect(recordings).toMatchObject([{ recording: folder, agrees: true }]);
    expect(recordings[0]!.snapshots[0]).toMatchObject({
      snapshot: 0,
      label: 'mapped',
      pid: 16943,
      checks: { vmas: { compared: 12, equal: 12, differences: [], more: 0 }, vmFlags: { compared: 12, equal: 12 } },
    });
    const parted = ['verify', '--json', '--max', '1', '--maps', `${snap}/maps`, '--at', '40'];
    const snapshot = await specialbit([...parted, 'test/traces/recordings/true']);
    expect(snapshot.code).toBe(1);
    const { agrees, events, checks } = JSON.parse(snapshot.out) as {
      agrees: boolean;
      events: number;
      checks: { VMAs: { differences: { addr: string }[]; more: number } };
    };
    expect([agrees, events, checks.VMAs.differences.length, checks.VMAs.more > 0]).toEqual([false, 40, 1, true]);
    expect(checks.VMAs.differences[0]!.addr).toMatch(/^0x[0-9a-f]+$/);
  });

  it('shows what differs', async () => {
    const { code, out } = await specialbit([
      'verify',
      '--maps',
      `${snap}/maps`,
      '--at',
      '40',
      'test/traces/recordings/true',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('range: expected');
  });
});

describe('every command takes recordings', () => {
  it('replay', async () => {
    const { code, out } = await specialbit([
      'replay',
      join(recordings, 'drivers/perf_ring'),
      '--no-events',
      '--at',
      '60',
    ]);
    expect(code).toBe(0);
    expect(out).toContain('anon_inode:[perf_event]');
    expect(out).toContain('VM_PFNMAP');
  });
});

describe('specialbit record', () => {
  it('prints scripts and runs nothing', async () => {
    const kprobe = await specialbit(['record', '--print']);
    expect(kprobe.out).toContain('probe remap_pfn_range ');
    expect((await specialbit(['record', '--print', '--with', 'bpftrace'])).out).toContain('kprobe:remap_pfn_range');
    expect(await specialbit(['record'])).toMatchObject({ code: 2, out: '' });
  });
});

it('the bundled recordings are small', () => {
  expect(readFileSync(join(recordings, 'stress2/strace.txt.gz')).length).toBeLessThan(1 << 20);
});
