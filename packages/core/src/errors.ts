// SPDX-License-Identifier: GPL-2.0-or-later
/** The catalogue of what this package refuses: names in a log that only a replay can look up, and calls of it. */
import type { ErrorCatalogue } from '@specialbit/events';

export const CORE_ERRORS = {
  'reference.frame': {
    summary: 'An event names a page frame that the machine does not have.',
    remedy: "Use a label of the header's machine, such as P0, or a pfn.",
    kernel: 'pfn_to_page(), include/asm-generic/memory_model.h',
  },
  'reference.mapping': {
    summary: 'An event names a mapping that no mmap has labelled, or that is gone.',
    remedy: 'Label the mmap ("label": "ring"), or give the address.',
    kernel: 'find_vma(), mm/mmap.c',
  },
  'reference.file': {
    summary: 'An event names a file that the header does not describe.',
    remedy: 'Add it to "files" of the header.',
  },
  'reference.mm': {
    summary: 'An event acts in an address space that does not live at that moment.',
    remedy: 'Make it with fork or execve first; mm 0 is there from the beginning.',
    kernel: 'struct mm_struct, include/linux/mm_types.h',
  },
  'reference.address': {
    summary: "A driver's call is given an address at which no VMA is.",
    remedy: 'Give an address within a mapping: these functions are passed the VMA and never look for it.',
    kernel: 'find_vma(), mm/mmap.c',
  },
  'reference.opened-mapping': {
    summary: 'mmap.begin and mmap.end do not pair: an address space has one mapping in the making, or none.',
    remedy: 'End each mmap.begin with mmap.end before the next one of the same mm.',
    kernel: 'call_mmap() within mmap_region(), mm/mmap.c',
  },
  'reference.child': {
    summary: 'A fork makes an address space whose number lives already.',
    remedy: 'Give the child a number that no live address space has.',
    kernel: 'dup_mmap(), kernel/fork.c',
  },
  'reference.event': {
    summary: 'An expectation speaks of an event that has not happened.',
    remedy: 'Count events from 1, and speak of those before it.',
  },
  'reference.range': {
    summary: 'An event would visit more pages one by one than any event can.',
    remedy: 'Give fewer pages, or cut the event into several.',
  },
  'api.mm': {
    summary: 'There is no address space with this number in the world.',
    remedy: 'Ask the world which live: its processes.',
  },
  'api.moment': {
    summary: 'A log has no such moment.',
    remedy: 'Moments are counted from 0, before the first event, to the number of events.',
  },
  'api.block': {
    summary: 'The default machine has no room for what a driver allocated together.',
    remedy: 'Give the block a smaller order, or describe a larger machine in the header.',
  },
  'api.profile': {
    summary: "A log's header names a kernel that is not known.",
    remedy: 'Give one of PROFILES, such as linux-6.12, or leave it out for the newest that is proven.',
  },
  'api.lanes': {
    summary: 'A comparison has no lane.',
    remedy: 'Give at least one architecture.',
  },
  'api.trait': {
    summary: 'Two lanes do not differ in what is to be exchanged between them.',
    remedy: 'Take a name that a comparison of these two lanes gave.',
  },
} as const satisfies ErrorCatalogue;
