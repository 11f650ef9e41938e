// SPDX-License-Identifier: GPL-2.0-or-later
/** Numbers that functions of mm hand to each other (include/linux/mm_types.h). */

/** vm_fault_t (include/linux/mm_types.h). */
export const VM_FAULT_OOM = 0x1;
export const VM_FAULT_SIGBUS = 0x2;
export const VM_FAULT_MAJOR = 0x4;
export const VM_FAULT_HWPOISON = 0x10;
export const VM_FAULT_SIGSEGV = 0x40;
export const VM_FAULT_NOPAGE = 0x100;
export const VM_FAULT_LOCKED = 0x200;
export const VM_FAULT_RETRY = 0x400;
export const VM_FAULT_FALLBACK = 0x800;
/** Of huge pages of hugetlb: nothing of the model returns it, and recordings can have it. */
const VM_FAULT_HWPOISON_LARGE = 0x20;
export const VM_FAULT_ERROR =
  VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE | VM_FAULT_FALLBACK;

const VM_FAULT_NAMES: readonly (readonly [number, string])[] = [
  [VM_FAULT_OOM, 'VM_FAULT_OOM'],
  [VM_FAULT_SIGBUS, 'VM_FAULT_SIGBUS'],
  [VM_FAULT_MAJOR, 'VM_FAULT_MAJOR'],
  [VM_FAULT_HWPOISON, 'VM_FAULT_HWPOISON'],
  [VM_FAULT_SIGSEGV, 'VM_FAULT_SIGSEGV'],
  [VM_FAULT_NOPAGE, 'VM_FAULT_NOPAGE'],
  [VM_FAULT_LOCKED, 'VM_FAULT_LOCKED'],
  [VM_FAULT_RETRY, 'VM_FAULT_RETRY'],
  [VM_FAULT_FALLBACK, 'VM_FAULT_FALLBACK'],
  [0x1000, 'VM_FAULT_DONE_COW'],
];

/** `VM_FAULT_NOPAGE`, with `|` between several; `0` for nothing. */
export function vmFaultText(ret: number): string {
  return (
    VM_FAULT_NAMES.filter(([bit]) => (ret & bit) !== 0)
      .map(([, name]) => name)
      .join('|') || '0'
  );
}

export const FAULT_FLAG_WRITE = 1 << 0;
export const FAULT_FLAG_USER = 1 << 6;
export const FAULT_FLAG_INSTRUCTION = 1 << 8;
export const FAULT_FLAG_UNSHARE = 1 << 10;
export const FAULT_FLAG_VMA_LOCK = 1 << 12;
/** Ours: the entry was looked at before others made the one that is there now: there was none. */
export const FAULT_FLAG_RACED = 1 << 30;

/** GUP flags (include/linux/mm_types.h). */
export const FOLL_WRITE = 1 << 0;
export const FOLL_GET = 1 << 1;
export const FOLL_FORCE = 1 << 3;
export const FOLL_LONGTERM = 1 << 8;
export const FOLL_TOUCH = 1 << 16;
export const FOLL_PIN = 1 << 19;
export const FOLL_MADV_POPULATE = 1 << 22;
/** References that one FOLL_PIN takes on a small folio (include/linux/mm.h). */
export const GUP_PIN_COUNTING_BIAS = 1024;
