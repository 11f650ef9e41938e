// SPDX-License-Identifier: GPL-2.0-or-later
/** mmap() (mm/mmap.c: do_mmap, __mmap_region), whole or opened and closed around its driver calls. */

import { type DriverCall, type DriverOps, type Mmap, vmFlagsOf } from '@specialbit/events';
import {
  VM_ACCOUNT,
  VM_DONTDUMP,
  VM_DROPPABLE_HI,
  VM_GROWSDOWN,
  VM_LOCKED,
  VM_LOCKED_MASK,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  VM_SHARED,
  VM_SPECIAL,
  VM_WIPEONFORK,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import type { AddressSpace, Mm, Vma } from '../../mm/vma.js';
import type { VmaMerge } from '../../mm/vma-merge-struct.js';
import { EACCES, EEXIST, EFAULT, EINVAL, ENOMEM, ENOTSUPP, EOPNOTSUPP, EOVERFLOW, EPERM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { VM_FAULT_ERROR } from '../base/mm-types.js';
import { MmuGather } from '../base/mmu-gather.js';
import type { MmapAction, OpenedMmap } from '../base/opened-mmap.js';
import { driver_call } from '../driver/driver-call.js';
import { driver_vm_ops } from '../driver/vm-ops.js';
import { file_vm_ops } from '../file/filemap.js';
import { fput } from '../file/fput.js';
import { unlink_anon_vmas } from '../folio/rmap.js';
import { mm_populate } from '../gup/populate.js';
import { has_hstate, hstate_inode, pages_per_huge_page } from '../hugetlb/hstate.js';
import { hugetlbfs_file_mmap } from '../hugetlb/inode.js';
import { hugetlb_vm_op_close } from '../hugetlb/reservation.js';
import { vma_set_page_prot } from '../pte/page-prot.js';
import { vma_pfnmap_track_ctx_release } from '../pte/pat.js';
import { get_unmapped_area } from '../vma/get-unmapped-area.js';
import { vma_merge_new_range } from '../vma/vma-merge.js';
import { tlb_finish_mmu, unmap_single_vma } from '../zap/zap.js';
import { ksm_add_vma, ksm_vma_flags } from './ksm.js';
import { calc_vm_prot_bits } from './mprotect.js';
import { do_munmap, unmap_is_sealed, vms_clear_ptes, vms_gather_munmap_vmas } from './munmap.js';

export const MAP_SHARED = 0x1;
const MAP_TYPE = 0xf;
/** Pages that may be dropped any time; private and anonymous. */
export const MAP_DROPPABLE = 0x8;
export const MAP_FIXED = 0x10;
export const MAP_GROWSDOWN = 0x100;
export const MAP_LOCKED = 0x2000;
export const MAP_NORESERVE = 0x4000;
export const MAP_POPULATE = 0x8000;
export const MAP_NONBLOCK = 0x10000;
export const MAP_STACK = 0x20000;
export const MAP_FIXED_NOREPLACE = 0x100000;
const MAP_HUGETLB = 0x40000;
const MAP_HUGE_SHIFT = 26;
const MAP_HUGE_MASK = 0x3f;

/** What a mapping asks for, addresses resolved. */
export interface MmapRequest {
  readonly event: Mmap;
  /** Virtual page number, 0 for none. */
  readonly addr: number;
  readonly file: AddressSpace | null;
  /** Where a recorded kernel put it, as a virtual page number. */
  readonly mapped_at: number | undefined;
}

/** do_mmap() as far as the driver's `->mmap`: a negative errno, a page number (merged), or the open mapping. */
export function mmap_begin(k: Kernel, mm: Mm, asked: MmapRequest): number | OpenedMmap {
  const request = hugetlb_request(k, asked);
  if (typeof request === 'number') return request;
  const ret = do_mmap(k, mm, request);
  // nobody but the mapping that failed knew the file
  if (typeof ret === 'number' && ret < 0 && request.file !== asked.file) k.cleansUp(() => fput(k, request.file));
  return ret;
}

/** do_mmap() as far as the driver's `->mmap`. */
function do_mmap(k: Kernel, mm: Mm, request: MmapRequest): number | OpenedMmap {
  const { event, file } = request;
  const { pages: len } = event;
  const fixed = (event.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  if (len <= 0) return k.fails('mmap_no_length', -EINVAL);
  if (len > k.arch.task_pages) return k.fails('mmap_too_long', -ENOMEM);
  let pgoff = event.pgoff;
  let vm_flags =
    calc_vm_prot_bits(k, event.prot) | calc_vm_flag_bits(k, event.flags) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  const shared = (event.flags & MAP_SHARED) !== 0;
  const droppable = (event.flags & MAP_TYPE) === MAP_DROPPABLE;
  if (droppable && !k.feature.map_droppable) return k.fails('mmap_droppable_unknown', -EINVAL);
  if (droppable && file !== null) return k.fails('mmap_droppable_file', -EINVAL);
  const given = fixed ? undefined : request.mapped_at;
  // of a log that was recorded on a larger machine
  if (given !== undefined && given > k.arch.task_pages - len) return k.fails('mmap_too_long', -ENOMEM);
  const addr = given ?? get_unmapped_area(k, mm, { file, addr: request.addr, pages: len, pgoff, fixed, shared });
  if (addr < 0) return addr;
  if ((event.flags & MAP_FIXED_NOREPLACE) !== 0) {
    const next = mm.find_vma(addr);
    if (next !== undefined && next.vm_start < addr + len) return k.fails('mmap_noreplace', -EEXIST);
  }
  if (file !== null) {
    if (pgoff + len > 2 ** (k.arch.bits === 64 ? 52 : 32)) return k.fails('mmap_pgoff_overflow', -EOVERFLOW);
    if ((vm_flags & VM_GROWSDOWN) !== 0) return k.fails('mmap_growsdown_file', -EINVAL);
    if (shared) {
      vm_flags |= VM_SHARED | VM_MAYSHARE;
      if (event.file_readonly === true) {
        if ((vm_flags & VM_WRITE) !== 0) return k.fails('mmap_readonly_file', -EACCES);
        vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
      }
    }
  } else if (shared) {
    if ((vm_flags & VM_GROWSDOWN) !== 0) return k.fails('mmap_growsdown_shared', -EINVAL);
    pgoff = 0;
    vm_flags |= VM_SHARED | VM_MAYSHARE;
  } else {
    if (droppable) {
      const refused = map_droppable(k, event.flags);
      if (refused !== 0) return refused;
      vm_flags |= VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
    }
    pgoff = addr;
  }
  if ((event.flags & MAP_NORESERVE) !== 0) vm_flags |= VM_NORESERVE;
  return mmap_region(k, mm, request, addr, pgoff, vm_flags, droppable ? VM_DROPPABLE_HI : 0);
}

/** ksys_mmap_pgoff() (mm/mmap.c): MAP_HUGETLB makes a file of hugetlbfs, whose mappings are whole huge pages long. */
function hugetlb_request(k: Kernel, request: MmapRequest): MmapRequest | number {
  const { event, file } = request;
  const huge = (event.flags & MAP_HUGETLB) !== 0;
  if (file !== null) {
    if (file.kind === 'hugetlbfs') return has_hstate(k, file) ? whole_huge_pages(k, request, file) : no_hugetlb(k);
    return huge ? k.fails('hugetlb_other_file', -EINVAL) : request;
  }
  if (!huge) return request;
  const shift = (event.flags >>> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;
  const order = shift - Math.log2(k.arch.page.size);
  const h = k.hugetlb.state.hstates.find((of) => shift === 0 || of.order === order);
  if (h === undefined) return no_hugetlb(k);
  // hugetlb_file_setup() (fs/hugetlbfs/inode.c)
  const size = pages_per_huge_page(h);
  const pages = Math.ceil(event.pages / size) * size;
  return whole_huge_pages(k, request, k.heap.newFile(undefined, 'hugetlbfs', pages, undefined, undefined, h.level));
}

/** Ours: hstate_sizelog() finds no pool. */
function no_hugetlb(k: Kernel): number {
  return k.fails('hugetlb_no_size', -EINVAL);
}

/** ksys_mmap_pgoff() (mm/mmap.c): the length in whole huge pages of the file. */
function whole_huge_pages(k: Kernel, request: MmapRequest, file: AddressSpace): MmapRequest {
  const size = pages_per_huge_page(hstate_inode(k, file));
  const { event } = request;
  return { ...request, file, event: { ...event, pages: Math.ceil(event.pages / size) * size } };
}

/** VM_DROPPABLE is not VM_NONE (include/linux/mm.h): only some machines of 32 bits have a bit left for it. */
function has_vm_droppable({ arch, profile }: Kernel): boolean {
  return arch.bits === 64 || vmFlagsOf(profile.version, arch).some(({ name }) => name === 'VM_DROPPABLE');
}

/** The case MAP_DROPPABLE of do_mmap(): 0 or a negative errno. */
function map_droppable(k: Kernel, flags: number): number {
  if (!has_vm_droppable(k))
    return k.fails('mmap_droppable_32bit', k.feature.droppable_eopnotsupp ? -EOPNOTSUPP : -ENOTSUPP);
  if ((flags & MAP_LOCKED) !== 0) return k.fails('mmap_droppable_locked', -EINVAL);
  return (flags & MAP_GROWSDOWN) !== 0 ? k.fails('mmap_droppable_growsdown', -EINVAL) : 0;
}

/** __mmap_region() up to the driver. */
function mmap_region(
  k: Kernel,
  mm: Mm,
  request: MmapRequest,
  addr: number,
  pgoff: number,
  flags: number,
  flags_hi: number,
): number | OpenedMmap {
  const { event, file } = request;
  const end = addr + event.pages;
  let vm_flags = flags;
  if (unmap_is_sealed(k, mm, addr, end)) return k.fails('mmap_sealed', -EPERM);
  const detached = vms_gather_munmap_vmas(k, mm, addr, end);
  // accountable_mapping(): private writable memory is charged
  // hugetlb has accounts of its own
  const accountable = file?.kind !== 'hugetlbfs';
  if (accountable && (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) === VM_WRITE) vm_flags |= VM_ACCOUNT;
  vms_clear_ptes(k, detached, addr, end);
  // can_set_ksm_flags_early(): a ->mmap may yet change the flags
  if (k.feature.ksm_flags_first && !(file?.kind === 'device')) vm_flags = ksm_vma_flags(mm, vm_flags, flags_hi);

  const vmg: VmaMerge = {
    mm,
    prev: mm.vma_before(addr),
    next: mm.find_vma(addr),
    vma: undefined,
    start: addr,
    end,
    pgoff,
    anon_pgoff: addr,
    flags: vm_flags,
    flags_hi,
    file,
    anon_vma: null,
  };
  const populate = (vm_flags & VM_LOCKED) !== 0 || (event.flags & (MAP_POPULATE | MAP_NONBLOCK)) === MAP_POPULATE;
  const merged = vma_merge_new_range(k, vmg);
  if (merged !== undefined) {
    if (file !== null)
      k.skips(event.prepare === true && k.feature.mmap_actions ? 'mmap_actions_dropped' : 'mmap_not_called');
    finish(k, mm, merged, addr, event.pages, vm_flags, populate);
    return addr;
  }
  const vma = k.newVma(mm);
  vma.vm_start = addr;
  vma.vm_end = end;
  vma.vm_pgoff = pgoff;
  vma.anon_pgoff = addr;
  vma.vm_flags = vm_flags;
  vma.vm_flags_hi = flags_hi;
  vma.vm_page_prot = k.vm_get_page_prot(vm_flags);
  if (file?.kind === 'hugetlbfs') {
    vma.vm_file = file;
    const error = hugetlbfs_file_mmap(k, file, vma);
    if (error !== 0) return error;
  } else if (file !== null) {
    mmap_vm_ops(vma, file, event.ops ?? {}, undefined);
  } else if ((vm_flags & VM_SHARED) !== 0) {
    shmem_zero_setup(k, vma);
  }
  const actions = event.prepare === true && k.feature.mmap_actions ? [] : undefined;
  return { vma, vmg, vm_flags, populate, actions, label: event.label };
}

/**
 * call_mmap() (include/linux/fs.h): the file and the vm_ops that its `->mmap` gives; `name`: a mapping of the
 * kernel's own, without a file.
 */
export function mmap_vm_ops(vma: Vma, file: AddressSpace | null, ops: DriverOps, name: string | undefined): void {
  vma.vm_file = file;
  if (ops.anonymous === true) vma.vm_ops = null;
  else if (file?.kind === 'shmem') vma.vm_ops = ops.close === true ? { kind: 'shmem', driver: ops } : { kind: 'shmem' };
  else if (file?.kind === 'file') vma.vm_ops = file_vm_ops;
  else if (file?.kind === 'hugetlbfs') vma.vm_ops = { kind: 'hugetlb' };
  else driver_vm_ops(vma, ops, vma.vm_pgoff);
  if (name !== undefined) vma.vm_ops = { ...vma.vm_ops!, name };
}

/** shmem_zero_setup(): shared anonymous memory is a nameless tmpfs file. */
function shmem_zero_setup(k: Kernel, vma: Vma): void {
  const file = k.heap.newFile(undefined, 'shmem', vma.pages);
  vma.vm_file = file;
  vma.vm_ops = { kind: 'shmem' };
}

/** Ours: one call of the driver inside `->mmap`; its error as `->mmap` would return it. */
export function mmap_driver_call(k: Kernel, open: OpenedMmap, call: DriverCall, vpn: number): number {
  const ret = driver_call(k, open.vma, call, vpn, false);
  if (call.type.startsWith('vmf_insert_')) return (ret & VM_FAULT_ERROR) !== 0 ? k.turns('mmap_vmf_error', -EFAULT) : 0;
  return ret;
}

/** The rest of __mmap_region(): merge again if the driver changed the flags, link, set the protection. */
export function mmap_end(k: Kernel, mm: Mm, open: OpenedMmap, driver_error: number): number {
  const { vma } = open;
  const error = driver_error !== 0 ? driver_error : mmap_action_prepare(k, open);
  // what was remembered may be gone; what is remembered stays as it is
  const vmg = { ...open.vmg, prev: mm.linked(open.vmg.prev), next: mm.linked(open.vmg.next) };
  const { start: addr } = vmg;
  const pages = vmg.end - addr;
  if (error !== 0) {
    k.cleansUp(() => unmap_region(k, vma));
    return error;
  }
  if (vma.vm_file !== null && addr !== vma.vm_start) k.warn_once('mmap_vma_moved');
  if (vma.vm_file !== null && open.vm_flags !== vma.vm_flags && vmg.prev !== undefined) {
    vmg.flags = vma.vm_flags;
    const merged = vma_merge_new_range(k, vmg);
    if (merged !== undefined) {
      k.skips('mmap_merged_after');
      finish(k, mm, merged, addr, pages, merged.vm_flags, open.populate);
      return addr;
    }
  }
  if (vma.vm_start >= vma.vm_end) k.oops('oops_vma_store_empty', vma.vm_start);
  if (overlaps(mm, vma)) k.oops('oops_vma_store', vma.vm_start);
  vma.link();
  vma.vm_file?.insert(vma);
  ksm_add_vma(k, mm, vma);
  const failed = mmap_action_complete(k, mm, vma, open.actions ?? []);
  if (failed !== 0) return failed;
  finish(k, mm, vma, addr, pages, vma.vm_flags, open.populate);
  return addr;
}

/** unmap_region() (mm/vma.c) of a VMA that is not linked, and what its end gives back. */
function unmap_region(k: Kernel, vma: Vma): void {
  const tlb = new MmuGather();
  unmap_single_vma(k, tlb, vma, vma.vm_start, vma.vm_end, true);
  unlink_anon_vmas(k, vma);
  tlb_finish_mmu(k, tlb);
  hugetlb_vm_op_close(k, vma);
  vma_pfnmap_track_ctx_release(k, vma);
}

/** Ours: is another VMA in its range? Only where a driver moved it. */
function overlaps(mm: Mm, vma: Vma): boolean {
  const next = mm.find_vma(vma.vm_start);
  return next !== undefined && next.vm_start < vma.vm_end;
}

/** mmap_action_prepare() (mm/util.c of 7.1): is what `->mmap_prepare` asks for within the VMA? Before it is linked. */
function mmap_action_prepare(k: Kernel, { vma, actions = [] }: OpenedMmap): number {
  if (!k.feature.mmap_action_in_range) return 0;
  for (const { call, vpn } of actions) {
    if (!('pages' in call) || (vpn >= vma.vm_start && vpn + call.pages <= vma.vm_end)) continue;
    if (call.type === 'vm_insert_pages') return k.fails('map_kernel_outside', -EFAULT);
    if (call.type === 'remap_pfn_range' || call.type === 'io_remap_pfn_range') {
      return k.fails('remap_prepare_outside', -EFAULT);
    }
  }
  return 0;
}

/** mmap_action_complete() (mm/util.c of 7.1): what `->mmap_prepare` asked for; its failure unmaps the VMA. */
function mmap_action_complete(k: Kernel, mm: Mm, vma: Vma, actions: readonly MmapAction[]): number {
  for (const { call, vpn } of actions) {
    const ret = driver_call(k, vma, call, vpn, true);
    prepared_flags(k);
    if (ret >= 0) continue;
    do_munmap(k, mm, vma.vm_start, vma.pages);
    return ret;
  }
  return 0;
}

/** Ours: it is remap_pfn_range_prepare() that sets the flags of an action, before there is a VMA. */
function prepared_flags({ out }: Kernel): void {
  if (!out.changes.some(({ reason }) => reason === 'flags_remap')) return;
  out.changes = out.changes.map((c) => (c.reason === 'flags_remap' ? { ...c, reason: 'flags_remap_action' } : c));
}

/** `expanded:` in __mmap_region(), and the populate step behind it. */
function finish(k: Kernel, mm: Mm, vma: Vma, addr: number, pages: number, vm_flags: number, populate: boolean): void {
  if ((vm_flags & VM_LOCKED) !== 0) {
    if ((vma.vm_flags & VM_SPECIAL) !== 0) k.setFlags(vma, vma.vm_flags & ~VM_LOCKED_MASK, 'flags_mmap_unlocked');
    else mm.locked_vm += pages;
  }
  vma_set_page_prot(k, vma);
  if (populate) mm_populate(k, mm, addr, pages);
}

/** calc_vm_flag_bits(). */
function calc_vm_flag_bits(k: Kernel, flags: number): number {
  const stack = (flags & MAP_STACK) !== 0 && k.profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE');
  return (
    ((flags & MAP_GROWSDOWN) !== 0 ? VM_GROWSDOWN : 0) |
    ((flags & MAP_LOCKED) !== 0 ? VM_LOCKED : 0) |
    (stack ? VM_NOHUGEPAGE : 0)
  );
}
