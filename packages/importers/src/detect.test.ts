// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { detectFormat } from './detect.js';

it.each([
  ['strace', '7589  1795337109.304306 brk(NULL)       = 0x12023000'],
  ['strace', 'execve("/bin/true", ["true"], 0x7ffc /* 4 vars */) = 0'],
  ['ftrace', '# tracer: nop'],
  ['ftrace', '            true-7589  [001]  2580.519181: sys_exit_mmap:        0x7f86a0a8b000'],
  ['perf', '         setarch 15675/15675 [001]  2580.518691:  syscalls:sys_exit_execve: 0x0'],
  ['maps', '00400000-00401000 r--p 00000000 fe:00 2474042                            /tmp/rec/stress'],
  ['smaps', '00400000-00401000 r--p 00000000 fe:00 2474042   /a\nSize:                  4 kB'],
  ['vmas', '{"mm":"194e81900","map_count":11}'],
  ['pagemap', '{"va":"400000","pfn":2075693}'],
  ['snapshots', '{"snap":0,"label":"start"}'],
  ['kernel-log', '[  1.0] BUG: Bad page map in process x  pte:00000025 pmd:00000067'],
  [undefined, '{"specialbit":1}'],
  [undefined, '{"type":"mmap","pages":1,"prot":"rw"}'],
  [undefined, 'hello'],
])('%s: %s', (format, text) => {
  expect(detectFormat(text.split('\n'))).toBe(format);
});

it('a report in the middle of a line', () => {
  expect(detectFormat(['cpu 1: mm/memory.c:432: bad pmd 00000000deadbeef(0000000012345600)'])).toBe('kernel-log');
  expect(detectFormat(['x get_swap_device: Bad swap file entry 3ffffffffffff'])).toBe('kernel-log');
});

it.each([
  ['letters', 'a'],
  ['places', 'a:1'],
  ['dots', '.'],
  ['words', 'ab '],
  ['digits', '[1'],
])('a long line of %s takes time in proportion to its length', (_, part) => {
  const line = part.repeat(60_000 / part.length);
  const before = process.cpuUsage();
  detectFormat([line]);
  const { user, system } = process.cpuUsage(before);
  // in proportion to the square it is seconds
  expect((user + system) / 1000).toBeLessThan(500);
});
