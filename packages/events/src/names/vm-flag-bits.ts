// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Every bit of vm_flags that a kernel had: which, in which releases, on which machines (include/linux/mm.h of 4.1 to 7.3).
 * Logs have the numbering of 7.3 (VM_FLAGS); what a kernel of another release or machine calls a bit, and where it has
 * it, is answered from this table.
 */
import { inKernel, type KernelRange } from './kernel-range.js';
import { VM_FLAGS, vmaBitName } from './vm-flags.js';

/** What decides about a bit besides the release. An architecture is one. */
export interface FlagMachine {
  /** As plugins name it: `x86`, `powerpc`. */
  readonly family: string;
  /** BITS_PER_LONG */
  readonly bits: 32 | 64;
}

/** A bit of vm_flags in some kernels. */
export interface VmFlagBit extends KernelRange {
  readonly bit: number;
  readonly name: string;
  /** Only there, `x86` or `x86/64` or, of any 64-bit machine, `64`; absent: everywhere. */
  readonly on?: readonly string[];
  /** How smaps shows it (fs/proc/task_mmu.c: show_smap_vma_flags). */
  readonly letters?: string;
}

/** Only kernels of 64 bits have it. */
const WIDE = ['64'];

/** Where several rows of a bit fit, the first that names the machine goes before one that does not. */
export const VM_FLAG_BITS: readonly VmFlagBit[] = [
  { bit: 0, name: 'VM_READ', letters: 'rd' },
  { bit: 1, name: 'VM_WRITE', letters: 'wr' },
  { bit: 2, name: 'VM_EXEC', letters: 'ex' },
  { bit: 3, name: 'VM_SHARED', letters: 'sh' },
  { bit: 4, name: 'VM_MAYREAD', letters: 'mr' },
  { bit: 5, name: 'VM_MAYWRITE', letters: 'mw' },
  { bit: 6, name: 'VM_MAYEXEC', letters: 'me' },
  { bit: 7, name: 'VM_MAYSHARE', letters: 'ms' },
  { bit: 8, name: 'VM_GROWSDOWN', letters: 'gd' },
  { bit: 9, name: 'VM_UFFD_MISSING', since: '4.3', letters: 'um' },
  { bit: 10, name: 'VM_PFNMAP', letters: 'pf' },
  { bit: 11, name: 'VM_DENYWRITE', until: '5.15', letters: 'dw' },
  { bit: 11, name: 'VM_MAYBE_GUARD', since: '6.19', letters: 'gu' },
  { bit: 12, name: 'VM_UFFD_WP', since: '4.3', letters: 'uw' },
  { bit: 13, name: 'VM_LOCKED', letters: 'lo' },
  { bit: 14, name: 'VM_IO', letters: 'io' },
  { bit: 15, name: 'VM_SEQ_READ', letters: 'sr' },
  { bit: 16, name: 'VM_RAND_READ', letters: 'rr' },
  { bit: 17, name: 'VM_DONTCOPY', letters: 'dc' },
  { bit: 18, name: 'VM_DONTEXPAND', letters: 'de' },
  { bit: 19, name: 'VM_LOCKONFAULT', since: '4.4', letters: 'lf' },
  { bit: 20, name: 'VM_ACCOUNT', letters: 'ac' },
  { bit: 21, name: 'VM_NORESERVE', letters: 'nr' },
  { bit: 22, name: 'VM_HUGETLB', letters: 'ht' },
  { bit: 23, name: 'VM_NONLINEAR', until: '4.0', letters: 'nl' },
  { bit: 23, name: 'VM_SYNC', since: '4.15', letters: 'sf' },
  { bit: 24, name: 'VM_PAT', on: ['x86'], until: '6.16' },
  { bit: 24, name: 'VM_SAO', on: ['powerpc/64'] },
  { bit: 24, name: 'VM_SAO', on: ['powerpc/32'], until: '6.12' },
  // a release after the others: mm: Define VM_DROPPABLE for powerpc/32
  { bit: 24, name: 'VM_DROPPABLE', on: ['powerpc/32'], since: '6.12', letters: 'dp' },
  { bit: 24, name: 'VM_GROWSUP', on: ['parisc'] },
  { bit: 24, name: 'VM_SPARC_ADI', on: ['sparc/64'], since: '4.17' },
  { bit: 24, name: 'VM_ARM64_BTI', on: ['arm64'], since: '5.8', letters: 'bt' },
  { bit: 24, name: 'VM_ARCH_1', letters: 'ar' },
  { bit: 25, name: 'VM_MPX', on: ['x86'], since: '3.19', until: '4.14', letters: 'mp' },
  { bit: 25, name: 'VM_WIPEONFORK', since: '4.14', letters: 'wf' },
  { bit: 25, name: 'VM_ARCH_2', since: '3.19', until: '4.14' },
  { bit: 26, name: 'VM_DONTDUMP', letters: 'dd' },
  { bit: 27, name: 'VM_SOFTDIRTY', since: '3.11', letters: 'sd' },
  { bit: 28, name: 'VM_MIXEDMAP', letters: 'mm' },
  { bit: 29, name: 'VM_HUGEPAGE', letters: 'hg' },
  { bit: 30, name: 'VM_NOHUGEPAGE', letters: 'nh' },
  { bit: 31, name: 'VM_MERGEABLE', letters: 'mg' },
  { bit: 32, name: 'VM_PKEY_BIT0', on: ['x86/64', 'powerpc/64'], since: '4.6' },
  { bit: 33, name: 'VM_PKEY_BIT1', on: ['x86/64', 'powerpc/64'], since: '4.6' },
  { bit: 34, name: 'VM_PKEY_BIT2', on: ['x86/64', 'powerpc/64'], since: '4.6' },
  { bit: 35, name: 'VM_PKEY_BIT3', on: ['x86/64', 'powerpc/64'], since: '4.6' },
  { bit: 36, name: 'VM_PKEY_BIT4', on: ['powerpc/64'], since: '4.16' },
  { bit: 36, name: 'VM_MPX', on: ['x86/64'], since: '4.14', until: '5.7', letters: 'mp' },
  { bit: 32, name: 'VM_PKEY_BIT0', on: ['arm64'], since: '6.12' },
  { bit: 33, name: 'VM_PKEY_BIT1', on: ['arm64'], since: '6.12' },
  { bit: 34, name: 'VM_PKEY_BIT2', on: ['arm64'], since: '6.12' },
  { bit: 32, name: 'VM_MTE', on: ['arm64'], since: '5.10', until: '6.12', letters: 'mt' },
  { bit: 33, name: 'VM_MTE_ALLOWED', on: ['arm64'], since: '5.10', until: '6.12' },
  { bit: 36, name: 'VM_MTE', on: ['arm64'], since: '6.12', letters: 'mt' },
  { bit: 37, name: 'VM_MTE_ALLOWED', on: ['arm64'], since: '6.12' },
  { bit: 37, name: 'VM_SHADOW_STACK', on: ['x86/64'], since: '6.6', letters: 'ss' },
  { bit: 37, name: 'VM_SHADOW_STACK', on: ['riscv/64'], since: '7.0', letters: 'ss' },
  { bit: 38, name: 'VM_SHADOW_STACK', on: ['arm64'], since: '6.13', letters: 'ss' },
  { bit: 37, name: 'VM_UFFD_MINOR', on: ['arm64'], since: '5.13', until: '6.8', letters: 'ui' },
  { bit: 37, name: 'VM_UFFD_MINOR', on: WIDE, since: '5.13', until: '6.6', letters: 'ui' },
  { bit: 38, name: 'VM_UFFD_MINOR', on: WIDE, since: '6.6', until: '6.13', letters: 'ui' },
  { bit: 41, name: 'VM_UFFD_MINOR', on: WIDE, since: '6.13', letters: 'ui' },
  { bit: 39, name: 'VM_ALLOW_ANY_UNCACHED', on: WIDE, since: '6.9' },
  { bit: 40, name: 'VM_DROPPABLE', on: WIDE, since: '6.11', letters: 'dp' },
  { bit: 63, name: 'VM_SEALED', on: WIDE, since: '6.10', until: '6.17', letters: 'sl' },
  { bit: 42, name: 'VM_SEALED', on: WIDE, since: '6.17', letters: 'sl' },
  { bit: 43, name: 'VM_UFFD_RWP', on: WIDE, since: '7.3', letters: 'ur' },
];

