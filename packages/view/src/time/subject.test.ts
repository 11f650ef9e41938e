// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.js';
import { FORKS, historyOf, LINEAR_RULE, loadText } from './small-log.testkit.js';
import { parseSubject, resolveSubject } from './subject.js';

const at = (text: string, n: number, what: string): string => {
  const { kernel } = historyOf(loadText(text)).at(n);
  const probe = resolveSubject(kernel, parseSubject(what));
  return `${probe.name} = ${probe.text(kernel)}`;
};

describe('What can be asked about', () => {
  test.each([
    ['map[1]', 'mm 0 map[1] = 8000000002000067 PWDY- A1 page'],
    ['map', 'mm 0 map[0] = 8000000008000225 P--YS D0 NULL'],
    ['0x7ffff7ffd000', 'mm 0 0x7ffff7ffd000 = 8000000008000225 P--YS D0 NULL'],
    ['map.vm_pgoff', 'mm 0 map vm_pgoff = 0x8000'],
    ['map.range', 'mm 0 map range = 7ffff7ffd000-7ffff7fff000 rw-p'],
    ['A1', 'A1 refcount = 1'],
    ['A1.mapcount', 'A1 mapcount = 1'],
    ['A1.content', 'A1 content = 0x9'],
    ['D0', 'D0 refcount = no struct page'],
    ['P0.refcount', 'P0 refcount = 1'],
    ['rss', 'mm 0 rss = 1'],
    ['mm_anonpages', 'mm 0 MM_ANONPAGES = 1'],
    ['7:rss', 'mm 7 rss = no such process'],
  ])('%s', (what, text) => {
    expect(at(LINEAR_RULE, 2, what)).toBe(text);
  });

  test('a page of another process', () => {
    expect(at(FORKS, 5, '1:heap')).toMatch(/^mm 1 heap\[0\] = \w+ PWDY- A\d+ page$/);
  });
});

test('What does not exist is refused, with what is near', () => {
  expect(() => at(LINEAR_RULE, 2, 'mpa')).toThrow(
    new UsageError(
      'usage.subject',
      'no such mapping, frame or counter at this moment: mpa (did you mean "map"?) (mappings: map)',
    ),
  );
  expect(() => at(LINEAR_RULE, 2, '1:map[0]')).toThrow('no such process: mm 1 (there are: 0)');
  expect(() => at(LINEAR_RULE, 2, 'map.mapcount')).toThrow('a page has no mapcount; give the frame');
  expect(() => at(LINEAR_RULE, 2, '[1]')).toThrow('expected one of "ring[2]"');
});
