// SPDX-License-Identifier: GPL-2.0-or-later
/** What `compare`, `kernel bisect` and `table` say of logs that people asked about. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { specialbit } from './specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

function log(name: string, header: object, events: readonly object[]): string {
  const file = join(folder, `${name}.jsonl`);
  const lines = [{ specialbit: 1, files: { dev: 'device' }, ...header }, ...events];
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  return file;
}

const MOVED = log('moved', { files: { f: { kind: 'file', pages: 64 } } }, [
  { type: 'mmap', at: '0x60000000', label: 'a', pages: 4, prot: 'rw', flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED' },
  { type: 'mmap', at: '0x60004000', label: 'b', pages: 4, prot: 'rw', file: 'f', flags: 'MAP_SHARED|MAP_FIXED' },
  { type: 'mremap', at: '0x60000000', pages: 8, new_pages: 8, to: '0x70000000' },
  { type: 'write', at: '0x60005000', value: 7 },
]);

const FORKED = log('forked', {}, [
  {
    type: 'mmap',
    label: 'bar',
    pages: 2,
    prot: 'rw',
    file: 'dev',
    flags: 'MAP_PRIVATE',
    call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }],
  },
  { type: 'write', at: 'bar[0]', value: 7 },
  { type: 'fork', child: 1 },
  { type: 'write', mm: 1, at: 'bar[1]', value: 8 },
  { type: 'exit', mm: 1 },
]);

const MIXED = {
  type: 'mmap',
  label: 'ring',
  pages: 512,
  prot: 'rw',
  file: 'dev',
  flags: 'MAP_PRIVATE',
  call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }],
};

const MANY = log('many', {}, [
  MIXED,
  ...Array.from({ length: 512 }, (_, i) => ({ type: 'vmf_insert_mixed', at: `ring[${i}]`, frame: 'P0' })),
  { type: 'fork', child: 1 },
]);

describe('compare', () => {
  it('gives in JSON, for each event at which lanes part, why each of them answered as it did', async () => {
    const { out } = await specialbit(['compare', MOVED, '--lane', 'x86_64@6.12,x86_64@7.1', '--json']);
    const { divergences } = JSON.parse(out);
    const moved = divergences.find(({ number }: { number: number }) => number === 3);
    expect(moved.why['x86_64@6.12'].reasons[0]).toMatchObject({ where: 'vma_to_resize', name: expect.any(String) });
    expect(moved.why['x86_64@7.1'].reasons).toEqual([]);
    expect(divergences.every(({ why }: { why: object }) => Object.keys(why).length === 2)).toBe(true);
  });

  it('shows of flags in a table those that not all lanes have', async () => {
    const lanes = ['--lane', 'x86_64,x86_64@6.12'];
    const { out } = await specialbit(['table', 'examples/porting/dofork.jsonl', ...lanes]);
    expect(out).toMatch(/VMA of ring\[0\] vm_flags +VM_DONTCOPY +none of these\n/);
  });

  it('names what was proved, and says what only follows', async () => {
    const { code, out } = await specialbit(['compare', MOVED, '--lane', 'x86_64@6.12,x86_64@7.1', '--no-state']);
    expect(code).toBe(1);
    expect(out).toMatch(/why: mremap_several_vmas:/);
    expect(out).toMatch(/from it follow\n {4}event 4: write: none on x86_64@6\.12, SIGSEGV on x86_64@7\.1\n/);
    expect(out).not.toMatch(/devmap|after 4 events/);
  });

  it('leads with what a process is told, and says why it is not there', async () => {
    const { out } = await specialbit(['compare', FORKED, '--lane', 'x86_64@6.12,arm@6.12']);
    expect(out.split('\n').slice(2, 4).join(' ')).toBe(
      'lanes first part at event 3: fork returned -ENOMEM on x86_64@6.12, 0 on arm@6.12',
    );
    expect(out).toMatch(/no such mm: 1 \(fork at\s+event 3 failed with -ENOMEM/);
  });

  it('fits a screen whatever the log, and no line is longer than a mail has room for', async () => {
    const { out } = await specialbit(['compare', MANY, '--lane', 'x86_64,arm']);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(out).toMatch(/ring\[0\.\.511\]/);
    expect(out).toMatch(/events 3-513: vmf_insert_mixed/);
  });

  it('compares one log under two settings', async () => {
    const { code, out } = await specialbit(['compare', FORKED, '--lane', 'x86_64,x86_64:swap=64', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ lanes: ['x86_64', 'x86_64@7.3:swap=64'], parted: false });
    const { err } = await specialbit(['compare', FORKED, '--lane', 'x86_64,x86_64:NOSUCH']);
    expect(err).toMatch(/no such setting of a lane: NOSUCH/);
  });

  it('compares two logs on one lane, and proves which change does what', async () => {
    const second = log('many2', {}, [
      MIXED,
      { type: 'vm_insert_page', at: 'ring[0]', frame: 'P0' },
      { type: 'write', at: 'ring[1]' },
    ]);
    const first = log('many1', {}, [
      MIXED,
      { type: 'vmf_insert_mixed', at: 'ring[0]', frame: 'P0' },
      { type: 'write', at: 'ring[1]' },
    ]);
    const { code, out } = await specialbit(['compare', first, second, '--lane', 'x86_64']);
    expect(code).toBe(1);
    expect(out).toMatch(/^- 2 vmf_insert_mixed ring\[0\] P0\n\+ 2 vm_insert_page ring\[0\] P0\n {2}proved: /m);
    expect((await specialbit(['compare', first, first, '--lane', 'x86_64'])).code).toBe(0);
    expect((await specialbit(['compare', first, second, '--lane', 'x86_64,arm'])).code).toBe(2);
  });
});

describe('replay', () => {
  it('says which event failed to make what is missing', async () => {
    const { err } = await specialbit(['replay', FORKED, '--lane', 'x86_64@6.12']);
    expect(err).toMatch(/no such mm: 1 \(fork at event 3 failed with -ENOMEM; live: 0\)/);
  });
});

describe('explain', () => {
  it('says when a process exited, and what to ask instead', async () => {
    const { code, err } = await specialbit(['explain', FORKED, 'bar[0]', '--mm', '1', '--lane', 'arm']);
    expect(code).toBe(2);
    expect(err).toMatch(/it exited at event 5: --at 4/);
    const blamed = await specialbit(['blame', FORKED, '1:bar[0]', '--arch', 'arm']);
    expect([blamed.code, blamed.err]).toEqual([2, expect.stringMatching(/it exited at event 5: --at 4/)]);
  });
});

describe('kernel bisect', () => {
  it('finds the one feature, with its commit and the proof', async () => {
    const { code, out } = await specialbit(['kernel', 'bisect', MOVED, '--lane', 'x86_64@6.12,x86_64@7.1']);
    expect(code).toBe(1);
    expect(out).toMatch(/^one feature parts x86_64@6\.12 and x86_64@7\.1 on this log: mremap_several_vmas$/m);
    expect(out).toMatch(/commit d23cb648e365/);
    expect(out).toMatch(/^Proved: they part at 2 events of 4 events, and with mremap_several_vmas/m);
  });

  it('agrees with 0, and wants two lanes', async () => {
    expect((await specialbit(['kernel', 'bisect', MOVED, '--lane', 'x86_64@6.1,x86_64@6.12'])).code).toBe(0);
    const { code, err } = await specialbit(['kernel', 'bisect', MOVED, '--lane', 'x86_64']);
    expect([code, err]).toEqual([2, expect.stringMatching(/expected two lanes, found 1/)]);
  });

  it('as data', async () => {
    const { out } = await specialbit(['kernel', 'bisect', MOVED, '--lane', 'x86_64@6.12,x86_64@7.1', '--json']);
    expect(JSON.parse(out)).toMatchObject({ partings: 2, complete: true, traits: [{ name: 'mremap_several_vmas' }] });
  });
});

describe('table', () => {
  it('has the rows that differ, and the exit code says whether there are any', async () => {
    const { code, out } = await specialbit(['table', MOVED, FORKED, '--lane', 'x86_64@6.12,x86_64@7.1']);
    expect(code).toBe(1);
    expect(out).toMatch(/3 {2}return value +-EFAULT +0/);
    expect((await specialbit(['table', MOVED, '--lane', 'x86_64@6.1,x86_64@6.12'])).code).toBe(0);
  });

  it('as CSV, Markdown and data', async () => {
    const args = ['table', MOVED, '--lane', 'x86_64@6.12,x86_64@7.1'];
    expect((await specialbit([...args, '--format', 'csv'])).out).toMatch(
      /^log,event,call,what,x86_64@6\.12,x86_64@7\.1\n.*,3,mremap /,
    );
    expect((await specialbit([...args, '--format', 'markdown'])).out).toMatch(/^\| log \| event \| what \|/);
    const { lanes, logs } = JSON.parse((await specialbit([...args, '--json'])).out);
    expect(lanes).toEqual(['x86_64@6.12', 'x86_64@7.1']);
    expect(logs[0]).toMatchObject({ events: 4, partings: 2 });
  });
});

describe('what compare shows first, and how much', () => {
  const BEFORE_DEATH = log('death', {}, [
    {
      type: 'mmap',
      label: 'h',
      pages: 2,
      prot: 'rw',
      file: 'dev',
      ops: { access: true },
      call: [{ type: 'remap_pfn_range', frame: 'D0' }],
    },
    { type: 'access_process_vm', at: 'h' },
    {
      type: 'mmap',
      label: 'both',
      pages: 2,
      prot: 'rw',
      file: 'dev',
      call: [
        { type: 'remap_pfn_range', frame: 'D0' },
        { type: 'vm_insert_pages', at: '[1]', frame: 'P0' },
      ],
    },
  ]);

  it('a kernel that dies comes before a call that fails', async () => {
    const { out } = await specialbit(['compare', BEFORE_DEATH, '--lane', 'x86_64@6.12,x86_64,arm', '--full']);
    const blocks = out.split('\n').filter((line) => line.startsWith('event '));
    expect(blocks[0]).toMatch(/^event 3: /);
    expect(blocks[1]).toMatch(/^event 2: /);
  });

  it('runs of frames without a label take one line', async () => {
    const BAR = log('bar', {}, [
      {
        type: 'mmap',
        label: 'bar',
        pages: 512,
        prot: 'rw',
        file: 'dev',
        call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 512 }],
      },
    ]);
    const { out } = await specialbit(['compare', BAR, '--arch', 'x86_64,i386,arm']);
    expect(out).toMatch(/\n {3}pfn:0x8010\.\.0x81ff +no struct page\n/);
    expect(out.split('\n').length).toBeLessThan(20);
  });

  it('where lanes agree one line says nothing that is of one of them only', async () => {
    const { out } = await specialbit(['compare', BEFORE_DEATH, '--arch', 'x86_64,arm', '--at', '1']);
    expect(out).toMatch(/h\[0\] .*PW-YS D0 NULL/);
    const three = await specialbit(['compare', BEFORE_DEATH, '--arch', 'x86_64,arm,i386', '--at', '1']);
    expect(three.out).toMatch(/h\[0\] +PW-YS D0 NULL \(arm: PW-Y-\)\n/);
    // with a name of this length two lanes have no room side by side either
    const label = 'a_mapping_that_is_called_by_quite_a_long_name';
    const wide = log('wide', {}, [
      { type: 'mmap', label, pages: 1, prot: 'rw', file: 'dev', call: [{ type: 'remap_pfn_range', frame: 'D0' }] },
    ]);
    const stacked = await specialbit(['compare', wide, '--arch', 'x86_64,arm']);
    expect(stacked.out).toMatch(/long_name\[0\] +PW-YS D0 NULL\s+\(arm:\s+PW-Y-\)\n/);
  });
});