const named = ({ on }: VmFlagBit, { family, bits }: FlagMachine): boolean =>
  on?.some((word) => word === family || word === `${family}/${bits}` || word === String(bits)) === true;

/** Of some rows the one that the machine has: one that names it, or one that names none. */
function ownRow(rows: readonly VmFlagBit[], machine: FlagMachine | undefined): VmFlagBit | undefined {
  const own = machine === undefined ? undefined : rows.find((row) => named(row, machine));
  return own ?? rows.find(({ on }) => on === undefined || (machine === undefined && on === WIDE));
}

/** What a kernel of that release (absent: of any still developed) has at a bit. */
export function vmFlagAt(bit: number, version?: string, machine?: FlagMachine): VmFlagBit | undefined {
  return ownRow(
    inKernel(VM_FLAG_BITS, version).filter((row) => row.bit === bit),
    machine,
  );
}

/** The flags that a kernel has, by their bits. */
export function vmFlagsOf(version: string, machine: FlagMachine): readonly VmFlagBit[] {
  const bits = Array.from({ length: 64 }, (_, bit) => vmFlagAt(bit, version, machine));
  return bits.filter((row) => row !== undefined);
}

/** `VM_READ|VM_MAYREAD|0x800`: names of a kernel's own number, given in hexadecimal; what has none stays a number. */
export function vmFlagNames(hex: string, version: string | undefined, machine?: FlagMachine): string {
  const value = BigInt(`0x${hex}`);
  const words: string[] = [];
  let rest = 0n;
  for (let bit = 0; value >> BigInt(bit); bit++) {
    const mask = 1n << BigInt(bit);
    if ((value & mask) === 0n) continue;
    const found = vmFlagAt(bit, version, machine);
    if (found === undefined) rest |= mask;
    else words.push(found.name);
  }
  if (rest !== 0n) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? 'none' : words.join('|');
}

