/** The CPU touches memory: the MMU's view of a PTE, then the architecture's page fault handler. */
import type { Pte } from '../arch/contract.js';
import type { Mm } from '../mm/mm.js';
import { VM_EXEC, VM_WRITE } from '../mm/vm-flags.js';
import {
  FAULT_FLAG_INSTRUCTION,
  FAULT_FLAG_USER,
  FAULT_FLAG_WRITE,
  VM_FAULT_ERROR,
  VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV,
} from './codes.js';
import { readContent, writeContent } from './content.js';
import { handle_mm_fault } from './fault.js';
import { copyPte, type Kernel, newPte, pte_same } from './kernel.js';

export type AccessKind = 'read' | 'write' | 'exec';

/** Faults that "succeed" without making the access possible: after so many it hangs. */
const MAX_FAULTS = 200;

const pte: Pte = newPte();
const before: Pte = newPte();

/** SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR. */
const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const BUS_ADRERR = 2;

/** A user access to one page. Fills the outcome's value or signal. */
export function user_access(k: Kernel, mm: Mm, vpn: number, op: AccessKind, value: number): void {
  const { out } = k;
  for (let faults = 0; faults < MAX_FAULTS; faults++) {
    mm.pt.get(vpn, pte);
    copyPte(before, pte);
    if (k.arch.user_access(pte, op)) {
      if (!pte_same(before, pte)) mm.pt.set(vpn, pte);
      const pfn = k.pte.pfn(pte);
      if (op === 'write') writeContent(k, pfn, value);
      else out.value = readContent(k, pfn);
      return;
    }
    const vma = mm.vma_lookup(vpn);
    if (vma === undefined) return signal(k, 'SIGSEGV', SEGV_MAPERR);
    if (!access_allowed(k, vma.vm_flags, op)) return signal(k, 'SIGSEGV', SEGV_ACCERR);
    const flags =
      FAULT_FLAG_USER |
      (op === 'write' ? FAULT_FLAG_WRITE : 0) |
      (op === 'exec' ? FAULT_FLAG_INSTRUCTION : 0);
    const ret = handle_mm_fault(k, vma, vpn, flags);
    if ((ret & VM_FAULT_ERROR) !== 0) {
      if ((ret & VM_FAULT_SIGBUS) !== 0) return signal(k, 'SIGBUS', BUS_ADRERR);
      if ((ret & VM_FAULT_SIGSEGV) !== 0) return signal(k, 'SIGSEGV', SEGV_MAPERR);
      return signal(k, 'SIGBUS', BUS_ADRERR);
    }
  }
  out.hang = true;
}

/** access_error() and its likes in arch/<arch>/mm/fault.c: do the VMA's flags allow the access? */
function access_allowed(k: Kernel, vm_flags: number, op: AccessKind): boolean {
  if (op === 'write') return (vm_flags & VM_WRITE) !== 0;
  if (op === 'exec') return (vm_flags & VM_EXEC) !== 0;
  return (vm_flags & k.arch.facts.read_fault_vm_flags) !== 0;
}

function signal(k: Kernel, name: 'SIGSEGV' | 'SIGBUS', code: number): void {
  k.out.signal = name;
  k.out.si_code = code;
}
