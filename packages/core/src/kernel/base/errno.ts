// SPDX-License-Identifier: GPL-2.0-or-later
/** Numbers that the kernel's functions return to each other. */

/** errno values in asm-generic's numbering; an architecture translates on the way out. */
export const EPERM = 1;
export const ENOENT = 2;
export const EIO = 5;
export const ENXIO = 6;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;

const NAMES: Readonly<Record<number, string>> = {
  [EPERM]: 'EPERM',
  [ENOENT]: 'ENOENT',
  [EIO]: 'EIO',
  [ENXIO]: 'ENXIO',
  [EBADF]: 'EBADF',
  [EAGAIN]: 'EAGAIN',
  [ENOMEM]: 'ENOMEM',
  [EACCES]: 'EACCES',
  [EFAULT]: 'EFAULT',
  [EBUSY]: 'EBUSY',
  [EEXIST]: 'EEXIST',
  [ENODEV]: 'ENODEV',
  [EINVAL]: 'EINVAL',
  [EOVERFLOW]: 'EOVERFLOW',
  [EOPNOTSUPP]: 'EOPNOTSUPP',
};

/** Name of a negative return value, e.g. `EINVAL` for -22; undefined for a success. */
export function errnoName(ret: number): string | undefined {
  return ret < 0 ? NAMES[-ret] : undefined;
}

const CODES = new Map(Object.entries(NAMES).map(([code, name]) => [name, Number(code)]));

/** The number of an errno name, e.g. 22 for `EINVAL`; undefined for an unknown one. */
export function errnoCode(name: string): number | undefined {
  return CODES.get(name);
}

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
export const VM_FAULT_ERROR = VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON | VM_FAULT_FALLBACK;

export const FAULT_FLAG_WRITE = 1 << 0;
export const FAULT_FLAG_USER = 1 << 6;
export const FAULT_FLAG_INSTRUCTION = 1 << 8;
export const FAULT_FLAG_UNSHARE = 1 << 10;
export const FAULT_FLAG_VMA_LOCK = 1 << 12;

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
