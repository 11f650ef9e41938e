// SPDX-License-Identifier: GPL-2.0-or-later
/** What a thread does at once, as far as others can see; a call of the kernel may be several steps. */
import { errnoName, type Outcome } from '@specialbit/core';
import { VM_FAULT_ERROR } from '@specialbit/core/kernel';
import { type Access, type DriverCall, type LogEvent, MAP_FLAGS, type Mmap, PROT_FLAGS } from '@specialbit/events';

type Madvise = Extract<LogEvent, { readonly type: 'madvise' }>;

export interface Step {
  /** Of the event in the log that it is, or is a part of. */
  readonly number: number;
  /**
   * Which part of an `mmap` that was opened, or of a fault: `look` finds that there is no entry, `fault` makes one; `populate`:
   * a page of those that are populated. `whole`: all of an event.
   */
  readonly part: 'whole' | 'begin' | 'call' | 'end' | 'look' | 'fault' | 'populate';
  readonly event: LogEvent;
  /** What it returns nobody hears of. */
  readonly silent?: boolean;
}

/**
 * Where a thread is: its next step, the errno with which the `->mmap` that it is in failed, and the address space whose mmap_lock
 * it holds for reading from one step to another (-1: none).
 */
export interface Progress {
  readonly next: number;
  readonly error: string | undefined;
  readonly reads: number;
}

export const BEGINNING: Progress = { next: 0, error: undefined, reads: -1 };

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

/**
 * handle_pte_fault() and what it calls (mm/memory.c): the entry is looked at without its lock, and once more under it when a new
 * one is set; in between, others that need no mmap_lock for writing make entries, or take them away.
 */
export function openedAccess(number: number, event: Access): Step[] {
  return [
    { number, part: 'look', event },
    { number, part: 'fault', event: { ...event, raced: true } },
  ];
}

/** faultin_page_range() (mm/gup.c): page after page, under one mmap_lock. */
export function populated(number: number, event: Madvise, silent = false): Step[] {
  return Array.from({ length: event.pages }, (_, page): Step => {
    const at = 'label' in event.at ? { ...event.at, page: event.at.page + page } : event.at;
    return { number, part: 'populate', event: { ...event, at, pages: 1 }, ...(silent && { silent }) };
  });
}

/** MAP_POPULATE and MAP_NONBLOCK, which takes it back. */
const { MAP_POPULATE, MAP_NONBLOCK } = MAP_FLAGS;

/**
 * vm_mmap_pgoff() (mm/util.c) gives the mmap_lock back before mm_populate() takes it for reading: others may have unmapped it.
 * Pages are written to where that is allowed and the mapping is private, as populate_vma_page_range() (mm/gup.c) does.
 */
export function mapsAndPopulates(number: number, event: Mmap & { readonly label: string }, opened: boolean): Step[] {
  const populates = (event.flags & (MAP_POPULATE | MAP_NONBLOCK)) === MAP_POPULATE;
  const mmap = populates ? { ...event, flags: event.flags & ~MAP_POPULATE } : event;
  const made = opened ? openedMmap(number, mmap) : [wholeStep(number, mmap)];
  if (!populates) return made;
  const writes = (event.prot & PROT_FLAGS.PROT_WRITE) !== 0 && (event.flags & MAP_FLAGS.MAP_SHARED) === 0;
  const advice = writes ? 'MADV_POPULATE_WRITE' : 'MADV_POPULATE_READ';
  const place = { type: 'madvise', mm: event.mm, at: { label: event.label, page: 0 }, pages: event.pages } as const;
  return [...made, ...populated(number, { ...place, advice }, true)];
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
  const { part, event, number } = steps[next]!;
  if (part === 'look' || part === 'fault') return { ...BEGINNING, next: next + 1 };
  if (part === 'populate') {
    const own = (step: Step | undefined): boolean => step?.number === number && step.part === 'populate';
    let behind = next + 1;
    // the first error ends it; mm_populate() passes over what is not mapped any more
    const hole = steps[next]!.silent === true && errnoName(-outcome.ret) === 'ENOMEM';
    if (outcome.ret < 0 && !hole) while (own(steps[behind])) behind++;
    return { ...BEGINNING, next: behind, reads: own(steps[behind]) && 'mm' in event ? event.mm : -1 };
  }
  // what could not be mapped is not populated
  const behind = steps.findIndex((step, i) => i > next && (step.number !== number || step.part !== 'populate'));
  if ((part === 'whole' || part === 'end') && outcome.ret < 0)
    return { ...BEGINNING, next: behind < 0 ? steps.length : behind };
  const failed =
    part === 'call' && event.type.startsWith('vmf_insert_') ? (outcome.ret & VM_FAULT_ERROR) !== 0 : outcome.ret < 0;
  if (!failed || (part !== 'begin' && part !== 'call')) return { ...BEGINNING, next: next + 1 };
  const end = steps.findIndex(({ part: one }, i) => i > next && one === 'end');
  // a mapping that could not be begun has no end
  if (part === 'begin') return { ...BEGINNING, next: end + 1 };
  return {
    ...BEGINNING,
    next: end,
    error: event.type.startsWith('vmf_insert_') ? 'EFAULT' : (errnoName(-outcome.ret) ?? 'EINVAL'),
  };
}
