// SPDX-License-Identifier: GPL-2.0-or-later
/** A page that a PMD or a PUD maps, in everything that looks at entries. */
import { describe, expect, it } from 'vitest';
import { specialbit, temporary } from './specialbit.testkit.js';

const HEADER =
  '{"specialbit":1,"arch":["x86_64@6.12"],"files":{"dev":"device"},"machine":{"default":{"ram":[["0x100","0x8000"]],"zero_pfn":"0x200","huge_zero_pfn":"0x4000","frames":{"HZ":"0x4000","B0":"0x6000","B3":"0x6003","G0":"0x40000"}}}}';
const LOG = [
  HEADER,
  '{"type":"mmap","label":"bar","pages":1024,"prot":"rw","file":"dev","flags":"MAP_SHARED|MAP_FIXED","at":"0x40000000","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}',
  '{"type":"vmf_insert_pfn_pmd","at":"bar[512]","frame":"B0","write":true}',
  '{"type":"write","at":"bar[515]","value":9}',
  '{"type":"fork","child":1}',
  '{"type":"mprotect","at":"bar","pages":1024,"prot":"r"}',
  '{"type":"munmap","at":"bar[600]","pages":1}',
].join('\n');
const HEAP = [
  HEADER,
  '{"type":"mmap","label":"heap","pages":1024,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","at":"0x40000000"}',
  '{"type":"read","at":"heap[5]"}',
  '{"type":"write","at":"heap[5]","value":1}',
].join('\n');

const log = (text = LOG): string => temporary('levels.jsonl', `${text}\n`);

async function out(...args: string[]): Promise<string> {
  const result = await specialbit(args);
  expect(result.err).toBe('');
  return result.out;
}