/** The numbering of logs, by bits: what VM_FLAGS names. */
const LOG_NAMES: readonly (readonly [bit: number, name: string])[] = Object.entries(VM_FLAGS).map(([name, value]) => [
  Math.log2(value),
  name,
]);

/** The first release whose flags are also bits of vma_flags_t (include/linux/mm.h: DECLARE_VMA_BIT). */
const VMA_FLAGS_T = { since: '6.19' };

/** Whether a release has the names of vma_flags_t. */
export const hasVmaBits = (version: string): boolean => inKernel([VMA_FLAGS_T], version).length > 0;

/**
 * What a kernel calls flags that are numbered as in logs: `['VM_PFNMAP', 'VM_ARM64_BTI']`. A bit that this kernel does
 * not have keeps the name that logs use; `vma` asks for the names of vma_flags_t.
 */
export function logFlagNames(
  flags: number,
  version: string,
  machine: FlagMachine,
  { vma = false }: { readonly vma?: boolean } = {},
): string[] {
  const words: string[] = [];
  let rest = flags;
  for (const [bit, logName] of LOG_NAMES) {
    const value = 2 ** bit;
    if (Math.floor(flags / value) % 2 === 0) continue;
    rest -= value;
    const name = kernelName(bit, logName, version, machine);
    words.push(vma ? vmaBitName(name) : name);
  }
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words;
}

/** Bits that are an architecture's. */
const ARCH_NAME = /^VM_(?:HIGH_)?ARCH_/;

/** Of a bit as logs number it. Bits that belong to architectures lay elsewhere in some releases. */
function kernelName(bit: number, logName: string, version: string, machine: FlagMachine): string {
  if (!ARCH_NAME.test(logName)) return logName;
  const here = VM_FLAG_BITS.filter((row) => row.bit === bit && named(row, machine));
  const now = inKernel(here, version)[0] ?? here.find(({ until }) => until === undefined);
  return now?.name ?? logName;
}

/** Where a kernel has a bit that logs number so. */
function kernelBit(bit: number, logName: string, version: string, machine: FlagMachine): number {
  const name = kernelName(bit, logName, version, machine);
  const rows = VM_FLAG_BITS.filter((row) => row.name === name);
  return ownRow(inKernel(rows, version), machine)?.bit ?? bit;
}

/** Flags of the lower half that every kernel numbers as logs do: nearly all that there ever are. */
const ALIKE = LOG_NAMES.filter(
  ([bit, name]) =>
    bit < 32 && !ARCH_NAME.test(name) && VM_FLAG_BITS.every((row) => row.name !== name || row.bit === bit),
).reduce((mask, [bit]) => mask + 2 ** bit, 0);

/** The number that a kernel of that release and machine has for flags as logs number them. */
export function kernelVmFlags(flags: number, version: string, machine: FlagMachine): bigint {
  if (flags <= 0xffffffff && (flags & ~ALIKE) === 0) return BigInt(flags);
  let value = 0n;
  for (const [bit, name] of LOG_NAMES)
    if (Math.floor(flags / 2 ** bit) % 2 === 1) value |= 1n << BigInt(kernelBit(bit, name, version, machine));
  return value;
}

/** The other way: a kernel's number as logs have it. Bits that logs cannot hold are left out. */
export function logVmFlags(value: bigint, version: string, machine: FlagMachine): number {
  let flags = 0;
  for (const [bit, name] of LOG_NAMES)
    if ((value >> BigInt(kernelBit(bit, name, version, machine))) & 1n) flags += 2 ** bit;
  return flags;
}
