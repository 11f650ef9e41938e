// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { Problems } from '../problems.js';
import { parseBadPageMaps } from './bad-page-map.js';

it('reads a report out of a kernel log', () => {
  const text = `[  123.456789] usb 1-1: new device
[  123.456790] BUG: Bad page map in process my prog  pte:8000000012345225 pmd:0a1b2067
[  123.456791] page: refcount:1 mapcount:-1 mapping:0000000000000000 index:0x0 pfn:0x12345
[  123.456792] addr:00007f0000001000 vm_flags:000000fb anon_vma:0000000000000000 mapping:ffff888004a1b2c0 index:1
[  123.456793] file:ring fault:0x0 mmap:ring_mmap mmap_prepare: 0x0 read_folio:0x0
[  123.456794] CPU: 0 PID: 99 Comm: my prog
`;
  expect(parseBadPageMaps(linesOf(text), new Problems('dmesg'))).toEqual([
    {
      line: 2,
      comm: 'my prog',
      pte: '8000000012345225',
      pmd: '0a1b2067',
      page: { refcount: 1, mapcount: -1, index: 0, pfn: 0x12345 },
      addr: 0x7f0000001000,
      vm_flags: 0xfb,
      anon_vma: false,
      mapping: true,
      index: 1,
      file: 'ring',
      handlers: { mmap: 'ring_mmap' },
    },
  ]);
});
