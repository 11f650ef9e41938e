// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The driver's handlers (`vm_operations_struct`), played by what the log says about them. A handler
 * that is called over and over within one event is cut off with SIGBUS.
 */
import type { DriverCall, DriverOps } from '@specialbit/events';
import type { HugeCodec } from '../../arch/huge.js';
import { type HugeLevel, PMD } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import type { Vma } from '../../mm/vma.js';
import type { VmOps } from '../../mm/vma-record.js';
import { EBUSY, EFAULT, ENOMEM } from '../base/errno.js';
import { framePfn, resolveFrame } from '../base/frame-ref.js';
import type { Kernel } from '../base/kernel.js';
import {
  FAULT_FLAG_VMA_LOCK,
  FAULT_FLAG_WRITE,
  VM_FAULT_ERROR,
  VM_FAULT_FALLBACK,
  VM_FAULT_LOCKED,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
} from '../base/mm-types.js';
import { NO_CALLS } from '../base/outcome.js';
import type { Vmf } from '../base/vmf.js';
import { insert_pfn_huge_precondition, vmf_insert_pfn_pmd, vmf_insert_pfn_pud } from '../huge/huge-memory.js';
import { BUG_REASONS } from '../reason/crash.js';
import { driver_call } from './driver-call.js';
import { __vm_insert_mixed, insert_mixed_precondition } from './insert-mixed.js';
import { vm_insert_page } from './insert-page.js';
import { insert_pfn_precondition, vmf_insert_pfn_prot } from './insert-pfn.js';

const MAX_CALLS = 40;

/**
 * vmf_can_call_fault() (mm/memory.c): a handler runs under the mmap_lock. A fault that only holds the VMA's own
 * lock is tried again, unless the file's handlers are known not to need it (those with map_pages).
 */
export function vmf_can_call_fault(vmf: Vmf): number {
  if ((vmf.flags & FAULT_FLAG_VMA_LOCK) === 0) return 0;
  return has_map_pages(vmf.vma.vm_ops) ? 0 : VM_FAULT_RETRY;
}

/** Ours: vm_ops->map_pages exists, as it does of tmpfs and files of a disk. */
function has_map_pages(ops: VmOps | null): boolean {
  return ops !== null && ops.kind !== 'driver' && ops.kind !== 'dummy';
}

/**
 * Ours: the driver sets vm_ops and its private data; without any operation the VMA keeps the dummy ones. `pgoff0`:
 * the page of the device that its first frame belongs to.
 */
export function driver_vm_ops(vma: Vma, ops: DriverOps, pgoff0: number): void {
  vma.vm_private_data = { ops, pgoff0 };
  const any = Object.values(ops).some((op) => op !== undefined && op !== false);
  vma.vm_ops = any ? { kind: 'driver', driver: ops } : { kind: 'dummy' };
}

/** Ours: counts a call; true when the handler is cut off. */
function called(k: Kernel, which: 0 | 1 | 2): boolean {
  if (k.out.calls === NO_CALLS) k.out.calls = [0, 0, 0];
  if (++k.out.calls[which] <= MAX_CALLS) return false;
  k.out.loop = true;
  return true;
}

/** __do_fault() (mm/memory.c): vm_ops->fault. */
export function call_fault(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const region = vma.vm_private_data;
  const handler = vma.vm_ops?.driver?.fault;
  if (called(k, 0)) return k.fails('handler_called_over', VM_FAULT_SIGBUS);
  if (handler === undefined || handler.do === 'sigbus') return k.fails('handler_sigbus', VM_FAULT_SIGBUS);
  if (handler.do === 'call')
    return vmf_errno(
      k,
      in_fault(k, () => call_all(k, vma, handler.call ?? [])),
    );
  const off = vmf.pgoff - (region?.pgoff0 ?? 0);
  if (handler.frame === undefined || off < 0 || off >= (handler.frames ?? Infinity)) {
    return k.fails('handler_beyond', VM_FAULT_SIGBUS);
  }
  const first = framePfn(k, handler.frame);
  if (first === undefined) return k.fails('handler_beyond', VM_FAULT_SIGBUS);
  const pfn = first + off;
  switch (handler.do) {
    case 'page':
      if (!k.machine.pfn_valid(pfn)) return k.fails('handler_no_page', VM_FAULT_SIGBUS);
      if (handler.guarded === true && k.page_count(pfn) + k.machine.heldRefs(k.page_folio(pfn)) === 0) {
        k.out.refused = 'get_page on refcount 0';
        return k.fails('handler_refuses', VM_FAULT_SIGBUS);
      }
      vmf.page = pfn;
      k.get_page(pfn);
      return 0;
    case 'vm_insert_page':
      return vmf_errno(
        k,
        in_fault(k, () => vm_insert_page(k, vma, vmf.address, pfn)),
      );
    case 'remap_pfn_range':
      return vmf_errno(
        k,
        in_fault(k, () => driver_call(k, vma, remapOf(pfn), vmf.address, true)),
      );
    case 'vmf_insert_pfn': {
      const bug = handler.guarded === true ? insert_pfn_precondition(k, vma, pfn) : null;
      if (bug !== null) {
        k.out.refused = BUG_REASONS[bug].what;
        k.fails(bug, 0);
        return k.turns('handler_refuses', VM_FAULT_SIGBUS);
      }
      return vmf_insert_pfn_prot(k, vma, vmf.address, pfn, vma.vm_page_prot);
    }
    case 'vmf_insert_mixed':
    case 'vmf_insert_mixed_mkwrite': {
      const bug = handler.guarded === true ? insert_mixed_precondition(k, vma, pfn, 'PFN_DEV') : null;
      if (bug !== null) {
        k.out.refused = BUG_REASONS[bug].what;
        k.fails(bug, 0);
        return k.turns('handler_refuses', VM_FAULT_SIGBUS);
      }
      const mkwrite = handler.do === 'vmf_insert_mixed_mkwrite' && (vmf.flags & FAULT_FLAG_WRITE) !== 0;
      return __vm_insert_mixed(k, vma, vmf.address, pfn, 'PFN_DEV', mkwrite);
    }
  }
}

