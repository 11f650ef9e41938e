// SPDX-License-Identifier: GPL-2.0-or-later
/** What a thread does at once, as far as others can see; a call of the kernel may be several steps. */
import { errnoName, type Outcome } from '@specialbit/core';
import { VM_FAULT_ERROR } from '@specialbit/core/kernel';
import type { DriverCall, LogEvent, Mmap } from '@specialbit/events';

export interface Step {
  /** Of the event in the log that it is, or is a part of. */
  readonly number: number;
  /** Which part of an `mmap` that was opened; `whole`: all of an event. */
  readonly part: 'whole' | 'begin' | 'call' | 'end';
  readonly event: LogEvent;
}

/** Where a thread is: its next step, and the errno with which the `->mmap` that it is in failed. */
export interface Progress {
  readonly next: number;
  readonly error: string | undefined;
}

export const BEGINNING: Progress = { next: 0, error: undefined };

export const wholeStep = (number: number, event: LogEvent): Step => ({ number, part: 'whole', event });

/** __mmap_region() (mm/vma.c): the VMA is linked after `->mmap`, which others can see at work until then. */
export function openedMmap(number: number, event: Mmap & { readonly label: string }): Step[] {
  const { call: calls = [], label, ...mmap } = event;
  const begin: Mmap = { ...mmap, type: 'mmap.begin', label };
  return [
    { number, part: 'begin', event: begin },
    ...calls.map((call): Step => ({ number, part: 'call', event: onVma(call, event.mm, label) })),
    { number, part: 'end', event: { type: 'mmap.end', mm: event.mm } },
  ];
}

/** A call of `->mmap` speaks of the new VMA. */
function onVma(call: DriverCall, mm: number, label: string): LogEvent {
  const at = 'label' in call.at ? { label, page: call.at.page } : call.at;
  return { ...call, at, mm };
}

/** The event of a step: `mmap.end` hands on what `->mmap` returned. */
export function eventOf({ part, event }: Step, { error }: Progress): LogEvent {
  return part === 'end' && event.type === 'mmap.end' && error !== undefined ? { ...event, error } : event;
}

/** Where a thread is after a step that it has done. */
export function after(steps: readonly Step[], { next }: Progress, outcome: Outcome): Progress {
  const { part, event } = steps[next]!;
  const failed =
    part === 'call' && event.type.startsWith('vmf_insert_') ? (outcome.ret & VM_FAULT_ERROR) !== 0 : outcome.ret < 0;
  if (!failed || (part !== 'begin' && part !== 'call')) return { next: next + 1, error: undefined };
  const end = steps.findIndex(({ part: one }, i) => i > next && one === 'end');
  // a mapping that could not be begun has no end
  if (part === 'begin') return { next: end + 1, error: undefined };
  return { next: end, error: event.type.startsWith('vmf_insert_') ? 'EFAULT' : (errnoName(-outcome.ret) ?? 'EINVAL') };
}
