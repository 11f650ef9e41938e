// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goalNamed } from '../goal.js';
import { events, lanes } from '../lanes.testkit.js';
import { Ends } from './ends.js';
import { interleave } from './interleave.js';
import { Machine, type Moment } from './machine.js';
import { type Done, everyOrder } from './orders.js';
import { phasesOf } from './threads.js';

const numbered = (lines: string) => events(lines).map((event, i) => ({ number: i + 1, event }));
const [lane] = lanes('x86_64');

/** Every order there is, one after the other. */
function bruteForce(machine: Machine, ended: (done: readonly Done[], last: Moment) => void): number {
  let runs = 0;
  const from = (moment: Moment, done: readonly Done[]): void => {
    const ready = machine.nexts(moment).filter((next) => next !== undefined && next.footprint !== null);
    if (ready.length === 0) {
      runs++;
      ended(done, moment);
    }
    for (const next of ready) {
      const { moment: then, outcome } = machine.go(moment, next!);
      from(then, [...done, { next: next!, outcome, moment: then }]);
    }
  };
  from(machine.start, []);
  return runs;
}

const RACE = `
{"type":"thread.begin","name":"mmap"}
{"type":"mmap","label":"bar","pages":2,"prot":"rw","file":"dev","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"thread.end"}
{"type":"thread.begin","name":"revoke"}
{"type":"unmap_mapping_range","file":"dev","pages":2,"even_cows":true}
{"type":"thread.end"}
{"type":"write","at":"bar[0]"}`;

