// SPDX-License-Identifier: GPL-2.0-or-later
import { decodeEvent, type Expect } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { Play } from '../kernel/play.testkit.js';
import { withBit, withoutBit } from '../toy-lanes.testkit.js';
import { unmetBy } from './check.js';
import { judge } from './judge.js';
import { OutcomeRecord } from './outcomes.js';

const files = { dev: { kind: 'device', pages: 0 } } as const;

/** A lane that plays events and is asked. */
class Asked {
  readonly play: Play;
  readonly outcomes = new OutcomeRecord();
  private events = 0;

  constructor(arch = withBit) {
    this.play = new Play(arch, { files });
  }

  run(type: string, fields: object = {}): this {
    this.outcomes.note(++this.events, this.play.run(type, fields));
    return this;
  }

  /** What does not hold, `member: found`. */
  unmet(fields: object): string[] {
    return unmetBy(this.play.k, expectation(fields), this.outcomes).map(({ member, found }) => `${member}: ${found}`);
  }

  get lane() {
    return { name: this.play.k.arch.name, kernel: this.play.k, outcomes: this.outcomes };
  }
}

function expectation(fields: object): Expect {
  return decodeEvent({ type: 'expect', ...fields }) as Expect;
}

const driver = { label: 'm', pages: 2, prot: 'rw', file: 'dev' };

describe('an expectation', () => {
  it('asks what the last event returned, or an earlier one', () => {
    const lane = new Asked().run('mmap', driver).run('munmap', { at: '0x1000', pages: 0 }).run('expect', { ret: 0 });
    expect(lane.unmet({ event: 1, ret: 'mapped' })).toEqual([]);
    expect(lane.unmet({ event: 2, ret: '-EINVAL', signal: 'none', crash: 'none', messages: [] })).toEqual([]);
    expect(lane.unmet({ event: 2, ret: 0 })).toEqual(['ret: -EINVAL']);
    expect(lane.unmet({ event: 9, ret: 0 })).toEqual(['event: no such event: 9 (there are 3 before)']);
  });

  it('asks for signals', () => {
    const lane = new Asked().run('mmap', driver).run('read', { at: 'm' });
    expect(lane.unmet({ signal: 'SIGBUS' })).toEqual([]);
    expect(lane.unmet({ signal: 'none' })).toEqual(['signal: SIGBUS']);
    expect(lane.unmet({ ret: 0 })).toEqual(['ret: SIGBUS']);
  });

  it('asks for entries, VMAs, counts and counters', () => {
    const lane = new Asked().run('mmap', driver).run('vm_insert_page', { at: 'm', frame: 'P0' });
    const entry = { at: 'm', pte: 'PW-??', normal: 'page', maps: 'P0', count: 2, mapcount: 1 };
    const vma = { vma: true, pages: 2, vm_flags: 'VM_MIXEDMAP', no_vm_flags: 'VM_PFNMAP' };
    expect(lane.unmet({ ...entry, ...vma, rss: { MM_FILEPAGES: 1 } })).toEqual([]);
    expect(lane.unmet({ at: 'm[1]', pte: 'none', normal: '-' })).toEqual([]);
    expect(lane.unmet({ at: 'm', pte: 'none' })).toEqual(['pte: PW-Y-']);
    expect(lane.unmet({ at: 'm', maps: 'A*', count: 1 })).toEqual(['maps: P0', 'count: 2']);
    expect(lane.unmet({ at: 'm', vma: false, vm_flags: 'VM_PFNMAP' })[0]).toBe('vma: a VMA');
    expect(lane.unmet({ frame: 'P0', mapcount: 2 })).toEqual(['mapcount: 1']);
    expect(lane.unmet({ rss: { MM_ANONPAGES: 3 } })).toEqual(['rss.MM_ANONPAGES: 0']);
  });

  it('asks for calls of handlers, reasons, and vm_pgoff', () => {
    const lane = new Asked()
      .run('mmap', { ...driver, pgoff: 3, ops: { fault: { do: 'sigbus' } } })
      .run('read', { at: 'm' });
    const once = { calls: { fault: 1, pfn_mkwrite: 0 }, reason: 'handler_sigbus', at: 'm', vm_pgoff: 3, level: 'pte' };
    expect(lane.unmet(once)).toEqual([]);
    expect(lane.unmet({ calls: { fault: 2 } })).toEqual(['calls.fault: 1']);
    expect(lane.unmet({ reason: 'no_vma' })[0]).toMatch(/^reason: handler_sigbus/);
    expect(lane.unmet({ at: 'm', vm_pgoff: 'P0' })).toEqual(['vm_pgoff: 0x3']);
    expect(lane.unmet({ at: 'm', level: 'pmd' })).toEqual(['level: pte']);
    // of an event that returned 0, too
    lane.run('set_vm_ops', { at: 'm', ops: { fault: { do: 'page', frame: 'P0' } } }).run('read', { at: 'm' });
    expect(lane.unmet({ ret: 0, calls: { fault: 1 }, at: 'm', maps: 'P0' })).toEqual([]);
  });

  it('is about a kernel by the name of the lane', () => {
    const lane = new Asked().run('mmap', driver).lane;
    const { name } = lane.kernel.profile;
    const about = (on: string): number => judge(expectation({ on, ret: 'mapped' }), [lane]).asked.length;
    expect(about(`@${name.replace('linux-', '')}`)).toBe(1);
    expect(about('@2.4')).toBe(0);
  });

  it('does not hold of what does not exist', () => {
    const lane = new Asked().run('mmap', driver);
    expect(lane.unmet({ mm: 3, rss: { MM_FILEPAGES: 0 } })).toEqual(['mm: no such mm: 3 (live: 0)']);
    expect(lane.unmet({ frame: 'Q7', count: 1 })).toEqual([
      'frame: no such frame: Q7 (known: P0 to P7, R0 to R3, D0 to D15, H0 to H3, Z)',
    ]);
    expect(lane.unmet({ at: 'x', vma: true })).toEqual(['mapping: no such mapping: x (known: m)']);
  });

  it('is about all lanes, one, or none', () => {
    const insert = { at: 'm', frame: 'P0', pfn_t: 'PFN_DEV' };
    const lanes = [withBit, withoutBit].map(
      (arch) =>
        new Asked(arch)
          .run('mmap', { ...driver, call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] })
          .run('vmf_insert_mixed', insert).lane,
    );
    const holds = (fields: object): boolean => judge(expectation({ at: 'm', ...fields }), lanes).holds;
    expect(holds({ normal: 'page' })).toBe(false);
    expect(holds({ quantifier: 'exists', normal: 'page' })).toBe(true);
    expect(holds({ quantifier: '~exists', normal: 'page' })).toBe(false);
    expect(holds({ quantifier: '~exists', normal: 'bad' })).toBe(true);
    expect(holds({ on: 'pte_special', normal: 'NULL', count: 1 })).toBe(true);
    expect(holds({ on: '!pte_special', normal: 'page', count: 2 })).toBe(true);
    const { against } = judge(expectation({ at: 'm', normal: 'NULL' }), lanes);
    expect(against.map(({ lane }) => lane)).toEqual([withoutBit.name]);
  });
});
