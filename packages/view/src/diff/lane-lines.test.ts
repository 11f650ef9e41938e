// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { laneLines } from './lane-lines.js';
import type { LaneRow } from './lanes.js';

const row = (what: string, values: readonly string[], difference: LaneRow['difference'] = 'parts'): LaneRow => ({
  kind: 'pte',
  mm: 0,
  what,
  values,
  difference,
});

test('Lanes stand side by side', () => {
  const rows = [row('a[0]', ['one', 'two']), row('a[10]', ['same', 'same'], 'same'), row('b', ['x', 'y'], 'minor')];
  expect(laneLines(['x86_64', 'arm'], [...rows, { ...row('P0', ['1', '2']), mm: null }])).toEqual([
    '         x86_64  arm',
    'mm 0',
    '! a[0]   one     two',
    '  a[10]  same    same',
    '~ b      x       y',
    'frames',
    '! P0     1       2',
  ]);
});

test('What is too wide for that stands below, lanes that say the same together', () => {
  const long = 'word '.repeat(20).trim();
  const lines = laneLines(['x86_64', 'arm', 'm68k'], [row('a', [long, 'short', 'short']), row('b', ['1', '2', '3'])]);
  expect(lines).toEqual([
    '     x86_64  arm  m68k',
    'mm 0',
    '! a',
    '    x86_64     word word word word word word word word word word word word',
    '               word word word word word word word word',
    '    arm, m68k  short',
    '! b  1       2    3',
  ]);
});

test('With too many lanes nothing stands side by side', () => {
  const names = Array.from({ length: 20 }, (_, i) => `architecture-${i}`);
  const lines = laneLines(names, [
    row(
      'a',
      names.map((_, i) => String(i)),
    ),
  ]);
  expect(lines[1]).toBe('! a');
  expect(lines).toHaveLength(22);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78);
});
