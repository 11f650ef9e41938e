// SPDX-License-Identifier: GPL-2.0-or-later
import type { Architecture } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { type CheckOptions, checkArchitecture, planChecks } from './check-architecture.js';
import { countChecks } from './report.js';
import { accepting, altered, broken, toy } from './toy.testkit.js';

const failing = (arch: Architecture, options: CheckOptions = { behaviour: false }): string[] =>
  checkArchitecture(arch, options)
    .checks.filter((check) => check.outcome === 'fails')
    .map((check) => check.name);
const detail = (arch: Architecture, name: string): string =>
  checkArchitecture(arch, { behaviour: false }).checks.find((check) => check.name === name)?.detail ?? '';

describe('checkArchitecture', () => {
  it('passes what keeps every law', () => {
    const report = checkArchitecture(toy);
    expect(report.ok).toBe(true);
    expect(countChecks(report)).toMatchObject({ accepted: 0, fails: 0 });
    expect(report.checks.filter((check) => check.outcome === 'left out').map((check) => check.name)).toEqual([
      'pgprot/round-trip',
      'special/none',
    ]);
  });

  it('says the same every time, and looks further when asked to', () => {
    expect(checkArchitecture(toy)).toEqual(checkArchitecture(toy));
    const tried = (options: CheckOptions): number => planChecks(toy, options)[1]?.run().tried ?? 0;
    expect([tried({}), tried({ runs: 17 })]).toEqual([200, 17]);
  });

  const MUTANTS: readonly (readonly [string, Architecture, readonly string[]])[] = [
    ['mkdirty without effect', broken(() => ({ mkdirty: () => {} })), ['mkdirty/effect']],
    [
      'mkold that forgets the frame',
      broken(() => ({
        mkold(p) {
          p.lo &= 0xfff & ~0x20;
        },
      })),
      ['pfn/kept', 'mkold/only'],
    ],
    [
      'mkyoung that toggles',
      broken(() => ({
        mkyoung(p) {
          p.lo ^= 0x20;
        },
      })),
      ['mkyoung/effect', 'mkyoung/twice'],
    ],
    [
      'mkspecial that makes dirty',
      broken((c) => ({
        mkspecial: (p) => {
          c.mkspecial(p);
          c.mkdirty(p);
        },
      })),
      ['mkspecial/only', 'order/answers'],
    ],
    [
      'modify that loses special',
      broken((c) => ({
        modify: (p, prot) => {
          c.modify(p, prot);
          p.lo &= ~0x100;
        },
      })),
      ['special/only-by-mkspecial', 'modify/special'],
    ],
    [
      'modify that gives nothing away',
      broken(() => ({ modify: () => {} })),
      ['modify/write', 'modify/fresh', 'access/modify-takes-store'],
    ],
    [
      'a pfn that loses its top bit',
      broken((c) => ({ pfn: (p) => c.pfn(p) & 0x7ffff })),
      ['pfn/round-trip', 'pfn/kept'],
    ],
    [
      'an operation beyond 32 bits',
      broken((c) => ({
        mkdirty: (p) => {
          c.mkdirty(p);
          p.hi = 1;
        },
      })),
      ['width/entry'],
    ],
    [
      'halves that are unsigned',
      broken((c) => ({
        mkyoung(p) {
          c.mkyoung(p);
          p.lo = p.lo >>> 0;
        },
      })),
      ['width/entry'],
    ],
    ['an empty entry that is present', broken(() => ({ empty: { lo: 1, hi: 0 } })), ['kinds/empty']],
    ['PROT_NONE that is lost', broken(() => ({ present: (p) => (p.lo & 1) !== 0 })), ['kinds/prot-none']],
    [
      'a swap entry that is present',
      broken((c) => ({
        swp_entry_to_pte: (p, type, offset) => {
          c.swp_entry_to_pte(p, type, offset);
          p.lo |= 1;
        },
      })),
      ['kinds/swap'],
    ],
    ['a marker that stays', broken(() => ({ swp_clear_exclusive: () => {} })), ['swap/exclusive']],
    ['hidden state', hiddenState(), ['pure/same-in-same-out']],
    ['a table that changes what is stored', broken((c) => ({ set_pte: (p) => c.mkdirty(p) })), ['set_pte/answers']],
    [
      'an access that never ends',
      altered({ user_access: () => false }),
      ['access/read-ends', 'access/write-ends', 'access/exec-ends'],
    ],
    [
      'an access without rights',
      altered({ user_access: () => true }),
      ['access/only-pages', 'access/write-needs-right', 'access/modify-takes-store'],
    ],
    [
      'an access that makes special',
      altered({
        user_access(p) {
          p.lo |= 0x100;
          return true;
        },
      }),
      ['access/marks-only'],
    ],
    ['a special bit that is denied', altered({ special: { pte: false, pmd: false, pud: false } }), ['special/none']],
  ];
  it.each(MUTANTS)('catches %s', (_, mutant, laws) => {
    expect(failing(mutant)).toEqual(expect.arrayContaining([...laws]));
  });

  it('shows a small sample that breaks a law', () => {
    expect(
      detail(
        broken(() => ({ mkdirty: () => {} })),
        'mkdirty/effect',
      ),
    ).toBe('pte_mkdirty makes 0x25 of 0x25 (pfn 0x0, private r--), and pte_dirty is false');
  });

  it('takes a deviation that is accepted, and no other', () => {
    const lossy = broken(() => ({ swp_clear_exclusive: () => {} }));
    expect(failing(accepting(lossy, { 'swap/exclusive': 'nobody clears it' }))).toEqual([]);
    expect(failing(lossy)).toEqual(['swap/exclusive']);
    expect(failing(accepting(toy, { 'swap/exclusive': 'it does not' }))).toEqual(['swap/exclusive']);
    expect(detail(accepting(toy, { 'swap/exclusive': 'it does not' }), 'swap/exclusive')).toBe(
      "the layout accepts 'swap/exclusive', but that law holds: take the entry out of accepted",
    );
    expect(failing(accepting(toy, { 'no/law': 'at all' }))).toEqual(['accepted/known']);
  });

  it('sees behaviour that depends on the architecture', () => {
    // the first store to a private page goes through
    const reckless = altered({ user_access: (p, op) => op !== 'exec' && (p.lo & 1) !== 0 });
    expect(failing(reckless, { runs: 1 })).toEqual(
      expect.arrayContaining(['behaviour/anonymous', 'behaviour/cow-linear', 'behaviour/pfn-mkwrite']),
    );
  });
});

