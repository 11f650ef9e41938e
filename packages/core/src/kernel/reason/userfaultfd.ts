// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of ioctls of a userfaultfd. */
import type { ReasonTable } from './reason.js';

const USERFAULTFD_C = 'mm/userfaultfd.c';

export const USERFAULTFD_REASONS = {
  uffd_move_unknown: {
    where: 'userfaultfd_ioctl',
    file: 'fs/userfaultfd.c',
    condition: 'the kernel does not know UFFDIO_MOVE',
    change: 'copy the pages with UFFDIO_COPY',
    until: 'uffdio_move',
  },
  uffd_move_range: {
    where: 'validate_unaligned_range',
    file: 'fs/userfaultfd.c',
    condition: 'the range is empty, or reaches beyond what the process may map',
    since: 'uffdio_move',
    later: [{ since: '7.2', file: USERFAULTFD_C }],
  },
  uffd_move_unmapped: {
    where: 'uffd_move_lock',
    file: USERFAULTFD_C,
    condition: 'nothing is mapped where the pages are, or where they are to go',
    change: 'map both places first',
    since: 'uffdio_move',
  },
  uffd_move_shared: {
    where: 'move_pages',
    file: USERFAULTFD_C,
    condition: 'one of the mappings is shared',
    change: 'move between private anonymous mappings',
    since: 'uffdio_move',
  },
  uffd_move_beyond: {
    where: 'move_pages',
    file: USERFAULTFD_C,
    condition: 'the range reaches beyond the VMA in which it begins',
    change: 'move the part of each VMA by a call of its own',
    since: 'uffdio_move',
  },
  uffd_move_protection: {
    where: 'validate_move_areas',
    file: USERFAULTFD_C,
    condition: 'the two VMAs have other rights, or another vm_page_prot',
    change: 'give both the same protection',
    since: 'uffdio_move',
  },
  uffd_move_locked: {
    where: 'validate_move_areas',
    file: USERFAULTFD_C,
    condition: 'one of the VMAs is VM_LOCKED and the other is not',
    change: 'lock both, or none',
    since: 'uffdio_move',
  },
  uffd_move_read_only: {
    where: 'validate_move_areas',
    file: USERFAULTFD_C,
    condition: 'the VMAs are not writable',
    change: 'make both writable',
    since: 'uffdio_move',
  },
  uffd_move_special: {
    where: 'vma_move_compatible',
    file: USERFAULTFD_C,
    condition:
      'one of the VMAs is VM_PFNMAP, VM_MIXEDMAP, VM_IO or VM_HUGETLB: what it maps is no page that could be moved by its PTE',
    since: 'uffdio_move',
  },
  uffd_move_unregistered: {
    where: 'validate_move_areas',
    file: USERFAULTFD_C,
    condition: 'the VMA where the pages are to go is not registered with the userfaultfd',
    change: 'register it first (vma_modify_flags with VM_UFFD_MISSING)',
    since: 'uffdio_move',
  },
  uffd_move_file: {
    where: 'validate_move_areas',
    file: USERFAULTFD_C,
    condition: 'one of the mappings is not anonymous',
    change: 'move between anonymous mappings',
    since: 'uffdio_move',
  },
  uffd_move_exists: {
    where: 'move_pages_pte',
    file: USERFAULTFD_C,
    condition: 'something is mapped already where the page is to go',
    change: 'zap it first (MADV_DONTNEED)',
    since: 'uffdio_move',
    later: [{ since: '6.18', where: 'move_pages_ptes' }],
  },
  uffd_move_hole: {
    where: 'move_pages_pte',
    file: USERFAULTFD_C,
    condition: 'nothing is mapped there that could move',
    change: 'touch the page, or allow holes (allow_src_holes)',
    since: 'uffdio_move',
    later: [{ since: '6.18', where: 'move_pages_ptes' }],
  },
  uffd_move_not_exclusive: {
    where: 'move_pages_pte',
    file: USERFAULTFD_C,
    condition:
      'it is no normal page, or the process may share it with another (no PageAnonExclusive, no exclusive bit in the swap entry)',
    change: 'write to the page first, which copies it',
    since: 'uffdio_move',
    later: [{ since: '6.18', where: 'move_pages_ptes' }],
  },
  uffd_move_pinned: {
    where: 'move_present_pte',
    file: USERFAULTFD_C,
    condition: 'the page may be pinned for DMA (1,024 references)',
    change: 'unpin it first',
    since: 'uffdio_move',
    later: [{ since: '6.18', where: 'move_present_ptes' }],
  },
  uffd_move_no_swap: {
    where: 'move_pages_pte',
    file: USERFAULTFD_C,
    condition:
      'the entry names no slot of a swap device (get_swap_device() fails), and move_pages() tries again for ever',
    since: 'uffdio_move',
    later: [{ since: '6.18', where: 'move_pages_ptes' }],
  },
  uffd_move_partial: {
    where: 'userfaultfd_move',
    file: 'fs/userfaultfd.c',
    condition:
      'some pages moved before that; uffdio_move.move says how many, and the call may be made again for the rest',
    change: 'call again for the rest',
    since: 'uffdio_move',
    later: [{ since: '7.2', file: USERFAULTFD_C }],
  },
} as const satisfies ReasonTable;
