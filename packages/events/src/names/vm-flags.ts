// SPDX-License-Identifier: GPL-2.0-or-later
import { OutOfRange } from '../errors/coded-error.js';
import { type FlagTable, formatFlags, parseFlags } from './flag-table.js';

/**
 * `vm_flags` in the numbering of Linux 7.3 (include/linux/mm.h: DECLARE_VMA_BIT), which is that of every
 * release below 2^32; releases that have a bit above it elsewhere say so (`Release.vm_flags`). Bits 24 and
 * 32 to 38 belong to the architecture (aliases below). All of them fit a number: the highest is bit 43.
 */
export const VM_FLAGS = {
  VM_READ: 0x1,
  VM_WRITE: 0x2,
  VM_EXEC: 0x4,
  VM_SHARED: 0x8,
  VM_MAYREAD: 0x10,
  VM_MAYWRITE: 0x20,
  VM_MAYEXEC: 0x40,
  VM_MAYSHARE: 0x80,
  VM_GROWSDOWN: 0x100,
  VM_UFFD_MISSING: 0x200,
  VM_PFNMAP: 0x400,
  VM_MAYBE_GUARD: 0x800,
  VM_UFFD_WP: 0x1000,
  VM_LOCKED: 0x2000,
  VM_IO: 0x4000,
  VM_SEQ_READ: 0x8000,
  VM_RAND_READ: 0x10000,
  VM_DONTCOPY: 0x20000,
  VM_DONTEXPAND: 0x40000,
  VM_LOCKONFAULT: 0x80000,
  VM_ACCOUNT: 0x100000,
  VM_NORESERVE: 0x200000,
  VM_HUGETLB: 0x400000,
  VM_SYNC: 0x800000,
  VM_ARCH_1: 0x1000000,
  VM_WIPEONFORK: 0x2000000,
  VM_DONTDUMP: 0x4000000,
  VM_SOFTDIRTY: 0x8000000,
  VM_MIXEDMAP: 0x10000000,
  VM_HUGEPAGE: 0x20000000,
  VM_NOHUGEPAGE: 0x40000000,
  VM_MERGEABLE: 0x80000000,
  VM_HIGH_ARCH_0: 2 ** 32,
  VM_HIGH_ARCH_1: 2 ** 33,
  VM_HIGH_ARCH_2: 2 ** 34,
  VM_HIGH_ARCH_3: 2 ** 35,
  VM_HIGH_ARCH_4: 2 ** 36,
  VM_HIGH_ARCH_5: 2 ** 37,
  VM_HIGH_ARCH_6: 2 ** 38,
  VM_ALLOW_ANY_UNCACHED: 2 ** 39,
  VM_DROPPABLE: 2 ** 40,
  VM_UFFD_MINOR: 2 ** 41,
  VM_SEALED: 2 ** 42,
  VM_UFFD_RWP: 2 ** 43,
} as const satisfies Record<string, number>;

/** What single architectures call `VM_ARCH_1` and `VM_HIGH_ARCH_*` (include/linux/mm.h). */
const VM_FLAG_ALIASES = {
  VM_PAT: 0x1000000,
  VM_SAO: 0x1000000,
  VM_GROWSUP: 0x1000000,
  VM_SPARC_ADI: 0x1000000,
  VM_ARM64_BTI: 0x1000000,
  VM_PKEY_BIT0: 2 ** 32,
  VM_PKEY_BIT1: 2 ** 33,
  VM_PKEY_BIT2: 2 ** 34,
  VM_PKEY_BIT3: 2 ** 35,
  VM_PKEY_BIT4: 2 ** 36,
  VM_MTE: 2 ** 36,
  VM_MTE_ALLOWED: 2 ** 37,
} as const satisfies Record<string, number>;

/** The names of vma_flags_t, which kernels use since 6.19: `VMA_PFNMAP_BIT` for VM_PFNMAP. */
const VMA_FLAGS_T = Object.fromEntries(
  Object.entries({ ...VM_FLAGS, ...VM_FLAG_ALIASES }).map(([name, bit]) => [vmaBitName(name), bit]),
);

/** `VMA_PFNMAP_BIT`, the name in vma_flags_t of the flag that older kernels call `VM_PFNMAP`. */
export function vmaBitName(flag: string): string {
  return flag.replace(/^VM_(.*)$/, 'VMA_$1_BIT');
}

export const VM_FLAG_TABLE: FlagTable = {
  prefix: 'VM_',
  bits: VM_FLAGS,
  aliases: { ...VM_FLAG_ALIASES, ...VMA_FLAGS_T },
  none: 'VM_NONE',
};

/** `"VM_PFNMAP|VM_IO"` for 0x4400; `"VM_NONE"` for 0. */
export function formatVmFlags(flags: number): string {
  return formatFlags(VM_FLAG_TABLE, flags);
}

/** The bits of `"VM_PFNMAP|VM_IO"`, `"pfnmap|io"`, `"VMA_PFNMAP_BIT"` or `"0x4400"`. Throws a RangeError for an unknown name. */
export function parseVmFlags(text: string): number {
  const flags = parseFlags(VM_FLAG_TABLE, text);
  if (typeof flags !== 'number') throw new OutOfRange('api.flags', `no vm_flags bit is called "${flags.unknown}"`);
  return flags;
}
