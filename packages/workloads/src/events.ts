// SPDX-License-Identifier: GPL-2.0-or-later
/** Short forms of events; canonical, so that what is generated equals what a log of it decodes to. */
import type { Access, FrameRef, LogEvent, Place } from '@specialbit/events';

export const READ = 1;
export const READ_WRITE = 3;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const VM_PFNMAP = 0x400;
export const VM_IO = 0x4000;
export const VM_DONTDUMP = 0x4000000;
export const VM_MIXEDMAP = 0x10000000;

export function page(label: string, n: number): Place {
  return { label, page: n };
}

/** A page of the mapping that an `mmap` is making. */
export function own(n: number): Place {
  return { label: '', page: n };
}

export function frame(letter: string, n: number): FrameRef {
  return { label: `${letter}${n}` };
}

export function access(mm: number, at: Place, op: Access['op'], value: number): LogEvent {
  return op === 'write' ? { type: 'access', mm, at, op, value } : { type: 'access', mm, at, op };
}
