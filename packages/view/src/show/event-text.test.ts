// SPDX-License-Identifier: GPL-2.0-or-later
import { decodeEvent } from '@specialbit/events';
import { expect, it } from 'vitest';
import { eventText } from './event-text.js';

it.each([
  [{ type: 'write', at: 'ring[1]', value: 7 }, 'write ring[1] value=7'],
  [{ type: 'read', mm: 2, at: 'ring' }, 'mm 2: read ring[0]'],
  [{ type: 'munmap', at: '0x20001000', pages: 2 }, 'munmap 0x20001000 pages=2'],
  [{ type: 'vm_flags_mod', at: 'ring', set: 'VM_PFNMAP|VM_IO' }, 'vm_flags_mod ring[0] set=VM_PFNMAP|VM_IO'],
  [{ type: 'pin_user_pages', at: 'ring', write: true }, 'pin_user_pages ring[0] write'],
  [{ type: 'madvise', at: 'heap', pages: 1, advice: 'dontneed' }, 'madvise heap[0] pages=1 MADV_DONTNEED'],
  [
    { type: 'mmap', label: 'r', pages: 1, prot: 'r', file: 'dev', ops: { fault: { do: 'page', frame: 'P0' } } },
    'mmap r pages=1 r file=dev ops=fault:page(P0)',
  ],
  [
    {
      type: 'mmap',
      label: 'r',
      pages: 2,
      prot: 'rw',
      file: 'dev',
      call: [{ type: 'vm_insert_page', at: '[1]', frame: 'P1' }],
    },
    'mmap r pages=2 rw file=dev call=vm_insert_page([1] P1)',
  ],
])('%j', (json, text) => {
  expect(eventText(decodeEvent(json))).toBe(text);
});
