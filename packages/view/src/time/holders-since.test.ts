// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { holderText } from '../explain/holder-text.js';
import { holdersSince } from './holders-since.js';
import { FORKS, historyOf, LINEAR_RULE, loadText } from './small-log.testkit.js';
import { parseSubject, resolveSubject } from './subject.js';

function since(text: string, frame: string, n: number): [string, number | null][] {
  const history = historyOf(loadText(text));
  const [target] = resolveSubject(history.at(n).kernel, parseSubject(frame)).targets!;
  const work = holdersSince(history, (target as { readonly frame: number }).frame, n);
  for (let step = work.next(); ; step = work.next())
    if (step.done === true) return step.value.map((one) => [holderText(one.holder), one.since]);
}

/** A driver takes the page twice, gives it back once, and a flag of the VMA makes its entry count no more. */
const COUNTED = `{"specialbit":1,"files":{"dev":"device"}}
{"type":"mmap","label":"ring","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"get_page","frame":"P0"}
{"type":"vm_insert_page","at":"ring","frame":"P0"}
{"type":"get_page","frame":"P0"}
{"type":"put_page","frame":"P0"}
{"type":"mmap","label":"other","pages":1,"prot":"rw"}
`;

test.each<[string, string, string, number, [string, number | null][]]>([
  [
    'two processes, each since its own event',
    FORKS,
    'A1',
    4,
    [
      ['the PTE of heap[0] in mm 0', 2],
      ['the PTE of heap[0] in mm 1', 4],
    ],
  ],
  ['who is left', FORKS, 'A1', 6, [['the PTE of heap[0] in mm 0', 2]]],
  [
    'a mapping that holds nothing',
    LINEAR_RULE,
    'D0',
    3,
    [['the PTE of map[0] in mm 0 maps it, and holds nothing: special, in a VM_PFNMAP or VM_MIXEDMAP', 1]],
  ],
  [
    'an owner, since its references became so many',
    COUNTED,
    'P0',
    6,
    [
      ['the PTE of ring[0] in mm 0', 3],
      ['its owner, the driver', 5],
    ],
  ],
  ['an owner from before the log', COUNTED, 'P0', 1, [['its owner, the driver', 0]]],
])('%s', (_, text, frame, n, expected) => {
  expect(since(text, frame, n)).toEqual(expected);
});