describe('golden vectors', () => {
  const row = ['0x5', 11, 'mkdirty', '0x5067', '0xd', '0x5'] as const;
  const vectors = { tests: ['present', 'none', 'write', 'dirty'], vectors: [row] };
  const run = (change: object): string => {
    const report = checkArchitecture(toy, { behaviour: false, runs: 1, vectors: { ...vectors, ...change } });
    const check = report.checks.find(({ group }) => group === 'vectors');
    return `${check?.outcome}, ${check?.tried}${check?.detail === '' ? '' : `: ${check?.detail}`}`;
  };
  it('agree', () => expect(run({})).toBe('holds, 1'));
  it('name the row and both values', () => {
    expect(run({ vectors: [['0x5', 11, 'mkdirty', '0x5047', '0x9', '0x5']] })).toBe(
      'fails, 1: pfn 0x5, protection 11, [mkdirty]: pte: expected 0x5047, found 0x5067; tests: expected present+dirty, found present+write+dirty',
    );
  });
  it('leave out what is empty', () => expect(run({ vectors: [['0x5', 11, '', '', '', '0x5']] })).toBe('holds, 1'));
  it('name what the codec lacks', () => {
    expect(run({ tests: ['huge'] })).toMatch(/^fails, 0: toy has no test huge; it has none, present, /);
    expect(run({ vectors: [['0x5', 1, 'mkhuge', '', '', '']] })).toMatch(
      /^fails, 0: toy has no operation mkhuge; it has mkwrite/,
    );
  });
});

/** Every third mkyoung does something else. */
function hiddenState(): Architecture {
  let calls = 0;
  return broken((c) => ({
    mkyoung: (p) => {
      c.mkyoung(p);
      if (++calls % 3 === 0) p.lo |= 0x400;
    },
  }));
}
