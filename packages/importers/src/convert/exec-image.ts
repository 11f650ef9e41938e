// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What execve maps (fs/binfmt_elf.c: load_elf_binary; fs/exec.c: setup_arg_pages; the vDSO's
 * arch_setup_additional_pages): from the programs' headers where they are at hand, else read back from
 * a later snapshot of the same program.
 */
import { VM_FLAGS } from '@specialbit/events';
import type { MapsEntry } from '../proc/maps-entry.js';
import type { Snapshot } from '../proc/snapshot.js';
import type { Elf } from './elf.js';

const {
  VM_ACCOUNT,
  VM_DONTDUMP,
  VM_DONTEXPAND,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_IO,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_PFNMAP,
  VM_READ,
  VM_WRITE,
} = VM_FLAGS;

const PAGE = 4096;
const MAY = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

/** One mapping of a new program. Bytes. */
export interface ImageVma {
  readonly start: number;
  readonly end: number;
  readonly vm_flags: number;
  /** Path; absent for anonymous memory and the kernel's own mappings. */
  readonly file?: string;
  /** Bytes. */
  readonly offset?: number;
  /** `[vdso]`, `[vvar]`, `[vvar_vclock]`. */
  readonly name?: string;
}

export interface ExecImage {
  readonly origin: 'elf' | 'snapshot';
  readonly start_brk: number;
  readonly start_stack: number;
  readonly vmas: readonly ImageVma[];
  /** Addresses that the kernel writes to while it loads: the rest of the last data page, the arguments. */
  readonly written: readonly number[];
}

/** Where the loader puts things when addresses are not randomized, on x86_64 with 48-bit addresses. */
const STACK_TOP = 0x7ffffffff000;
const MMAP_BASE = 0x7ffff7fff000;
const PIE_BASE = 0x555555554000;
/** setup_arg_pages() leaves this much room below the arguments. */
const STACK_EXPAND = 0x20000;

export const STACK_FLAGS = VM_READ | VM_WRITE | MAY | VM_GROWSDOWN | VM_ACCOUNT;
const VVAR_FLAGS = VM_READ | VM_MAYREAD | VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
const VDSO_FLAGS = VM_READ | VM_EXEC | MAY | VM_DONTEXPAND;

export interface Program {
  /** Path as /proc/PID/maps shows it. */
  readonly path: string;
  readonly elf: Elf;
}

/** The vDSO and its data pages as linux-6.18 has them on x86_64: 4 and 2 pages of data, 2 of code. */
function vdsoAt(start: number): ImageVma[] {
  return [
    { start, end: start + 4 * PAGE, vm_flags: VVAR_FLAGS, name: '[vvar]' },
    { start: start + 4 * PAGE, end: start + 6 * PAGE, vm_flags: VVAR_FLAGS, name: '[vvar_vclock]' },
    { start: start + 6 * PAGE, end: start + 8 * PAGE, vm_flags: VDSO_FLAGS, name: '[vdso]' },
  ];
}

const down = (x: number): number => Math.floor(x / PAGE) * PAGE;
const up = (x: number): number => Math.ceil(x / PAGE) * PAGE;

/** elf_load() of every segment at `base`. Later mappings replace what they overlap. */
function load(program: Program, base: number, vmas: ImageVma[], written: number[]): number {
  let end = 0;
  for (const s of program.elf.segments) {
    const vm_flags = s.prot | MAY | ((s.prot & 2) !== 0 ? VM_ACCOUNT : 0);
    const start = down(base + s.vaddr);
    const fileEnd = up(base + s.vaddr + s.filesz);
    const memEnd = up(base + s.vaddr + s.memsz);
    if (s.filesz > 0) vmas.push({ start, end: fileEnd, vm_flags, file: program.path, offset: down(s.offset) });
    const anon = s.filesz > 0 ? fileEnd : start;
    if (memEnd > anon) vmas.push({ start: anon, end: memEnd, vm_flags });
    // padzero(): the rest of the page behind the data
    if ((s.prot & 2) !== 0 && s.memsz > s.filesz && (s.vaddr + s.filesz) % PAGE !== 0)
      written.push(base + s.vaddr + s.filesz);
    end = Math.max(end, base + s.vaddr + s.memsz);
  }
  return end;
}

/** Where a program whose addresses are randomized was put; what is absent is not known. */
export interface Placement {
  readonly program: number;
  readonly interpreter?: number;
  readonly start_brk?: number;
  /** `[start, end)` of the stack. */
  readonly stack?: readonly [number, number];
}

/** The image of a program from its headers; without `placed` its addresses are not randomized. */
export function imageOfElf(program: Program, interpreter: Program | undefined, placed?: Placement): ExecImage {
  if (placed !== undefined) return imageAt(program, interpreter, placed);
  const argumentPages = 1;
  const vmas: ImageVma[] = [];
  const written: number[] = [];
  const end = load(program, program.elf.dynamic ? PIE_BASE : 0, vmas, written);
  let base = MMAP_BASE;
  if (interpreter !== undefined) {
    const { segments } = interpreter.elf;
    base -= up(Math.max(...segments.map((s) => s.vaddr + s.memsz))) - down(segments[0]?.vaddr ?? 0);
    load(interpreter, base, vmas, written);
  }
  vmas.push(...vdsoAt(base - 8 * PAGE));
  vmas.push({ start: STACK_TOP - STACK_EXPAND - argumentPages * PAGE, end: STACK_TOP, vm_flags: STACK_FLAGS });
  for (let i = 1; i <= argumentPages; i++) written.push(STACK_TOP - i * PAGE);
  return { origin: 'elf', start_brk: up(end), start_stack: STACK_TOP - PAGE, vmas, written };
}

