// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { linesOf } from '../lines.js';
import { parseElf } from '../node/parse-elf.js';
import { Problems } from '../problems.js';
import { parseMaps } from '../proc/maps.js';
import type { TraceRecord } from '../records.js';
import { type ExecImage, imageOfElf, imageOfSnapshot, type Program } from './exec-image.js';
import { findPlacement } from './placement.js';

interface Header {
  readonly type: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly vaddr?: number;
  readonly filesz?: number;
  readonly memsz?: number;
}

/** A 64-bit ELF file with these program headers. */
function elfFile(type: number, headers: readonly Header[], text = ''): Buffer {
  const data = Buffer.alloc(64 + headers.length * 56 + text.length);
  data.writeUInt32BE(0x7f454c46, 0);
  data[4] = 2;
  data[5] = 1;
  data.writeUInt16LE(type, 16);
  data.writeBigUInt64LE(64n, 32);
  data.writeUInt16LE(56, 54);
  data.writeUInt16LE(headers.length, 56);
  for (const [i, h] of headers.entries()) {
    const at = 64 + i * 56;
    data.writeUInt32LE(h.type, at);
    data.writeUInt32LE(h.flags ?? 0, at + 4);
    for (const [o, value] of [h.offset, h.vaddr, 0, h.filesz, h.memsz, 4096].entries()) {
      data.writeBigUInt64LE(BigInt(value ?? 0), at + 8 + o * 8);
    }
  }
  data.write(text, 64 + headers.length * 56, 'latin1');
  return data;
}

const LOAD = 1;
const RELRO = 0x6474e552;
/** Read-only text, then data with four pages of bss behind it. */
const PROGRAM: readonly Header[] = [
  { type: LOAD, flags: 5, offset: 0, vaddr: 0, filesz: 0x1800, memsz: 0x1800 },
  { type: LOAD, flags: 6, offset: 0x1e00, vaddr: 0x2e00, filesz: 0x1300, memsz: 0x5000 },
  { type: RELRO, flags: 4, offset: 0x1e00, vaddr: 0x2e00, filesz: 0x200, memsz: 0x1200 },
];
const program: Program = { path: '/bin/p', elf: parseElf(elfFile(3, PROGRAM))! };
const loader: Program = { path: '/lib/ld.so', elf: program.elf };

const text = (image: ExecImage): string[] =>
  image.vmas.map(
    (v) => `${v.start.toString(16)}-${v.end.toString(16)} ${v.vm_flags.toString(16)} ${v.file ?? v.name ?? ''}`,
  );

describe('parseElf', () => {
  it('reads program headers and the interpreter', () => {
    const at = 64 + 56;
    const data = elfFile(2, [{ type: 3, offset: at, filesz: 7, memsz: 7 }], '/ld.so\0');
    expect(parseElf(data)).toMatchObject({ dynamic: false, interpreter: '/ld.so' });
    expect(program.elf).toMatchObject({ dynamic: true, relro: { vaddr: 0x2e00, memsz: 0x1200 } });
    expect(parseElf(Buffer.from('#!/bin/sh\n'.repeat(9)))).toBeUndefined();
  });
});

describe('imageOfElf', () => {
  it('puts a program where addresses are not randomized', () => {
    const image = imageOfElf(program, loader);
    expect(text(image)).toEqual([
      '555555554000-555555556000 75 /bin/p',
      '555555556000-555555559000 100073 /bin/p',
      '555555559000-55555555c000 100073 ',
      '7ffff7ff7000-7ffff7ff9000 75 /lib/ld.so',
      '7ffff7ff9000-7ffff7ffc000 100073 /lib/ld.so',
      '7ffff7ffc000-7ffff7fff000 100073 ',
      '7ffff7fef000-7ffff7ff3000 4044411 [vvar]',
      '7ffff7ff3000-7ffff7ff5000 4044411 [vvar_vclock]',
      '7ffff7ff5000-7ffff7ff7000 40075 [vdso]',
      '7ffffffde000-7ffffffff000 100173 ',
    ]);
    expect(image.start_brk).toBe(0x55555555c000);
    // padzero() behind the data of both, and the arguments
    expect(image.written.map((addr) => addr.toString(16))).toEqual(['555555558100', '7ffff7ffb100', '7fffffffe000']);
  });

  it('puts it where the loader showed that it is', () => {
    const call = (call: object, ret: number): TraceRecord =>
      ({ type: 'syscall', line: 1, time: 1, pid: 9, call, ret }) as unknown as TraceRecord;
    const placed = findPlacement(program, loader, 9, [
      call({ name: 'execve', path: '/bin/p' }, 0),
      { type: 'vma_store', line: 2, time: 1, pid: 9, start: 0x7ffe00000000, end: 0x7ffe00021000 },
      call({ name: 'brk', brk: 0 }, 0x561234600000),
      call({ name: 'mprotect', addr: 0x7f1110002000, len: 0x2000, prot: 1 }, 0),
      call({ name: 'mprotect', addr: 0x561234502000, len: 0x2000, prot: 1 }, 0),
      call({ name: 'mprotect', addr: 0x7f2220002000, len: 0x2000, prot: 1 }, 0),
      call({ name: 'execve', path: '/bin/q' }, 0),
      call({ name: 'mprotect', addr: 0x7f3330002000, len: 0x2000, prot: 1 }, 0),
    ]);
    expect(placed).toEqual({
      program: 0x561234500000,
      interpreter: 0x7f2220000000,
      start_brk: 0x561234600000,
      stack: [0x7ffe00000000, 0x7ffe00021000],
    });
    const image = imageOfElf(program, loader, placed);
    expect(text(image)[0]).toBe('561234500000-561234502000 75 /bin/p');
    expect(text(image).at(-1)).toBe('7ffe00000000-7ffe00021000 100173 ');
  });
});

it('imageOfSnapshot() undoes what the program did since: read-only data was writable, the heap was not there', () => {
  const maps = parseMaps(
    linesOf(`00400000-00401000 r--p 00000000 fe:00 1 /tmp/p
004a2000-004a6000 r--p 000a1000 fe:00 1 /tmp/p
004a6000-004a9000 rw-p 000a5000 fe:00 1 /tmp/p
004a9000-004ae000 rw-p 00000000 00:00 0
004ae000-004d0000 rw-p 00000000 00:00 0 [heap]
7ffff7f00000-7ffff7f01000 r--p 00000000 fe:00 3 /etc/ld.so.cache
7ffff7ffd000-7ffff7fff000 r-xp 00000000 00:00 0 [vdso]
7fffffdde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]
`),
    new Problems('maps'),
  );
  const flags = [0x71, 0x100071, 0x100073, 0x100073, 0x100073, 0x71, 0x40075, 0x100173];
  const vmas = maps.map((entry, i) => ({
    start: entry.start,
    end: entry.end,
    vm_flags: flags[i]!,
    high_flags: 0,
    pgoff: 0,
    anon_vma: '',
    anon_vma_is_root: true,
    file: '',
  }));
  const image = imageOfSnapshot({ maps, vmas }, '/tmp/p')!;
  expect(text(image)).toEqual([
    '400000-401000 71 /tmp/p',
    '4a2000-4a9000 100073 /tmp/p',
    '4a9000-4ae000 100073 ',
    '7ffff7ffd000-7ffff7fff000 40075 [vdso]',
    '7ffffffde000-7ffffffff000 100173 ',
  ]);
  expect(image.start_brk).toBe(0x4ae000);
});