describe('two threads', () => {
  it('finds that prepopulating races with a revocation, which no order of whole calls shows', () => {
    const { ends, cut } = interleave(lane!, numbered(RACE.trim()));
    expect(cut).toBe(false);
    expect(ends).toHaveLength(3);
    const [first, ...others] = ends;
    expect(first!.broken).toEqual([
      "unmap_mapping_range() misses bar: 2 entries stay, for the VMA is not in the file's i_mmap yet",
    ]);
    expect(first!.serial).toBe(false);
    expect(first!.schedule.map(({ thread, part }) => `${thread} ${part}`)).toEqual([
      'mmap begin',
      'mmap call',
      'revoke whole',
      'mmap end',
      'log whole',
    ]);
    expect(others.every(({ serial, broken }) => serial && broken.length === 0)).toBe(true);
    expect(interleave(lane!, numbered(RACE.trim()), { whole: true }).ends).toHaveLength(2);
  });

  it('has no such order where actions of mmap_prepare populate', () => {
    const prepared = RACE.trim().replace('"file":"dev","call"', '"file":"dev","prepare":true,"call"');
    const { ends } = interleave(lanes('x86_64@7.3')[0]!, numbered(prepared));
    expect(ends.map(({ broken, serial }) => [broken.length, serial])).toEqual([
      [0, true],
      [0, true],
    ]);
    // the same driver on a kernel that calls ->mmap
    expect(interleave(lanes('x86_64@6.12')[0]!, numbered(prepared)).ends[0]!.broken).toHaveLength(1);
  });

  it('lets nobody in who needs the lock that an mmap holds', () => {
    const { ends, runs } = interleave(
      lane!,
      numbered(
        `{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"thread.begin","name":"mmap"}
{"type":"mmap","label":"bar","pages":1,"prot":"rw","file":"dev","call":[{"type":"remap_pfn_range","frame":"D0"}]}
{"type":"thread.end"}
{"type":"thread.begin","name":"munmap"}
{"type":"munmap","at":"heap","pages":1}
{"type":"thread.end"}`,
      ),
    );
    for (const { schedule } of ends) {
      const at = schedule.findIndex(({ event }) => event.type === 'munmap');
      expect([1, 4]).toContain(at);
    }
    expect(runs).toBe(2);
  });

  it('lets a thread wait for a mapping that another makes, and says what waits for ever', () => {
    const log = `{"type":"thread.begin","name":"one"}
{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"thread.end"}
{"type":"thread.begin","name":"two"}
{"type":"write","at":"heap"}
{"type":"write","at":"never"}
{"type":"thread.end"}`;
    const { ends } = interleave(lane!, numbered(log));
    expect(ends).toHaveLength(1);
    expect(ends[0]!.waiting).toMatchObject([{ thread: 'two', number: 6 }]);
  });

  it('sees a page freed while it is mapped, and one that is mapped when it is free, or what is asked for alone', () => {
    const log = `{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}
{"type":"thread.begin","name":"driver"}
{"type":"remap_pfn_range","at":"a","frame":"P0"}
{"type":"thread.end"}
{"type":"thread.begin","name":"free"}
{"type":"put_page","frame":"P0"}
{"type":"thread.end"}`;
    const { ends } = interleave(lane!, numbered(log));
    expect(ends.map(({ broken, atEnd }) => [broken, atEnd.length])).toEqual([
      [['P0 is freed while an entry maps it'], 0],
      [['P0 is freed while an entry maps it'], 1],
    ]);
    const looked = (goal: string): string[] =>
      interleave(lane!, numbered(log), { goal: goalNamed(goal) }).ends.flatMap(({ broken }) => broken);
    expect(looked('invariant:freed_while_mapped')).toEqual(['P0 is freed while an entry maps it']);
    expect([looked('invariant:leaked'), looked('crash')]).toEqual([[], []]);
    expect(() => looked('parts')).toThrow('expected something that one lane does in an order, found parts');
  });

  it('lets two faults find no entry: the second handler is called for a page that the first one has mapped', () => {
    const fault = (name: string): string =>
      `{"type":"thread.begin","name":"${name}"}\n{"type":"write","at":"a"}\n{"type":"thread.end"}`;
    const log = `{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev","ops":{"fault":{"do":"vm_insert_page","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
${fault('one')}
${fault('two')}`;
    const called = new Set<number>();
    everyOrder(
      new Machine(lane!, phasesOf(numbered(log), true)),
      (done) => called.add(done.reduce((sum, { outcome }) => sum + outcome.calls[0], 0)),
      { limit: 100 },
    );
    expect([...called].sort()).toEqual([1, 2]);
    const { ends } = interleave(lane!, numbered(log));
    expect(ends.every(({ broken }) => broken.length === 0)).toBe(true);
  });

  it('keeps who needs the lock for writing out of a fault, and lets in who does not', () => {
    const log = `{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev","ops":{"fault":{"do":"page","frame":"P0"}}}
{"type":"thread.begin","name":"fault"}
{"type":"read","at":"a"}
{"type":"thread.end"}
{"type":"thread.begin","name":"other"}
{"type":"munmap","at":"a","pages":1}
{"type":"thread.end"}`;
    const within = (text: string): boolean =>
      interleave(lane!, numbered(text)).ends.some(({ schedule }) => {
        const at = schedule.findIndex(({ part }) => part === 'look');
        return at >= 0 && schedule[at + 1]!.part !== 'fault';
      });
    expect(within(log)).toBe(false);
    const insert = '{"type":"vm_insert_page","at":"a","frame":"P0"}';
    expect(within(log.replace('{"type":"munmap","at":"a","pages":1}', insert))).toBe(true);
  });

  it('populates page by page what MAP_POPULATE asks for, behind the mmap: others come in between, and end it', () => {
    const log = `{"type":"thread.begin","name":"mmap"}
{"type":"mmap","label":"a","pages":2,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE"}
{"type":"thread.end"}
{"type":"thread.begin","name":"other"}
{"type":"munmap","at":"a[1]","pages":1}
{"type":"thread.end"}`;
    const { ends, threads } = interleave(lane!, numbered(log));
    expect(threads[0]!.steps).toBe(3);
    // the lock is held from page to page: unmapped before or behind all of it, which comes to the same
    expect(ends.map(({ serial, broken }) => [serial, broken.length])).toEqual([[true, 0]]);
    const zap = log.replace('{"type":"munmap","at":"a[1]","pages":1}', '{"type":"write","at":"a[1]","value":7}');
    expect(interleave(lane!, numbered(zap)).ends.every(({ waiting }) => waiting.length === 0)).toBe(true);
  });

  it("lets S10's BUG_ON come of an order: a driver without the lock, beside a mapping that is made or not", () => {
    const log = `{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev"}
{"type":"thread.begin","name":"worker"}
{"type":"vm_insert_page","at":"a","frame":"P0","mmap_lock":"none"}
{"type":"thread.end"}
{"type":"thread.begin","name":"process"}
{"type":"mmap","label":"b","pages":1,"prot":"rw","file":"dev","pgoff":4,"call":[{"type":"remap_pfn_range","frame":"D0"}]}
{"type":"thread.end"}`;
    const ends = interleave(lane!, numbered(log)).ends;
    expect(ends.filter(({ broken }) => broken.length > 0).length).toBeGreaterThan(0);
    expect(ends.some(({ broken }) => broken.length === 0)).toBe(true);
    const held = log.replace('"mmap_lock":"none"', '"mmap_lock":"read"');
    expect(interleave(lane!, numbered(held)).ends.every(({ broken }) => broken.length > 0)).toBe(true);
  });

  it.each([
    ['{"type":"thread.end"}', 'event 1: thread.end without thread.begin'],
    ['{"type":"thread.begin","name":"a"}', 'event 1: the thread a is never ended'],
    [
      '{"type":"thread.begin","name":"a"}\n{"type":"thread.begin","name":"b"}',
      'event 2: the thread a is not ended yet',
    ],
    [
      '{"type":"thread.begin","name":"a"}\n{"type":"thread.end"}\n{"type":"thread.begin","name":"a"}\n{"type":"thread.end"}',
      'event 3: two threads at once are called a',
    ],
    ['{"type":"exit"}', 'expected two blocks of thread.begin and thread.end, one behind the other'],
  ])('refuses %s', (log, message) => {
    expect(() => interleave(lane!, numbered(log))).toThrow(message);
  });
});

