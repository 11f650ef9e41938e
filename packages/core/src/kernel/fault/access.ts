// SPDX-License-Identifier: GPL-2.0-or-later
/** The CPU touches memory: the MMU's view of a PTE, then the architecture's page fault handler. */
import { VM_EXEC, VM_WRITE } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { readContent, writeContent } from '../base/content.js';
import { type Kernel, newPte } from '../base/kernel.js';
import {
  FAULT_FLAG_INSTRUCTION,
  FAULT_FLAG_RACED,
  FAULT_FLAG_USER,
  FAULT_FLAG_VMA_LOCK,
  FAULT_FLAG_WRITE,
  VM_FAULT_ERROR,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV,
} from '../base/mm-types.js';
import { access_huge } from '../huge/huge-access.js';
import { expand_stack } from '../vma/expand-stack.js';
import { handle_mm_fault } from './fault.js';

export type AccessKind = 'read' | 'write' | 'exec';

/** Faults that "succeed" without making the access possible: after so many it hangs. */
const MAX_FAULTS = 200;

/** SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR. */
const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const BUS_ADRERR = 2;

/**
 * Ours: a user access to one page. Fills the outcome's value or signal. `raced`: its fault found no entry before others made
 * the one that is there now.
 */
export function user_access(k: Kernel, mm: Mm, vpn: number, op: AccessKind, value: number, raced = false): void {
  // a CPU that stores words only reads the byte's surroundings first
  const loads = op === 'write' && k.arch.facts.byte_store_loads;
  if (loads && touch(k, mm, vpn, 'read', raced) < 0) return;
  const pfn = touch(k, mm, vpn, op, raced && !loads);
  if (pfn < 0) return;
  if (op === 'write') writeContent(k, pfn, value);
  else k.out.value = readContent(k, pfn);
}

/**
 * do_user_addr_fault() (arch/x86/mm/fault.c) and its likes, until the MMU lets the access through: the pfn that it
 * reaches; -1 when a signal ends it.
 */
function touch(k: Kernel, mm: Mm, vpn: number, op: AccessKind, raced: boolean): number {
  const pte = newPte();
  // lock_vma_under_rcu(): first with the VMA's own lock, where the architecture has it
  let vma_lock = k.arch.facts.PER_VMA_LOCK;
  for (let faults = 0, late = raced; faults < MAX_FAULTS; faults++) {
    const looked = late ? FAULT_FLAG_RACED : 0;
    late = false;
    if (looked === 0) {
      const huge = access_huge(k, mm, vpn, op);
      if (huge >= 0) return huge;
      mm.pt.load(vpn, pte);
      const { lo, hi } = pte;
      const allowed = k.arch.user_access(pte, op);
      // hardware and TLB handlers may mark the entry even when they refuse in the end
      if (pte.lo !== lo || pte.hi !== hi) mm.pt.store(vpn, pte);
      if (allowed) return k.pte.pfn(pte);
    }
    const vma = mm.vma_lookup(vpn) ?? expand_stack(k, mm, vpn);
    if (vma === undefined || vma.vm_start > vpn) return signal(k, k.fails('access_unmapped', SEGV_MAPERR), 'SIGSEGV');
    if (!access_allowed(k, vma.vm_flags, op)) return signal(k, k.fails('access_error', SEGV_ACCERR), 'SIGSEGV');
    const flags =
      looked |
      FAULT_FLAG_USER |
      (vma_lock ? FAULT_FLAG_VMA_LOCK : 0) |
      (op === 'write' ? FAULT_FLAG_WRITE : 0) |
      (op === 'exec' ? FAULT_FLAG_INSTRUCTION : 0);
    const ret = handle_mm_fault(k, vma, vpn, flags);
    vma_lock = k.arch.facts.PER_VMA_LOCK && (ret & VM_FAULT_RETRY) === 0;
    if ((ret & VM_FAULT_ERROR) !== 0) {
      if ((ret & VM_FAULT_SIGBUS) !== 0) return signal(k, k.turns('fault_sigbus', BUS_ADRERR), 'SIGBUS');
      if ((ret & VM_FAULT_SIGSEGV) !== 0) return signal(k, k.turns('fault_sigsegv', SEGV_MAPERR), 'SIGSEGV');
      // pagefault_out_of_memory() leaves it to the allocator's OOM killer, and the access faults again
      k.turns('fault_oom', 0);
      k.out.hang = true;
      return -1;
    }
  }
  k.out.hang = true;
  return k.fails('access_hangs', -1);
}

/** access_error() (arch/x86/mm/fault.c) and its likes: do the VMA's flags allow the access? */
function access_allowed(k: Kernel, vm_flags: number, op: AccessKind): boolean {
  if (op === 'write') return (vm_flags & VM_WRITE) !== 0;
  if (op === 'exec') return (vm_flags & VM_EXEC) !== 0;
  return (vm_flags & k.arch.facts.read_fault_vm_flags) !== 0;
}

/** force_sig_fault() (kernel/signal.c). */
function signal(k: Kernel, code: number, name: 'SIGSEGV' | 'SIGBUS'): -1 {
  k.out.signal = name;
  k.out.si_code = code;
  return -1;
}
