// SPDX-License-Identifier: GPL-2.0-or-later
/** Expectations of a log, as the commands check them. */
import { describe, expect, it } from 'vitest';
import { specialbit, temporary } from './specialbit.testkit.js';

const LANES = '"arch":["arm-lpae","arm"]';
const DRIVER =
  '{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dev","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}';
const HELD = [
  '{"type":"write","at":"bo"}',
  '{"type":"expect","on":"pte_special","ret":0,"at":"bo","normal":"NULL","frame":"P0","count":1}',
  '{"type":"expect","on":"!pte_special","at":"bo","normal":"page","count":2}',
  '{"type":"expect","quantifier":"exists","at":"bo","normal":"page"}',
  '{"type":"expect","on":"m68k","at":"bo","normal":"bad"}',
];
const BROKEN = '{"type":"expect","at":"bo","normal":"page","vma":false}';

const logOf = (...events: string[]): string =>
  temporary('log.jsonl', `{"specialbit":1,${LANES},"files":{"dev":"device"}}\n${[DRIVER, ...events].join('\n')}\n`);

describe('expectations', () => {
  it('that hold change no exit code', async () => {
    const { code, out } = await specialbit(['replay', logOf(...HELD)]);
    expect(out).toContain('   3  expect bo[0] on=pte_special ret=0 normal=NULL P0 count=1  holds');
    expect(out).toContain('about no lane here');
    expect(out).toContain('\n4 expectations: all hold\n');
    expect(code).toBe(0);
  });

  it('that do not hold are told lane by lane, and exit with 1', async () => {
    const { code, out } = await specialbit(['replay', logOf(...HELD, BROKEN)]);
    expect(out).toContain('expect bo[0] normal=page vma=false');
    expect(out).toContain('      arm-lpae: vma: expected no VMA, found a VMA\n');
    expect(out).toContain('      arm-lpae: normal: expected page, found NULL\n');
    expect(out).toContain('      arm: vma: expected no VMA, found a VMA\n');
    expect(out).toContain('\n5 expectations: not so the one of event 7\n');
    expect(code).toBe(1);
  });

  it('are checked by compare, also where lanes may part', async () => {
    const held = await specialbit(['compare', logOf(...HELD), '--exit-zero']);
    expect(held.out).toContain('\n4 expectations: all hold\n');
    expect(held.code).toBe(0);
    const broken = await specialbit(['compare', logOf(...HELD, BROKEN), '--exit-zero']);
    expect(broken.out).toContain('  event 7 does not hold:\n    arm-lpae: vma: expected no VMA, found a VMA\n');
    expect(broken.code).toBe(1);
  });

  it.each([
    [
      '{"type":"expect","on":"x86_46","ret":0}',
      'on[0]: expected an architecture (did you mean "x86_64"?), found "x86_46"',
    ],
    [
      '{"type":"expect","on":"arm|feature:mmap_action","ret":0}',
      'on[0]: expected a feature (did you mean "mmap_actions"?), found "mmap_action"',
    ],
    [
      '{"type":"expect","on":["arm","!@9.12"],"ret":0}',
      'on[1]: expected a kernel (did you mean "6.12"?), found "9.12"',
    ],
    [
      '{"type":"expect","reason":"fork_copy_m"}',
      'reason: expected the name of a reason (did you mean "fork_copy_mm"?)',
    ],
  ])('name what there is: %s', async (text, said) => {
    for (const command of ['replay', 'compare', 'step']) {
      const log = logOf(text);
      const { code, err } = await specialbit(command === 'step' ? [command, log, '--json'] : [command, log]);
      expect(err).toMatch(/\.jsonl:\d+: /);
      expect(err).toContain(said);
      expect(code).toBe(2);
    }
  });

  it('tell of flags in lines that fit a mail', async () => {
    const flags = '{"type":"expect","at":"bo","vm_flags":"VM_PFNMAP|VM_IO","no_vm_flags":"VM_MIXEDMAP"}';
    for (const command of ['replay', 'compare', 'verify']) {
      const { out } = await specialbit([command, logOf(flags)]);
      expect(out).toMatch(/vm_flags: expected VM_PFNMAP VM_IO,\s+found\s+VM_READ\s+VM_WRITE/);
      const lines = out.slice(out.indexOf('vm_flags: expected')).split('\n');
      expect(lines.filter((line) => line.length > 78)).toEqual([]);
    }
  });

  it('are in the JSON of both', async () => {
    const replay = await specialbit(['replay', logOf(...HELD, BROKEN), '--json']);
    const lines = replay.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[2].expectation).toEqual({ holds: true, asked: ['arm-lpae'], against: [] });
    expect(lines[6].expectation.against[0].unmet[0]).toEqual({ member: 'vma', expected: 'no VMA', found: 'a VMA' });
    expect(lines.at(-1).expectations).toEqual({ checked: 5, failed: 1 });
    const compare = await specialbit(['compare', logOf(...HELD, BROKEN), '--json']);
    expect(JSON.parse(compare.out).expectations).toMatchObject({ checked: 5, failed: [{ number: 7, line: 8 }] });
  });

  it('that ask nothing, or of nothing, are refused when they are read', async () => {
    const empty = await specialbit(['replay', logOf('{"type":"expect","mm":0}')]);
    expect(empty).toMatchObject({ code: 2 });
    expect(empty.err).toContain(':3: expected something to hold: ret, signal,');
    const lonely = await specialbit(['replay', logOf('{"type":"expect","pte":"none"}')]);
    expect(lonely.err).toContain(':3: pte: expected the page that it speaks of ("at"), found "pte" without "at"');
  });

  it('are checked by verify, on the lanes of the log or on others', async () => {
    const log = logOf(...HELD);
    const held = await specialbit(['verify', log]);
    expect(held.out).toMatch(/ 2 {2}3 of 3 hold, 1 about no lane here\n/);
    expect([held.code, held.out.endsWith('\n3 expectations of 1 log: all hold\n')]).toEqual([0, true]);
    const everywhere = await specialbit(['verify', log, '--lane', 'arm,arm-lpae', '--kernel', 'all', '--json']);
    expect(JSON.parse(everywhere.out).logs).toMatchObject([{ lanes: 8, asked: 3, met: 3, idle: 1, unheld: [] }]);
    const broken = await specialbit(['verify', logOf(...HELD, BROKEN)]);
    expect(broken.out).toMatch(
      /log\.jsonl:8: event 7 does not hold:\n {2}arm-lpae: vma: expected no VMA, found a VMA\n/,
    );
    expect([broken.code, broken.out.endsWith('\n4 expectations of 1 log: 1 not so\n')]).toEqual([1, true]);
  });

  it('are checked by the gallery, which fails when one does not hold', async () => {
    const { code, out } = await specialbit(['gallery', 'run', 'S06', 'S20', '--kernel', 'all']);
    expect(out).toMatch(/^id +6\.1 +6\.12 +6\.18 +7\.3 {2}architectures$/m);
    expect(out).toMatch(/^S20( +(\d+)\/\2){4} {2}x86_64, arm$/m);
    expect(out).toMatch(/^expectations met: (\d+) of \1$/m);
    expect(code).toBe(0);
  });
});
