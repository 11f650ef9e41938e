// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The driver's handlers (`vm_operations_struct`), played by what the log says about them. A handler
 * that is called over and over within one event is cut off with SIGBUS.
 */
import type { VmOps } from '../../mm/vma-record.js';
import { framePfn } from '../base/frame-ref.js';
import type { Kernel } from '../base/kernel.js';
import {
  FAULT_FLAG_VMA_LOCK,
  FAULT_FLAG_WRITE,
  VM_FAULT_LOCKED,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
} from '../base/mm-types.js';
import { NO_CALLS } from '../base/outcome.js';
import type { Vmf } from '../base/vmf.js';
import { BUG_REASONS } from '../reason/crash.js';
import { __vm_insert_mixed, insert_mixed_precondition } from './insert-mixed.js';
import { insert_pfn_precondition, vmf_insert_pfn_prot } from './insert-pfn.js';

const MAX_CALLS = 40;
/** Further than this from the first frame no handler reaches. */
const MAX_OFFSET = 64;

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
  const off = vmf.pgoff - (region?.pgoff0 ?? 0);
  if (handler.frame === undefined || off < 0 || off > MAX_OFFSET || off >= (handler.frames ?? Infinity)) {
    return k.fails('handler_beyond', VM_FAULT_SIGBUS);
  }
  const pfn = framePfn(k, handler.frame, off);
  if (pfn === undefined) return k.fails('handler_beyond', VM_FAULT_SIGBUS);
  switch (handler.do) {
    case 'page':
      if (!k.machine.pfn_valid(pfn)) return k.fails('handler_no_page', VM_FAULT_SIGBUS);
      vmf.page = pfn;
      k.get_page(pfn);
      return 0;
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

/** do_page_mkwrite() (mm/memory.c): vm_ops->page_mkwrite, which locks the page. */
export function call_page_mkwrite(k: Kernel): number {
  return called(k, 2) ? k.fails('handler_called_over', VM_FAULT_SIGBUS) : VM_FAULT_LOCKED;
}

/** wp_pfn_shared() (mm/memory.c): vm_ops->pfn_mkwrite. */
export function call_pfn_mkwrite(k: Kernel): number {
  return called(k, 1) ? k.fails('handler_called_over', VM_FAULT_SIGBUS) : 0;
}
