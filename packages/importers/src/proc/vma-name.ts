// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the name of a mapping in maps and smaps says of it (fs/proc/task_mmu.c: get_vma_name, show_map_vma): a path, the
 * kernel's own mappings in brackets, a name that PR_SET_VMA_ANON_NAME gave to anonymous memory, or nothing.
 */
import { type FileSpec, VM_FLAGS } from '@specialbit/events';
import { HUGETLBFS } from '../names.js';
import type { MapsEntry } from './maps-entry.js';

export interface NameKind {
  /** It has a file of this kind. */
  readonly file?: FileSpec['kind'];
  /** A mapping of the kernel's own (install_special_mapping). */
  readonly special: boolean;
  /** Memory without a file that has a name all the same. */
  readonly named: boolean;
  /** Bits of vm_flags that the name says. */
  readonly flags?: number;
}

const { VM_GROWSDOWN, VM_HUGETLB, VM_IO, VM_PFNMAP, VM_DONTEXPAND, VM_DONTDUMP } = VM_FLAGS;

/** arch/.../vdso.c, kernel/events/uprobes.c, arch/arm/kernel/process.c, arch/um. `[vvar]` maps pfns. */
const SPECIAL = /^\[(?:vvar\w*|vdso\w*|vectors|sigpage|uprobes|gate|kuser_helpers|uprobes_tramp)\]$/;
const PFNS = /^\[vvar/;
/** `[heap]`, `[stack]`, `[stack:123]` of kernels before 4.5. */
const OWN = /^\[(?:heap|stack(?::\d+)?)\]$/;
const ANON = /^\[anon(?:_shmem)?:/;
const SHMEM = /^\/(?:memfd:|dev\/zero|SYSV[0-9a-f]{8}|dev\/shm\/)/;
const DEVICE =
  /^\/(?:dev\/(?!shm\/|zero|hugepages|ashmem)|sys\/|proc\/|dmabuf)|^(?:anon_inode:|socket:|\/\[aio\]|\/secretmem)/;
const ASHMEM = /^\/dev\/ashmem/;

export function kindOfName({ name, perms }: Pick<MapsEntry, 'name' | 'perms'>): NameKind {
  const none = { special: false, named: false };
  if (name === '' || OWN.test(name)) return /^\[stack/.test(name) ? { ...none, flags: VM_GROWSDOWN } : none;
  if (ANON.test(name)) {
    // shared anonymous memory is a file of tmpfs, whatever it is called
    if (name.startsWith('[anon_shmem:')) return { ...none, file: 'shmem' };
    return { ...none, named: true };
  }
  if (SPECIAL.test(name)) {
    const flags = PFNS.test(name) ? VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP : VM_DONTEXPAND;
    return { special: true, named: false, flags };
  }
  if (HUGETLBFS.test(name)) return { ...none, file: 'hugetlbfs', flags: VM_HUGETLB };
  if (ASHMEM.test(name) || SHMEM.test(name)) return { ...none, file: 'shmem' };
  if (DEVICE.test(name)) return { ...none, file: 'device' };
  if (name.startsWith('/')) return { ...none, file: 'file' };
  if (name.startsWith('['))
    return { ...none, named: perms[3] === 'p', ...(perms[3] === 's' ? { file: 'shmem' as const } : {}) };
  return { ...none, file: 'device' };
}

/** The file's path without what the kernel says behind it. */
export const fileOfName = (name: string): string => name.replace(/ \(deleted\)$/, '');
