// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where execve put a program whose addresses are randomized. The dynamic loader tells: it makes the
 * relocated data of everything that it loaded read-only, itself and the program included, each by one
 * mprotect() of a length that the headers know.
 */
import type { TraceRecord } from '../records.js';
import type { Placement, Program } from './exec-image.js';

const PAGE = 4096;
/** Position independent programs lie below, libraries and stacks above (x86_64, 47 bits). */
const MMAP_LOWEST = 0x7e0000000000;
/** Stacks lie above the highest mapping. */
const STACK_LOWEST = 0x7ff000000000;

/** `records`: those of the execve and after it, in order. Undefined when they do not tell. */
export function findPlacement(
  program: Program,
  interpreter: Program | undefined,
  pid: number,
  records: Iterable<TraceRecord>,
): Placement | undefined {
  let base = program.elf.dynamic ? undefined : 0;
  let interpreterBase: number | undefined;
  let start_brk: number | undefined;
  let stack: readonly [number, number] | undefined;
  let execs = 0;
  for (const record of records) {
    if (record.pid !== pid) continue;
    if (record.type === 'vma_store' && execs <= 1 && record.start >= STACK_LOWEST && start_brk === undefined) {
      stack = [record.start, record.end];
    }
    if (record.type !== 'syscall') continue;
    const { call, ret } = record;
    if (call.name === 'execve' && ret === 0 && ++execs > 1) break;
    if (call.name === 'brk' && call.brk === 0 && ret !== null) start_brk ??= ret;
    if (call.name !== 'mprotect' || call.prot !== 1 || ret !== 0) continue;
    if (call.addr < MMAP_LOWEST) base ??= baseFrom(program, call.addr, call.len);
    // the loader's own comes last, behind those of libraries that may have the same length
    else if (interpreter !== undefined) interpreterBase = baseFrom(interpreter, call.addr, call.len) ?? interpreterBase;
  }
  if (base === undefined) return undefined;
  return {
    program: base,
    ...(interpreterBase === undefined ? {} : { interpreter: interpreterBase }),
    ...(start_brk === undefined ? {} : { start_brk }),
    ...(stack === undefined ? {} : { stack }),
  };
}

/** Where the program begins if this range is its PT_GNU_RELRO (_dl_protect_relro in glibc's elf/dl-reloc.c). */
function baseFrom({ elf }: Program, addr: number, len: number): number | undefined {
  if (elf.relro === undefined) return undefined;
  const { vaddr, memsz } = elf.relro;
  const first = Math.floor(vaddr / PAGE) * PAGE;
  const end = Math.floor((vaddr + memsz) / PAGE) * PAGE;
  return len === end - first && addr >= first ? addr - first : undefined;
}
