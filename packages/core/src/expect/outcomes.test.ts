// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newOutcome, type Outcome } from '../kernel/base/outcome.js';
import { OutcomeRecord } from './outcomes.js';

const calls = fc.tuple(fc.constantFrom(0, 1, 7, 8, 40), fc.nat(1), fc.nat(1)) as fc.Arbitrary<[number, number, number]>;
const reasons = [[], ['no_vma']] as unknown as Outcome['reasons'][];
const messages = [[], [{ kind: 'warning', text: 'WARNING' }]] as unknown as Outcome['messages'][];
const outcome: fc.Arbitrary<Outcome | null> = fc.option(
  fc
    .record({
      ret: fc.constantFrom(0, 1, 2, 256, -1, -12, -14, 2 ** 31, 0x7f00_0000_1000),
      signal: fc.constantFrom(null, null, 'SIGBUS' as const, 'SIGSEGV' as const),
      mapped: fc.constantFrom(-1, 0, 5),
      calls,
      reasons: fc.constantFrom(...reasons),
      messages: fc.constantFrom(...messages),
    })
    .map((part) => ({ ...newOutcome(), ...part })),
);

const asked = (of: Outcome | null): unknown =>
  of === null ? null : [of.ret, of.signal, of.mapped >= 0, of.calls, of.reasons, of.messages, of.crash];

it('tells of each event what an expectation asks for, however many came before', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ outcome, gap: fc.constantFrom(1, 1, 1, 2, 20_000) })), (events) => {
      const record = new OutcomeRecord();
      const told = new Map<number, unknown>();
      let number = 0;
      for (const { outcome, gap } of events) {
        number += gap;
        record.note(number, outcome);
        told.set(number, asked(outcome));
      }
      for (const [number, expected] of told) expect(asked(record.of(number))).toEqual(expected);
      expect(record.last).toBe(number);
    }),
  );
});

it('tells of an event that was not noted that it returned 0 and caused nothing', () => {
  const record = new OutcomeRecord();
  record.note(100_000, null);
  expect(asked(record.of(5))).toEqual(asked(newOutcome()));
  expect(asked(record.of(99_999))).toEqual(asked(newOutcome()));
});
