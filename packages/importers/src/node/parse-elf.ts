// SPDX-License-Identifier: GPL-2.0-or-later
/** The program headers of an ELF file. */
import type { Elf, ElfSegment } from '../convert/elf.js';

const PT_LOAD = 1;
const PT_INTERP = 3;
const PT_GNU_RELRO = 0x6474e552;

/** Undefined for what is no 64-bit little-endian ELF file. */
export function parseElf(data: Buffer): Elf | undefined {
  if (data.length < 64 || data.readUInt32BE(0) !== 0x7f454c46 || data[4] !== 2 || data[5] !== 1) return undefined;
  const segments: ElfSegment[] = [];
  let interpreter: string | undefined;
  let relro: Elf['relro'];
  let align = 4096;
  const phoff = Number(data.readBigUInt64LE(32));
  const phentsize = data.readUInt16LE(54);
  for (let i = 0; i < data.readUInt16LE(56); i++) {
    const at = phoff + i * phentsize;
    if (at + 56 > data.length) return undefined;
    const type = data.readUInt32LE(at);
    const flags = data.readUInt32LE(at + 4);
    const [offset, vaddr, , filesz, memsz, alignment] = [8, 16, 24, 32, 40, 48].map((o) =>
      Number(data.readBigUInt64LE(at + o)),
    );
    if (type === PT_LOAD) {
      const prot = ((flags & 4) >> 2) | (flags & 2) | ((flags & 1) << 2);
      segments.push({ prot, offset: offset!, vaddr: vaddr!, filesz: filesz!, memsz: memsz! });
      if (alignment! > align) align = alignment!;
    } else if (type === PT_GNU_RELRO) {
      relro = { vaddr: vaddr!, memsz: memsz! };
    } else if (type === PT_INTERP && offset! + filesz! <= data.length) {
      interpreter = data.toString('latin1', offset, offset! + filesz! - 1);
    }
  }
  const dynamic = data.readUInt16LE(16) === 3;
  return {
    dynamic,
    segments,
    align,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(relro === undefined ? {} : { relro }),
  };
}