function imageAt(program: Program, interpreter: Program | undefined, placed: Placement): ExecImage {
  const vmas: ImageVma[] = [];
  const written: number[] = [];
  const end = load(program, placed.program, vmas, written);
  if (interpreter !== undefined && placed.interpreter !== undefined) {
    load(interpreter, placed.interpreter, vmas, written);
    vmas.push(...vdsoAt(placed.interpreter - 8 * PAGE));
  }
  if (placed.stack !== undefined) {
    const [start, top] = placed.stack;
    vmas.push({ start, end: top, vm_flags: STACK_FLAGS });
    written.push(top - PAGE);
  }
  const start_brk = placed.start_brk ?? up(end);
  return {
    origin: 'elf',
    start_brk,
    start_stack: placed.stack === undefined ? 0 : placed.stack[1] - PAGE,
    vmas,
    written,
  };
}

/** What a snapshot shows about one VMA, from whichever of its files has it. */
interface Shown extends MapsEntry {
  readonly vm_flags: number;
}

function shown(snapshot: Snapshot): Shown[] {
  const flags = new Map<number, number>();
  for (const vma of snapshot.smaps ?? []) if (vma.vm_flags !== undefined) flags.set(vma.start, vma.vm_flags);
  for (const vma of snapshot.vmas ?? []) flags.set(vma.start, vma.vm_flags);
  return snapshot.maps.map((entry) => ({ ...entry, vm_flags: flags.get(entry.start) ?? flagsOfPerms(entry.perms) }));
}

/** vm_flags as far as the letters of maps tell. */
export function flagsOfPerms(perms: string): number {
  const access = (perms[0] === 'r' ? 1 : 0) | (perms[1] === 'w' ? 2 : 0) | (perms[2] === 'x' ? 4 : 0);
  const shared = perms[3] === 's';
  return (
    access |
    MAY |
    (shared ? VM_FLAGS.VM_SHARED | VM_FLAGS.VM_MAYSHARE : 0) |
    (!shared && (access & 2) !== 0 ? VM_ACCOUNT : 0)
  );
}

/** Pieces of one data segment that a later mprotect() cut; what is accounted was writable once. */
function atExec(vma: Shown): number {
  const writable = (vma.vm_flags & VM_ACCOUNT) !== 0 && vma.perms[3] === 'p';
  return (vma.vm_flags | (writable ? VM_WRITE : 0)) & ~VM_FLAGS.VM_LOCKED;
}

/** The image read back from a snapshot that was taken later in the life of the program. */
export function imageOfSnapshot(snapshot: Snapshot, path: string | undefined): ExecImage | undefined {
  const all = shown(snapshot);
  const named = (name: string): boolean => path !== undefined && (name === path || base(name) === base(path));
  // a program that was started by another name of it lies lowest
  const program = all.find(({ name }) => named(name))?.name ?? all[0]?.name;
  const isProgram = (name: string): boolean => name !== '' && name === program;
  const isInterpreter = (name: string): boolean => /\/ld[^/]*\.so(?:\.\d+)*$/.test(name);
  const vmas: ImageVma[] = [];
  const written: number[] = [];
  for (const [i, vma] of all.entries()) {
    const before = all[i - 1];
    const ours = isProgram(vma.name) || isInterpreter(vma.name);
    // the memory behind a data segment that the file has nothing for
    const bss =
      vma.name === '' &&
      before !== undefined &&
      before.end === vma.start &&
      (isProgram(before.name) || isInterpreter(before.name)) &&
      before.perms[1] === 'w';
    if (ours || bss) {
      const vm_flags = atExec(vma);
      const last = vmas.at(-1);
      const file = vma.name === '' ? undefined : vma.name;
      const contiguous =
        last !== undefined &&
        last.end === vma.start &&
        last.vm_flags === vm_flags &&
        last.file === file &&
        (file === undefined || (last.offset ?? 0) + (last.end - last.start) === vma.offset);
      if (contiguous && (vm_flags & VM_WRITE) !== 0) vmas[vmas.length - 1] = { ...last, end: vma.end };
      else
        vmas.push({
          start: vma.start,
          end: vma.end,
          vm_flags,
          ...(file === undefined ? {} : { file, offset: vma.offset }),
        });
      if (bss || (ours && (vm_flags & VM_WRITE) !== 0 && all[i + 1]?.start !== vma.end))
        written.push(vma.start - (bss ? PAGE : 0));
    } else if (/^\[v/.test(vma.name)) {
      vmas.push({ start: vma.start, end: vma.end, vm_flags: vma.vm_flags, name: vma.name });
    } else if (vma.name === '[stack]') {
      const start = Math.max(vma.start, vma.end - STACK_EXPAND - PAGE);
      vmas.push({ start, end: vma.end, vm_flags: STACK_FLAGS });
      written.push(vma.end - PAGE);
    }
  }
  if (vmas.length === 0) return undefined;
  const heap = all.find((vma) => vma.name === '[heap]');
  return {
    origin: 'snapshot',
    start_brk: snapshot.mm?.start_brk ?? heap?.start ?? 0,
    start_stack: snapshot.mm?.start_stack ?? 0,
    vmas,
    written,
  };
}

function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
