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
  access: (k, event) => {
    const mm = theMm(k, event.mm);
    user_access(k, mm, vpnOf(k, mm, event.at), event.op, event.value ?? 1, event.raced);
  },
  unmap_mapping_range: (k, event) =>
    unmap_mapping_range(k, theFile(k, event.file), event.pgoff, event.pages, event.even_cows),
  get_page: (k, event) => k.get_page(page_folio(k, resolveFrame(k, event.frame))),
  put_page: (k, event) => k.put_page(page_folio(k, resolveFrame(k, event.frame))),
  pin_user_pages: runPin,
  pin_user_pages_fast: runPinFast,
  get_user_pages: runGet,
  get_user_pages_fast: runGetFast,
  get_user_pages_fast_only: runFastOnly,
  unpin_user_pages: runUnpin,
  follow_pfnmap: (k, event) => {
    const mm = theMm(k, event.mm);
    const vpn = vpnOf(k, mm, event.at);
    k.out.follow = follow_pfnmap_start(k, theVma(mm, vpn), vpn);
    k.out.ret = k.out.follow === null ? k.passes(-EINVAL) : 0;
  },
  access_process_vm: (k, event) => {
    const mm = theMm(k, event.mm);
    k.out.ret = access_process_vm(k, mm, vpnOf(k, mm, event.at), event.write, event.value ?? 1);
  },
};
