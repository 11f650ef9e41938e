// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs a call of a driver on one of its VMAs (drivers' ->mmap and .fault; mm/memory.c). */
import type { DriverCall } from '@specialbit/events';
import type { Vma } from '../../mm/vma.js';
import { resolveFrame } from '../base/frame-ref.js';
import type { Kernel } from '../base/kernel.js';
import { visits } from '../base/most-pages.js';
import { DRIVER_CALLS, type DriverMechanism, REINDEXES } from './driver-calls.js';

/**
 * Ours: runs `call` on `vma` at page `vpn`. `linked`: the VMA is in its file's i_mmap, which is ordered by
 * vm_pgoff: a call that changes vm_pgoff takes it out and puts it back. Returns what the kernel
 * function returns: 0, a negative errno, or a vm_fault_t. Throws LogReferenceError.
 */
export function driver_call(k: Kernel, vma: Vma, call: DriverCall, vpn: number, linked: boolean): number {
  const run = DRIVER_CALLS[call.type] as DriverMechanism<DriverCall>;
  const { frame, pages } = call as { readonly frame?: Parameters<typeof resolveFrame>[1]; readonly pages?: number };
  if (pages !== undefined && call.type !== 'zap_vma_ptes') visits(pages);
  const pfn = frame === undefined ? -1 : resolveFrame(k, frame);
  if (!linked || !REINDEXES.has(call.type)) return run(k, vma, call, vpn, pfn);
  vma.vm_file?.remove(vma);
  const ret = run(k, vma, call, vpn, pfn);
  vma.vm_file?.insert(vma);
  return ret;
}
