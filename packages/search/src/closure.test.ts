// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { closures } from './closure.js';
import { events } from './lanes.testkit.js';

const log = events(`
{"type":"mmap","label":"other","pages":1,"prot":"rw"}
{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev"}
{"type":"write","at":"other"}
{"type":"fork","child":1}
{"type":"fork","child":2}
{"type":"get_page","frame":"P0"}
{"type":"vm_insert_page","at":"a","frame":"P0"}
{"type":"read","at":"other","mm":1}
{"type":"unmap_mapping_range","file":"dev","pages":1}
{"type":"write","at":"a","mm":1}
`);

it('takes the mappings and processes that the last event names, and what made them, then what was done to their frames and files', () => {
  const types = closures(log).map((less) =>
    less.map((event) => ('child' in event ? `fork ${event.child}` : event.type)),
  );
  expect(types).toEqual([
    ['mmap', 'fork 1', 'vm_insert_page', 'access'],
    ['mmap', 'fork 1', 'get_page', 'vm_insert_page', 'unmap_mapping_range', 'access'],
  ]);
});
