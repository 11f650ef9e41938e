// SPDX-License-Identifier: GPL-2.0-or-later
/** An address space of the model as /proc shows one. */
import type { Kernel, Mm, Vma } from '@specialbit/core/kernel';
import { vm_flags_wide, vmFlags } from '@specialbit/core/kernel';

export interface VmaView {
  /** Bytes. */
  readonly start: number;
  readonly end: number;
  readonly perms: string;
  readonly offset: number;
  readonly name: string;
  readonly vm_flags: number;
  readonly pgoff: number;
  readonly anon_vma: number;
  readonly vma: Vma;
}

/** show_vma_header_prefix() and get_vma_name() (fs/proc/task_mmu.c). */
export function viewVma(k: Kernel, mm: Mm, vma: Vma): VmaView {
  const { size } = k.arch.page;
  const f = vma.vm_flags;
  const start = vma.vm_start * size;
  const end = vma.vm_end * size;
  const perms =
    ((f & vmFlags.VM_READ) !== 0 ? 'r' : '-') +
    ((f & vmFlags.VM_WRITE) !== 0 ? 'w' : '-') +
    ((f & vmFlags.VM_EXEC) !== 0 ? 'x' : '-') +
    ((f & vmFlags.VM_MAYSHARE) !== 0 ? 's' : 'p');
  return {
    start,
    end,
    perms,
    offset: vma.vm_file === null ? 0 : vma.vm_pgoff * size,
    name: nameOf(mm, vma, start, end),
    vm_flags: vm_flags_wide(f, vma.vm_flags_hi),
    pgoff: vma.vm_pgoff,
    anon_vma: vma.anon_vma?.id ?? 0,
    vma,
  };
}

function nameOf(mm: Mm, vma: Vma, start: number, end: number): string {
  const file = vma.vm_file;
  if (file?.nameless === true) return file.kind === 'hugetlbfs' ? '/anon_hugepage (deleted)' : '/dev/zero (deleted)';
  if (file !== null) return file.name;
  const { name } = vma.vm_ops ?? {};
  if (name !== undefined) return name;
  if (mm.start_brk > 0 && start < mm.brk && end > mm.start_brk) return '[heap]';
  if (mm.start_stack > 0 && start <= mm.start_stack && end >= mm.start_stack) return '[stack]';
  return '';
}

/** Names compared without what only one side can know: that a file was deleted, and which of its name it is. */
export function nameClass(name: string): string {
  return name
    .replace(/ \(deleted\)$/, '')
    .replace(/#\d+$/, '')
    .replace(/^(?:socket|TCP|PACKET|XDP):.*$/, 'socket:');
}
