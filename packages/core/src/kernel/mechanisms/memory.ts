// SPDX-License-Identifier: GPL-2.0-or-later
/** The mechanisms of the CPU, and of kernel code that looks at user memory or at pages. */
import { EINVAL } from '../base/errno.js';
import { resolveFrame } from '../base/frame-ref.js';
import { user_access } from '../fault/access.js';
import { access_process_vm } from '../gup/access-process-vm.js';
import { page_folio } from '../gup/grab-folio.js';
import { follow_pfnmap_start } from '../pte/follow-pfnmap.js';
import { unmap_mapping_range } from '../zap/unmap-mapping.js';
import { runFastOnly, runGet, runGetFast, runPin, runPinFast, runUnpin } from './pinning.js';
import { theFile, theMm, theVma, vpnOf } from './references.js';
import type { MechanismTable } from './table.js';

const NO_PAGE_TO_COUNT =
  'frames without struct page, of which a driver has no page to hand over: by convention the call counts, and does nothing else';

const FAST_OMITS = [
  'giving up when an entry or a page table changes meanwhile: nothing else runs',
  'folios of more than one page',
  'files that are told of writes (gup_fast_folio_allowed looks at anonymous and tmpfs pages alone)',
];

export const MEMORY: MechanismTable<
  | 'access'
  | 'unmap_mapping_range'
  | 'get_page'
  | 'put_page'
  | 'pin_user_pages'
  | 'pin_user_pages_fast'
  | 'get_user_pages'
  | 'get_user_pages_fast'
  | 'get_user_pages_fast_only'
  | 'unpin_user_pages'
  | 'follow_pfnmap'
  | 'access_process_vm'
> = {
  access: {
    function: 'do_user_addr_fault',
    file: 'arch/x86/mm/fault.c',
    omits: [
      'the TLB: every access reads the page table',
      'protection keys, shadow stacks, the vsyscall page, accesses by the kernel itself',
      'the OOM killer: without memory the access faults for ever (pagefault_out_of_memory)',
      'more than one byte of a page: its first is all of its content',
    ],
    run: (k, event) => {
      const mm = theMm(k, event.mm);
      user_access(k, mm, vpnOf(k, mm, event.at), event.op, event.value ?? 1, event.raced);
    },
  },
  unmap_mapping_range: {
    function: 'unmap_mapping_range',
    file: 'mm/memory.c',
    omits: [],
    run: (k, event) => unmap_mapping_range(k, theFile(k, event.file), event.pgoff, event.pages, event.even_cows),
  },
  get_page: {
    function: 'get_page',
    file: 'include/linux/mm.h',
    omits: [
      'the check for a count that is zero or has run over (folio_ref_zero_or_close_to_overflow)',
      NO_PAGE_TO_COUNT,
    ],
    run: (k, event) => k.get_page(page_folio(k, resolveFrame(k, event.frame))),
  },
  put_page: {
    function: 'put_page',
    file: 'include/linux/mm.h',
    omits: ['pages of a device that are told when they are free (free_zone_device_folio)', NO_PAGE_TO_COUNT],
    run: (k, event) => k.put_page(page_folio(k, resolveFrame(k, event.frame))),
  },
  pin_user_pages: {
    function: 'pin_user_pages',
    file: 'mm/gup.c',
    omits: [],
    run: runPin,
  },
  pin_user_pages_fast: { function: 'pin_user_pages_fast', file: 'mm/gup.c', omits: FAST_OMITS, run: runPinFast },
  get_user_pages: {
    function: 'get_user_pages',
    file: 'mm/gup.c',
    omits: [],
    run: runGet,
  },
  get_user_pages_fast: { function: 'get_user_pages_fast', file: 'mm/gup.c', omits: FAST_OMITS, run: runGetFast },
  get_user_pages_fast_only: {
    function: 'get_user_pages_fast_only',
    file: 'mm/gup.c',
    omits: FAST_OMITS,
    run: runFastOnly,
  },
  unpin_user_pages: {
    function: 'unpin_user_pages',
    file: 'mm/gup.c',
    omits: ['pages that are dirtied first (unpin_user_pages_dirty_lock)'],
    run: runUnpin,
  },
  follow_pfnmap: {
    function: 'follow_pte',
    file: 'mm/memory.c',
    later: [{ feature: 'follow_pfnmap', function: 'follow_pfnmap_start' }],
    omits: ['the lock that is held until follow_pfnmap_end()'],
    run: (k, event) => {
      const mm = theMm(k, event.mm);
      const vpn = vpnOf(k, mm, event.at);
      k.out.follow = follow_pfnmap_start(k, theVma(mm, vpn), vpn);
      k.out.ret = k.out.follow === null ? k.passes(-EINVAL) : 0;
    },
  },
  access_process_vm: {
    function: 'access_process_vm',
    file: 'mm/memory.c',
    omits: [
      'vm_ops->access other than generic_access_phys(), and the warning of an ioremap_prot() that refuses RAM',
      'who may do so (ptrace), stacks that grow, and more than one byte',
      'architectures other than x86 and arm64 whose .rodata is read-only: from 7.2 on a write to the zero page is an oops there too',
    ],
    run: (k, event) => {
      const mm = theMm(k, event.mm);
      k.out.ret = access_process_vm(k, mm, vpnOf(k, mm, event.at), event.write, event.value ?? 1);
    },
  },
};
