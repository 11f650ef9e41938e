// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { describeFailure, InputError } from './failure.js';

it('is one line of bearable length, whatever names are in it', () => {
  const failure = (message: string): string => describeFailure(new InputError('input.header', message));
  expect(failure('a.jsonl:3: file: no such file: b\n  (the header has: none)')).toBe(
    'a.jsonl:3: file: no such file: b (the header has: none)',
  );
  expect(failure(`a.jsonl:3: no such file: ${'x'.repeat(5000)}y (none)`)).toMatch(
    /^a\.jsonl:3: no such file: x{176}\.\.\.x{15}y \(none\)$/,
  );
  expect(failure('word '.repeat(5000)).length).toBeLessThan(2100);
});