/** Ours: what a handler does that belongs into `->mmap`: the mmap_lock is held for reading. */
function in_fault(k: Kernel, run: () => number): number {
  k.faulting = true;
  const ret = run();
  k.faulting = false;
  return ret;
}

/** Ours: remap_pfn_range() of one page. */
function remapOf(pfn: number): DriverCall {
  return { type: 'remap_pfn_range', at: { label: '', page: 0 }, frame: { pfn }, pages: 1 };
}

/** Ours: the driver's calls of a handler, in order; the first error ends them. Places count from the VMA's first page. */
function call_all(k: Kernel, vma: Vma, calls: readonly DriverCall[]): number {
  for (const call of calls) {
    const page = 'page' in call.at ? call.at.page : 0;
    const ret = driver_call(k, vma, call, vma.vm_start + page, true);
    if (call.type.startsWith('vmf_insert_')) {
      if ((ret & VM_FAULT_ERROR) !== 0) return k.passes(-EFAULT);
    } else if (ret !== 0) return ret;
  }
  return 0;
}

/** vmf_insert_page(), vmf_error() (include/linux/mm.h): the errno of a helper as a handler answers it. */
function vmf_errno(k: Kernel, err: number): number {
  if (err === 0 || err === -EBUSY) return VM_FAULT_NOPAGE;
  return err === -ENOMEM ? k.turns('handler_oom', VM_FAULT_OOM) : k.turns('handler_errno', VM_FAULT_SIGBUS);
}

/** do_page_mkwrite() (mm/memory.c): vm_ops->page_mkwrite, which locks the page. */
export function call_page_mkwrite(k: Kernel): number {
  return called(k, 2) ? k.fails('handler_called_over', VM_FAULT_SIGBUS) : VM_FAULT_LOCKED;
}

/** wp_pfn_shared() (mm/memory.c): vm_ops->pfn_mkwrite. */
export function call_pfn_mkwrite(k: Kernel): number {
  return called(k, 1) ? k.fails('handler_called_over', VM_FAULT_SIGBUS) : 0;
}

/**
 * create_huge_pmd() (mm/memory.c): vm_ops->huge_fault, of PMD_ORDER or PUD_ORDER: maps the huge page around the fault, or answers VM_FAULT_FALLBACK where the
 * handler does not serve the order, or the VMA and the frames have no room for it (what vmf_insert_pfn_pmd() leaves to it).
 */
export function call_huge_fault(k: Kernel, vmf: Vmf, level: HugeLevel): number {
  const { vma } = vmf;
  const handler = vma.vm_ops?.driver?.huge_fault;
  const codec = codecOf(k.arch, level) as HugeCodec | undefined;
  if (handler === undefined || codec === undefined) return VM_FAULT_FALLBACK;
  if (!(level === PMD ? handler.pmd : handler.pud)) return VM_FAULT_FALLBACK;
  k.vmstat.huge_faults++;
  const off = vmf.pgoff - (vma.vm_private_data?.pgoff0 ?? 0);
  const first = resolveFrame(k, handler.frame) + off - (vmf.address % codec.pages);
  const write = handler.write && (vmf.flags & FAULT_FLAG_WRITE) !== 0;
  if (first < 0) return VM_FAULT_FALLBACK;
  if (handler.guarded === true) {
    const begin = off - (vmf.address % codec.pages);
    const around = vmf.address - (vmf.address % codec.pages);
    if (around < vma.vm_start || around + codec.pages > vma.vm_end) return VM_FAULT_FALLBACK;
    if (begin < 0 || begin % codec.pages !== 0 || begin + codec.pages > (handler.frames ?? Infinity))
      return VM_FAULT_FALLBACK;
    const bug = insert_pfn_huge_precondition(k, vma);
    if (bug !== null) {
      k.out.refused = BUG_REASONS[bug].what;
      return VM_FAULT_FALLBACK;
    }
  }
  return level === PMD
    ? vmf_insert_pfn_pmd(k, vma, vmf.address, first, write)
    : vmf_insert_pfn_pud(k, vma, vmf.address, first, write);
}
