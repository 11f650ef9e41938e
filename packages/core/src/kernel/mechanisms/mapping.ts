// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs mmap events, whole or opened and closed, and the calls of drivers on mappings (mm/mmap.c, mm/memory.c). */
import type { DriverCall, HeldLock, LogEvent } from '@specialbit/events';
import { EINVAL, errnoCode } from '../base/errno.js';
import { LogReferenceError } from '../base/errors.js';
import type { Kernel } from '../base/kernel.js';
import type { OfType } from '../base/mechanism.js';
import type { OpenedMmap } from '../base/opened-mmap.js';
import { driver_call } from '../driver/driver-call.js';
import { driver_vm_ops } from '../driver/vm-ops.js';
import { mmap_begin, mmap_driver_call, mmap_end } from '../syscall/mmap.js';
import { mapped, pageOf, theFile, theMm, theVma, vpnOf } from './references.js';

/** do_mmap() (mm/mmap.c), with what the driver does in ->mmap. */
export function runMmap(k: Kernel, event: OfType<LogEvent, 'mmap' | 'mmap.begin'>): void {
  let mm = k.mms.get(event.mm);
  // the first mapping of an mm that no fork made brings the mm into being
  if (mm === undefined) mm = k.newMm(event.mm);
  if (k.opened.has(event.mm)) throw new LogReferenceError('opened mapping', 'the one of mmap.begin is not ended yet');
  const file = event.file === undefined ? null : theFile(k, event.file);
  const addr = event.at === undefined ? 0 : vpnOf(k, mm, event.at);
  const mapped_at = event.mapped_at === undefined ? undefined : vpnOf(k, mm, event.mapped_at);
  let begun: number | OpenedMmap = mmap_begin(k, mm, { event, addr, file, mapped_at });
  if (typeof begun === 'number') return mapped(k, mm, begun, event.pages, event.label);
  let error = 0;
  for (const call of event.call ?? []) {
    if (begun.actions !== undefined) {
      const vpn: number = begun.vmg.start + pageOf(k, call.at);
      begun = { ...begun, actions: [...(begun.actions ?? []), { call, vpn }] };
      continue;
    }
    error = mmap_driver_call(k, begun, call, begun.vmg.start + pageOf(k, call.at));
    if (error !== 0) break;
  }
  if (event.type === 'mmap.begin' && error === 0) {
    k.opened.set(event.mm, begun);
    return mapped(k, mm, begun.vmg.start, event.pages, event.label);
  }
  const open: OpenedMmap = begun;
  mapped(k, mm, mmap_end(k, mm, open, error), event.pages, event.label);
}

/** The rest of __mmap_region() (mm/mmap.c) for a mapping that was opened before. */
export function runMmapEnd(k: Kernel, event: OfType<LogEvent, 'mmap.end'>): void {
  const mm = theMm(k, event.mm);
  const open = k.opened.get(event.mm);
  if (open === undefined) throw new LogReferenceError('opened mapping', `mm ${event.mm}`);
  k.opened.delete(event.mm);
  const error = event.error === undefined ? 0 : k.fails('mmap_driver_error', -(errnoCode(event.error) ?? EINVAL));
  const { start, end } = open.vmg;
  const ret = mmap_end(k, mm, open, error);
  // the label that mmap.begin gave
  if (ret < 0 && open.label !== undefined && mm.startOf(open.label) === start) mm.dropLabel(open.label);
  mapped(k, mm, ret, end - start, open.label);
}

/** Ours: vma->vm_ops is overwritten; what the driver remembers of the mapping stays. */
export function runSetVmOps(k: Kernel, event: OfType<LogEvent, 'set_vm_ops'>): void {
  const mm = theMm(k, event.mm);
  const vma = theVma(mm, vpnOf(k, mm, event.at));
  driver_vm_ops(vma, event.ops, vma.vm_private_data?.pgoff0 ?? vma.vm_pgoff);
}

/** Ours: nobody holds the mmap_lock for writing, as in a fault handler; of who holds none it is a mapping that others make. */
function unlocked(k: Kernel, event: DriverCall & { readonly mm: number }): boolean {
  const { mmap_lock: lock } = event as { readonly mmap_lock?: HeldLock };
  return lock === 'read' || (lock === 'none' && k.opened.get(event.mm) === undefined);
}

/** Ours: a driver's call on a VMA, linked or still open; one that waits until it is linked is only noted. */
export function runDriverCall(k: Kernel, event: DriverCall & { readonly mm: number }): void {
  const mm = theMm(k, event.mm);
  const vpn = vpnOf(k, mm, event.at);
  const open = k.opened.get(event.mm);
  // the end of a VMA may be set to where it is, and an action asked for behind it
  const last = event.type === 'set_vm_end' || event.type === 'set_vm_start' || open?.actions !== undefined ? 0 : 1;
  if (open === undefined || vpn < open.vmg.start || vpn > open.vmg.end - last) {
    k.faulting = unlocked(k, event);
    k.out.ret = driver_call(k, theVma(mm, vpn), event, vpn, true);
    k.faulting = false;
    return;
  }
  if (k.feature.mmap_actions && open.actions !== undefined) {
    const { mm: _, ...call } = event;
    mmap_action_remap(k, open, call, vpn);
    k.opened.set(event.mm, { ...open, actions: [...open.actions, { call, vpn }] });
    return;
  }
  k.out.ret = driver_call(k, open.vma, event, vpn, false);
}

/** mmap_action_remap() (include/linux/mm.h): what `->mmap_prepare` asks to remap should lie within the VMA. */
function mmap_action_remap(k: Kernel, { vmg }: OpenedMmap, call: DriverCall, vpn: number): void {
  if (call.type !== 'remap_pfn_range' && call.type !== 'io_remap_pfn_range') return;
  if (vpn < vmg.start || vpn >= vmg.end) k.warn_once('action_start_outside');
  if (vpn + call.pages > vmg.end) k.warn_once('action_end_outside');
}
