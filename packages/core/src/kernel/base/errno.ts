// SPDX-License-Identifier: GPL-2.0-or-later
/** errno values (include/uapi/asm-generic/errno-base.h, errno.h). */

/** errno values in asm-generic's numbering; an architecture translates on the way out. */
export const EPERM = 1;
export const ENOENT = 2;
const EIO = 5;
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
export const ENOSPC = 28;
export const ENOSYS = 38;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;
/** Internal to the kernel, and given to user space all the same (include/linux/errno.h). */
export const ENOTSUPP = 524;

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
  [ENOSPC]: 'ENOSPC',
  [ENOSYS]: 'ENOSYS',
  [EOVERFLOW]: 'EOVERFLOW',
  [EOPNOTSUPP]: 'EOPNOTSUPP',
  [ENOTSUPP]: 'ENOTSUPP',
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