/** Without line breaks and columns. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

const PMD = '80000000060002e7 PWDYS B0 (PMD, 512 pages)';

describe('a page inside of a PMD', () => {
  it('is shown by replay: events, and the state', async () => {
    const text = flat(await out('replay', log(), '--at', '5'));
    expect(text).toContain(`bar[512]: none -> ${PMD}, no page`);
    // the child's entry is old, the parent's stays writable until mprotect
    expect(text).toContain('mm 1 bar[512]: none -> 80000000060002c7 PWD-S B0 (PMD, 512 pages), no page');
    expect(text).toMatch(/mm 0 bar\[512\]: 80000000060002e7 .* -> 84000000060002a5 P-DYS B0 \(PMD, 512 pages\), no/);
    expect(text).toMatch(/bar\[512\] +84000000060002a5 +P-DYS +B0 \(PMD\) +NULL +special_pmd/);
  });

  it('is shown as JSON', async () => {
    const lines = (await out('replay', log(), '--at', '2', '--json')).trim().split('\n');
    const [event, state] = [JSON.parse(lines[1]!), JSON.parse(lines[2]!)];
    const entry = { level: 'pmd', pages: 512, raw: '80000000060002e7', frame: 'B0', decision: 'null_special_pmd' };
    expect(event.lanes['x86_64@6.12'].touched.ptes).toMatchObject([{ level: 'pmd', at: 'bar[512]', after: entry }]);
    const [world] = state.worlds;
    expect(world.processes[0].vmas[0].ptes).toMatchObject([{ at: 'bar[512]', address: '40200000', ...entry }]);
    // frames of its run that have a name are listed as mapped
    expect(world.frames.map((frame: { label: string }) => frame.label)).toEqual(['B0', 'B3']);
  });

  it('is explained', async () => {
    const text = await out('explain', log(), 'bar[515]', '--at', '3');
    expect(text).toMatch(/^ {2}PMD +80000000060002e7 PWDYS maps 512 pages from 0x40200000 on$/m);
    expect(text).toMatch(/^ {2}frame +B3, pfn 0x6003: refcount 1, mapcount 0$/m);
    expect(text).toMatch(/^ +7 +_PAGE_PSE +1 /m);
    expect(text).toContain('vm_normal_page_pmd (mm/memory.c) asks\n  1. pmd_special(pmd)?  yes');
    expect(text).toContain('=> no page to vm_normal_page_pmd(): special: a huge mapping of bare frames');
    expect(text).toMatch(/0 {2}the PMD of bar\[515\] in mm 0 maps it, and holds nothing/);
    const { explanations } = JSON.parse(await out('explain', log(), 'bar[515]', '--at', '3', '--json'));
    expect(explanations[0]).toMatchObject({
      level: 'pmd',
      first: '40200000',
      pte: { pages: 512 },
      frame: { label: 'B3' },
    });
    expect(await out('explain', log(), 'bar[1]', '--at', '3')).toContain('=> nothing is mapped here');
  });

  it('is in a diff, and to blame', async () => {
    const diff = await out('diff', log(), '--from', '1', '--to', '2');
    expect(diff).toContain('from event 1 to event 2: 1 PMD changed');
    expect(diff).toContain(`bar[512]  none -> ${PMD} NULL`);
    const blame = await out('blame', log(), 'bar[515]');
    expect(blame).toMatch(/event 6 \(line 7\): munmap/);
    expect(await out('blame', log(), 'bar[515]', '--at', '4')).toMatch(/event 2 \(line 3\): vmf_insert_pfn_pmd/);
    expect(await out('blame', log(), 'bar[511]', '--at', '4')).not.toMatch(/event \d+ \(line/);
  });

  it('is exported', async () => {
    const trace = JSON.parse(await out('export', log(), '--format', 'chrome-trace'));
    const events = trace.traceEvents as { name: string; args?: { ptes?: string[] } }[];
    expect(events.flatMap(({ args }) => args?.ptes ?? [])).toContain(`mm 0 bar[512]: none -> ${PMD} NULL`);
  });

  it('is compared: another level is a difference, and so is none', async () => {
    const { code, out: text } = await specialbit([
      'compare',
      log(),
      '--arch',
      'x86_64@6.12,arm64@6.12,mips32r2@6.12',
      '--at',
      '2',
    ]);
    expect(code).toBe(1);
    expect(text).toMatch(/bar\[512\] mapped +B0, NULL +B0, NULL +empty/);
  });
});

describe('the huge zero folio', () => {
  it('is split into PTEs by a write, which everything tells apart', async () => {
    const text = await out('replay', log(HEAP));
    expect(text).toContain('heap[0]: none -> 80000000040000a5 P--Y- HZ (PMD, 512 pages), no page');
    expect(text).toContain('heap[0]: 80000000040000a5 P--Y- HZ (PMD, 512 pages) -> none');
    expect(text).toMatch(/heap\[0\]: none -> 8000000000200225 P--YS Z, no page/);
    const diff = await out('diff', log(HEAP), '--from', '2', '--to', '3');
    expect(diff).toContain('1 PMD, 512 PTEs');
    expect(diff).toMatch(/heap\[0\] +80000000040000a5 P--Y- HZ \(PMD, 512 pages\)\s+-> none\n +heap\[0\] +none/);
    // and back again
    expect(await out('diff', log(HEAP), '--from', '3', '--to', '2')).toContain('1 PMD, 512 PTEs');
  });

  it('is a PMD here and PTEs there', async () => {
    const { code, out: text } = await specialbit([
      'compare',
      log(HEAP),
      '--arch',
      'x86_64@6.12,i386@6.12,mips32r2@6.12',
      '--at',
      '2',
    ]);
    expect(code).toBe(1);
    expect(text).toMatch(/heap\[5\] mapped +empty|heap\[\d\] level/);
  });
});

it('a PUD is inserted, forked, explained where a function asks, and zapped', async () => {
  const text = [
    HEADER,
    '{"type":"mmap","label":"bar","pages":262144,"prot":"rw","file":"dev","flags":"MAP_SHARED|MAP_FIXED","at":"0x40000000","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}',
    '{"type":"vmf_insert_pfn_pud","at":"bar","frame":"G0","write":true}',
    '{"type":"fork","child":1}',
    '{"type":"zap_vma_ptes","at":"bar[7]","pages":1}',
  ].join('\n');
  const replay = await out('replay', log(text));
  expect(replay).toContain('bar[0]: none -> 80000000400002e7 PWDYS G0 (PUD, 262144 pages)');
  expect(replay).toContain('mm 1 bar[0]: none -> 80000000400002c7 PWD-S G0 (PUD, 262144 pages)');
  expect(replay).toContain('mm 0 bar[0]: 80000000400002e7 PWDYS G0 (PUD, 262144 pages) -> none');
  const explain = (lane: string): Promise<string> => out('explain', log(text), 'bar[99]', '--at', '2', '--arch', lane);
  expect(flat(await explain('x86_64@6.12'))).toContain(
    'this kernel has no function that asks whether a PUD maps a page',
  );
  expect(await explain('x86_64@6.18')).toContain('vm_normal_page_pud (mm/memory.c) asks');
});

it('a PUD is in pictures and reports, compared where no function asks, and to blame', async () => {
  const text = [
    HEADER,
    '{"type":"mmap","label":"bar","pages":262144,"prot":"rw","file":"dev","flags":"MAP_SHARED|MAP_FIXED","at":"0x40000000","ops":{"fault":{"do":"vmf_insert_pfn","frame":"G0","frames":262144},"huge_fault":{"frame":"G0","pud":true}},"call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}',
    '{"type":"read","at":"bar[99]"}',
  ].join('\n');
  const PUD = '80000000400002a7 PW-YS';
  for (const format of ['dot', 'mermaid', 'svg']) {
    const picture = await out('export', log(text), '--format', format, '--arch', 'x86_64@6.18', '--at', '2');
    expect(picture).toContain(`bar[0]  ${PUD} PUD  normal: NULL  262144 pages`);
  }
  const trace = await out('export', log(text), '--format', 'chrome-trace', '--arch', 'x86_64@6.18');
  expect(trace).toContain(`mm 0 bar[0]: none -> ${PUD} G0 (PUD, 262144 pages) NULL`);
  const lanes = ['--arch', 'x86_64@6.18,x86_64@6.12,arm64@6.18'];
  const report = flat(await out('export', log(text), '--format', 'markdown', ...lanes));
  expect(report).toContain('| bar[0] level | PUD | PUD | PMD |');
  expect(report).toContain('x86_64@6.18 PW-YS G0 (PUD, 262144 pages) NULL special_vma');
  expect(report).toContain('x86_64@6.12 PW-YS G0 (PUD, 262144 pages) - ');
  expect(report).toContain('arm64@6.18 PW-YS G0 (PMD, 512 pages) NULL special_vma');
  const compared = await specialbit(['compare', log(text), '--arch', 'x86_64@6.18,x86_64@6.12,arm@6.18', '--full']);
  expect(compared.code).toBe(1);
  expect(flat(compared.out)).toContain('G0, no function asks');
  const blame = flat(await out('blame', log(text), 'bar[99]', '--arch', 'x86_64@6.18'));
  expect(blame).toMatch(/bar\[99\] = 80000000400002a7 PW-YS pfn:0x40063 \(PUD, 262144 pages\) NULL event 2/);
});
