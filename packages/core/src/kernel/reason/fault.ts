// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of accesses, page faults and the handlers of drivers. */
import type { ReasonTable } from './reason.js';

/** What is written anew for each architecture: arch/x86/mm/fault.c and its likes, with functions of other names. */
const HANDLER = { where: 'page-fault-handler', file: 'the architecture' } as const;
const MEMORY_C = 'mm/memory.c';

export const FAULT_REASONS = {
  access_unmapped: {
    ...HANDLER,
    condition: 'no VMA contains the address, and no stack grows to it (SEGV_MAPERR)',
    change: 'map the page first, or touch another one',
  },
  access_error: {
    ...HANDLER,
    condition: 'the vm_flags of the VMA do not allow this access (SEGV_ACCERR)',
    change: 'give the mapping the protection with mmap or mprotect',
  },
  fault_sigbus: {
    ...HANDLER,
    condition: 'handle_mm_fault() answered VM_FAULT_SIGBUS, of which the signal is made',
  },
  fault_sigsegv: {
    ...HANDLER,
    condition: 'handle_mm_fault() answered VM_FAULT_SIGSEGV, of which the signal is made',
  },
  fault_oom: {
    where: 'pagefault_out_of_memory',
    file: 'mm/oom_kill.c',
    condition: 'handle_mm_fault() found no memory (VM_FAULT_OOM): the access faults again until some is freed',
    change: 'give the machine more RAM, or map less',
  },
  no_free_page: {
    where: '__alloc_pages',
    file: 'mm/page_alloc.c',
    condition: 'every page of RAM is in use',
    change: 'give the machine more RAM, or map less',
    later: [{ since: '6.10', where: '__alloc_pages_noprof' }],
  },
  write_fault_refused: {
    where: 'sanitize_fault_flags',
    file: MEMORY_C,
    condition: 'a write fault where VM_MAYWRITE is not set: the mapping can never be written, though VM_WRITE is set',
    change: 'clear VM_WRITE together with VM_MAYWRITE, and before anything maps',
    since: 'fault_flags_checked',
  },
  anonymous_shared: {
    where: 'do_anonymous_page',
    file: MEMORY_C,
    condition: 'the mapping is shared and has no operations: nothing could share its pages',
  },
  no_fault_handler: {
    where: 'do_fault',
    file: MEMORY_C,
    condition: 'nothing is mapped there and the operations of the VMA have no .fault',
    change: 'map the page in ->mmap, or give the mapping a fault handler',
  },
  handler_called_over: {
    where: 'vm_ops->fault',
    file: 'the driver',
    condition: 'the handler was called again and again without effect, and the model cut it off',
    convention: true,
  },
  handler_sigbus: {
    where: 'vm_ops->fault',
    file: 'the driver',
    condition: 'the log says that the handler answers SIGBUS',
    convention: true,
  },
  handler_beyond: {
    where: 'vm_ops->fault',
    file: 'the driver',
    condition: 'the page lies outside the frames that the handler serves',
    change: 'give the handler more frames, or touch a page that it serves',
    convention: true,
  },
  handler_no_page: {
    where: 'vm_ops->fault',
    file: 'the driver',
    condition: 'the handler hands out a page, and the frame has no struct page: the handler answers SIGBUS',
    change: 'let it use vmf_insert_pfn or vmf_insert_mixed for such a frame',
    convention: true,
  },
  handler_errno: {
    where: 'vmf_error',
    file: 'include/linux/mm.h',
    condition: 'what the handler called failed, and the handler makes VM_FAULT_SIGBUS of its errno',
  },
  handler_oom: {
    where: 'vmf_error',
    file: 'include/linux/mm.h',
    condition: 'what the handler called found no memory (-ENOMEM), of which the handler makes VM_FAULT_OOM',
  },
  handler_refuses: {
    where: 'vm_ops->fault',
    file: 'the driver',
    condition: 'the guarded handler tested what the helper would BUG on, and answered SIGBUS',
    convention: true,
  },
  access_hangs: {
    ...HANDLER,
    condition: 'every fault succeeds, and the entry still does not allow the access: a real CPU would fault for ever',
  },
  filemap_beyond: {
    where: 'filemap_fault',
    file: 'mm/filemap.c',
    condition: 'the page lies beyond the end of the file',
    change: 'make the file longer, or touch an earlier page',
  },
  shmem_beyond: {
    where: 'shmem_fault',
    file: 'mm/shmem.c',
    condition: 'the page lies beyond the end of the file',
    change: 'make the file longer, or touch an earlier page',
  },
} as const satisfies ReasonTable;
