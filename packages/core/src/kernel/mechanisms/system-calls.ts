// SPDX-License-Identifier: GPL-2.0-or-later
/** The mechanisms of system calls, and of a process's beginning and end. */
import { LogReferenceError } from '../base/errors.js';
import { do_ftruncate } from '../file/ftruncate.js';
import { do_brk } from '../syscall/brk.js';
import { exec_mmap, map_vma, modify_range } from '../syscall/execve.js';
import { exit_mmap } from '../syscall/exit.js';
import { dup_mmap } from '../syscall/fork.js';
import { prctl_set_memory_merge } from '../syscall/ksm.js';
import { do_madvise } from '../syscall/madvise.js';
import { do_mlock, do_munlock } from '../syscall/mlock.js';
import { do_mprotect } from '../syscall/mprotect.js';
import { do_mremap } from '../syscall/mremap.js';
import { do_mseal } from '../syscall/mseal.js';
import { do_munmap } from '../syscall/munmap.js';
import { userfaultfd_move } from '../syscall/userfaultfd.js';
import { runMmap, runMmapEnd, runSetVmOps } from './mapping.js';
import { mapped, theFile, theMm, vpnOf } from './references.js';
import type { MechanismTable } from './table.js';

export const SYSTEM_CALLS: MechanismTable<
  | 'mmap'
  | 'mmap.begin'
  | 'mmap.end'
  | 'set_vm_ops'
  | 'munmap'
  | 'mprotect'
  | 'mremap'
  | 'madvise'
  | 'mlock'
  | 'mseal'
  | 'munlock'
  | 'uffdio_move'
  | 'fork'
  | 'exit'
  | 'brk'
  | 'prctl'
  | 'execve'
  | 'map_vma'
  | 'vma_modify_flags'
  | 'truncate'
> = {
  mmap: runMmap,
  'mmap.begin': runMmap,
  'mmap.end': runMmapEnd,
  set_vm_ops: runSetVmOps,
  munmap: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_munmap(k, mm, vpnOf(k, mm, event.at), event.pages);
  },
  mprotect: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_mprotect(k, mm, vpnOf(k, mm, event.at), event.pages, event.prot);
  },
  mremap: (k, event) => {
    const mm = theMm(k, event.mm);
    const to = event.to === undefined ? 0 : vpnOf(k, mm, event.to);
    const at = vpnOf(k, mm, event.at);
    const mapped_at = event.mapped_at === undefined ? undefined : vpnOf(k, mm, event.mapped_at);
    const { pages, new_pages, label } = event;
    const ret = do_mremap(k, mm, at, pages, new_pages, event.flags, to, mapped_at);
    if (ret === at && label === undefined) mm.growLabel(at + pages, at + new_pages);
    mapped(k, mm, ret, new_pages, label);
  },
  madvise: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_madvise(k, mm, vpnOf(k, mm, event.at), event.pages, event.advice);
  },
  mlock: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_mlock(k, mm, vpnOf(k, mm, event.at), event.pages);
  },
  munlock: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_munlock(k, mm, vpnOf(k, mm, event.at), event.pages);
  },
  mseal: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = do_mseal(k, mm, vpnOf(k, mm, event.at), event.pages);
  },
  uffdio_move: (k, event) => {
    const mm = theMm(k, event.mm);
    const { pages, allow_src_holes } = event;
    k.out.ret = userfaultfd_move(k, mm, vpnOf(k, mm, event.to), vpnOf(k, mm, event.at), pages, allow_src_holes);
  },
  fork: (k, event) => {
    const mm = theMm(k, event.mm);
    if (k.mms.has(event.child)) throw new LogReferenceError('child', `mm ${event.child} exists already`);
    k.out.ret = dup_mmap(k, mm, event.child);
  },
  exit: (k, event) => exit_mmap(k, theMm(k, event.mm)),
  prctl: (k, event) => {
    k.out.ret = prctl_set_memory_merge(k, theMm(k, event.mm), event.value);
  },
  brk: (k, event) => {
    const mm = theMm(k, event.mm);
    const before = mm.brk;
    k.out.ret = do_brk(k, mm, event.brk);
    const { size } = k.arch.page;
    mm.growLabel(Math.ceil(before / size), Math.ceil(mm.brk / size));
  },
  execve: exec_mmap,
  map_vma: (k, event) => {
    const mm = theMm(k, event.mm);
    const start = vpnOf(k, mm, event.at);
    map_vma(k, mm, event, start, event.file === undefined ? null : theFile(k, event.file));
    mapped(k, mm, start, event.pages, event.label);
  },
  vma_modify_flags: (k, event) => {
    const mm = theMm(k, event.mm);
    modify_range(k, mm, vpnOf(k, mm, event.at), event.pages, event.set | 0, event.clear | 0);
  },
  truncate: (k, event) => {
    const ret = do_ftruncate(k, theFile(k, event.file), event.pages);
    if (ret !== 0) k.out.ret = ret;
  },
};
