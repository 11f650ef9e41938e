// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { specialbit } from './specialbit.testkit.js';

const LOG = [
  { specialbit: 1, files: { dev: { kind: 'device' } } },
  {
    type: 'mmap',
    label: 'priv',
    pages: 2,
    prot: 'rw',
    flags: 'MAP_PRIVATE',
    file: 'dev',
    call: [{ type: 'remap_pfn_range', frame: 'D0', pages: 2 }],
  },
  { type: 'write', at: 'priv' },
  { type: 'fork', child: 1 },
  { type: 'mmap', label: 'one', at: '0x40000000', pages: 1, prot: 'rw', flags: 'MAP_SHARED|MAP_FIXED', file: 'dev' },
  {
    type: 'mmap',
    label: 'two',
    at: 'one[1]',
    pages: 1,
    prot: 'rw',
    flags: 'MAP_SHARED|MAP_FIXED',
    file: 'dev',
    pgoff: 1,
    call: [{ type: 'vm_insert_page', frame: 'P0' }],
  },
  { type: 'vm_insert_page', at: 'one', frame: 'D0' },
  { type: 'vmf_insert_pfn', at: 'priv', frame: 'D0' },
];

let folder: string;
let log: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'why-'));
  log = join(folder, 'log.jsonl');
  writeFileSync(log, `${LOG.map((record) => JSON.stringify(record)).join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('replay', () => {
  it('says without being asked that a mapping merged and ->mmap did not run', async () => {
    const { out } = await specialbit(['replay', log, '--kernel', '6.12']);
    expect(out).toContain('merged with one, ->mmap not called');
    expect(out).not.toContain('get_pat_info');
  });

  it('--why gives the reason of each error, crash and change of flags', async () => {
    const { out } = await specialbit(['replay', log, '--kernel', '6.12', '--why']);
    const text = flat(out);
    expect(text).toContain('because fork looks for the reservation');
    expect(text).toContain('(arch/x86/mm/pat/memtype.c, get_pat_info()) before 6.16 (pfnmap_track_ctx)');
    expect(text).toContain('and so a VMA could not be copied');
    expect(text).toMatch(/priv \(7\w+-7\w+\) gets VM_PFNMAP VM_IO VM_DONTEXPAND VM_DONTDUMP: remap_pfn_range\(\)/);
    expect(text).toContain('(vm_insert_page(), by convention)');
    expect(text).toContain('BUG_ON((vma->vm_flags & VM_PFNMAP) && is_cow_mapping(vma->vm_flags))');
  });

  it('--json has them as data', async () => {
    const { out } = await specialbit(['replay', log, '--kernel', '6.12', '--json']);
    const fork = JSON.parse(out.split('\n')[2]!).lanes['x86_64@6.12'];
    expect(fork.reasons).toEqual(['fork_pat_copied', 'fork_copy_mm']);
    expect(fork.why.reasons[0]).toMatchObject({ where: 'get_pat_info', convention: false });
  });
});

describe('explain --event', () => {
  it('tells the whole of one event, on several lanes', async () => {
    const { code, out } = await specialbit(['explain', log, '--event', '3', '--lane', 'x86_64@6.12,arm@6.12']);
    expect(code).toBe(0);
    const text = flat(out);
    expect(text).toContain('event 3: fork child=1');
    expect(text).toContain('x86_64@6.12, linux-6.12: returns -ENOMEM why because fork looks for the reservation');
    expect(text).toContain('arm@6.12, linux-6.12: returns 0');
  });

  it('--json gives returned, reasons and what was touched', async () => {
    const { out } = await specialbit(['explain', log, '--event', '5', '--kernel', '6.12', '--json']);
    const { number, lanes } = JSON.parse(out);
    expect(number).toBe(5);
    expect(lanes['x86_64@6.12'].why).toMatchObject({
      merges: [{ at: 'one[0]' }],
      skipped: { name: 'mmap_not_called' },
    });
  });

  it.each([
    [['--event', '99'], '7 events'],
    [['--event', '0'], 'counted from 1'],
    [['--event', '1', 'priv'], 'not of both'],
    [[], 'explain needs a page'],
  ])('%j is refused', async (args, words) => {
    const { code, err } = await specialbit(['explain', log, ...args]);
    expect([code, flat(err)]).toEqual([2, expect.stringContaining(words)]);
  });
});