describe('what is left out cannot matter', () => {
  const page = fc.nat(1).map((n) => `"at":"m[${n}]"`);
  const frame = fc.constantFrom('P0', 'P1', 'D0');
  const line: fc.Arbitrary<string> = fc.oneof(
    fc.tuple(fc.constantFrom('read', 'write'), page).map(([type, at]) => `{"type":"${type}",${at}}`),
    fc
      .tuple(fc.constantFrom('vm_insert_page', 'vmf_insert_pfn', 'vmf_insert_mixed'), page, frame)
      .map(([type, at, of]) => `{"type":"${type}",${at},"frame":"${of}"}`),
    page.map((at) => `{"type":"zap_vma_ptes",${at},"pages":1}`),
    page.map((at) => `{"type":"munmap",${at},"pages":1}`),
    page.map((at) => `{"type":"mprotect",${at},"pages":1,"prot":"r"}`),
    page.map((at) => `{"type":"pin_user_pages",${at},"write":true,"hold":true}`),
    frame.map((of) => `{"type":"put_page","frame":"${of}"}`),
    fc.constant('{"type":"unmap_mapping_range","file":"dev","pages":2,"even_cows":true}'),
    fc.constant('{"type":"write","mm":1,"at":"m[0]"}'),
    fc.constant('{"type":"madvise","at":"m","pages":2,"advice":"MADV_POPULATE_WRITE"}'),
    page.map((at) => `{"type":"vm_insert_page",${at},"frame":"P1","mmap_lock":"none"}`),
    fc.constant('{"type":"exit","mm":1}'),
    fc
      .tuple(fc.constantFrom('n', 'o'), frame, fc.nat(1))
      .map(
        ([label, of, mm]) =>
          `{"type":"mmap","mm":${mm},"label":"${label}","pages":2,"prot":"rw","file":"dev","call":[{"type":"vm_insert_page","frame":"${of}"},{"type":"vm_insert_page","at":"[1]","frame":"P2"}]}`,
      ),
    fc.constant('{"type":"mmap","label":"q","pages":2,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE"}'),
    fc.constantFrom('n', 'o').map((label) => `{"type":"read","at":"${label}[0]"}`),
  );
  const block = (name: string, most: number) =>
    fc
      .array(line, { minLength: 1, maxLength: most })
      .map((lines) => [`{"type":"thread.begin","name":"${name}"}`, ...lines, '{"type":"thread.end"}'].join('\n'));
  const START = `{"type":"mmap","label":"m","pages":2,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"write","at":"m[0]"}
{"type":"fork","child":1}
`;
  const handled = START.replace('"file":"dev",', '"file":"dev","ops":{"fault":{"do":"page","frame":"P0"}},');
  const logs = fc
    .tuple(
      fc.constantFrom('x86_64', 'arm'),
      fc.constantFrom(START, handled),
      block('a', 3),
      block('b', 2),
      fc.option(block('c', 2), { nil: '' }),
    )
    .map(([arch, start, a, b, c]) => [arch, start + [a, b, c].filter((one) => one !== '').join('\n')] as const);

  it('the ends are those of all orders', () => {
    fc.assert(
      fc.property(logs, ([arch, log]) => {
        const [one] = lanes(arch);
        const machine = new Machine(one!, phasesOf(numbered(log) as { number: number; event: LogEvent }[], true));
        const some = new Ends(machine);
        const all = new Ends(machine);
        const { runs } = everyOrder(machine, (done, last) => some.note(done, last), { limit: 100_000 });
        const whole = bruteForce(machine, (done, last) => all.note(done, last));
        expect(runs).toBeLessThanOrEqual(whole);
        expect([...some.keys].sort()).toEqual([...all.keys].sort());
      }),
      { numRuns: 12 },
    );
  });
});
