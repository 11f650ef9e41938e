// SPDX-License-Identifier: GPL-2.0-or-later
/** Short forms of events; canonical, so that what is generated equals what a log of it decodes to. */
import {
  type Access,
  type FrameRef,
  type LogEvent,
  MAP_FLAGS,
  type Place,
  PROT_FLAGS,
  VM_FLAGS,
} from '@specialbit/events';

export const READ = PROT_FLAGS.PROT_READ;
export const READ_WRITE = PROT_FLAGS.PROT_READ | PROT_FLAGS.PROT_WRITE;
export const { MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS } = MAP_FLAGS;
export const { VM_PFNMAP, VM_IO, VM_DONTDUMP, VM_MIXEDMAP } = VM_FLAGS;

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
