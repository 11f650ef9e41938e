// SPDX-License-Identifier: GPL-2.0-or-later
/** Hands an event to the mechanism of the same name. */
import type { Access, DriverCall, LogEvent, Place } from '@specialbit/events';
import type { AddressSpace, Mm, Vma } from '../mm/vma.js';
import { EINVAL, errnoCode } from './base/errno.js';
import { LogReferenceError } from './base/errors.js';
import type { Kernel } from './base/kernel.js';
import { FOLL_GET, FOLL_LONGTERM, FOLL_PIN, FOLL_WRITE } from './base/mm-types.js';
import type { OpenedMmap } from './base/opened-mmap.js';
import { driver_call, resolveFrame } from './driver/driver-call.js';
import { user_access } from './fault/access.js';
import { do_ftruncate } from './file/ftruncate.js';
import { access_process_vm } from './gup/access-process-vm.js';
import { unpin_user_page } from './gup/grab-folio.js';
import { gup_fast_fallback, pin_user_pages } from './gup/gup.js';
import { follow_pfnmap_start } from './pte/follow-pfnmap.js';
import { do_brk } from './syscall/brk.js';
import { exec_mmap, map_vma, modify_range } from './syscall/execve.js';
import { exit_mmap } from './syscall/exit.js';
import { dup_mmap } from './syscall/fork.js';
import { do_madvise } from './syscall/madvise.js';
import { do_mlock, do_munlock } from './syscall/mlock.js';
import { mmap_begin, mmap_driver_call, mmap_end } from './syscall/mmap.js';
import { do_mprotect } from './syscall/mprotect.js';
import { do_mremap } from './syscall/mremap.js';
import { do_munmap } from './syscall/munmap.js';
import { unmap_mapping_range } from './zap/unmap-mapping.js';

/** Applies one event to the running kernel; what happened is in `k.out`. */
export function applyEvent(k: Kernel, event: LogEvent): void {
  // by far the most frequent
  if (event.type === 'access') return access(k, event);
  // asked of every shape of event, `in` is far slower than a property that may be missing
  const { alloc } = event as { readonly alloc?: readonly number[] };
  if (alloc === undefined) return call(k, event);
  k.allocator.supplied = [...alloc];
  try {
    call(k, event);
  } finally {
    k.allocator.supplied = NO_FRAMES;
  }
}

function call(k: Kernel, event: Exclude<LogEvent, Access>): void {
  const { out } = k;
  switch (event.type) {
    case 'expect':
      // a statement: the player of the log checks it
      return;
    case 'mmap':
    case 'mmap.begin':
      return mmap(k, event);
    case 'mmap.end': {
      const mm = theMm(k, event.mm);
      const open = k.opened.get(event.mm);
      if (open === undefined) throw new LogReferenceError('opened mapping', `mm ${event.mm}`);
      k.opened.delete(event.mm);
      const error = event.error === undefined ? 0 : -(errnoCode(event.error) ?? EINVAL);
      return mapped(k, mm, mmap_end(k, mm, open, error), open.label);
    }
    case 'munmap': {
      const mm = theMm(k, event.mm);
      out.ret = do_munmap(k, mm, vpnOf(k, mm, event.at), event.pages);
      return;
    }
    case 'mprotect': {
      const mm = theMm(k, event.mm);
      out.ret = do_mprotect(k, mm, vpnOf(k, mm, event.at), event.pages, event.prot);
      return;
    }
    case 'mremap': {
      const mm = theMm(k, event.mm);
      const to = event.to === undefined ? 0 : vpnOf(k, mm, event.to);
      const at = vpnOf(k, mm, event.at);
      const mapped_at = event.mapped_at === undefined ? undefined : vpnOf(k, mm, event.mapped_at);
      return mapped(k, mm, do_mremap(k, mm, at, event.pages, event.new_pages, event.flags, to, mapped_at), event.label);
    }
    case 'madvise': {
      const mm = theMm(k, event.mm);
      out.ret = do_madvise(k, mm, vpnOf(k, mm, event.at), event.pages, event.advice);
      return;
    }
    case 'mlock':
    case 'munlock': {
      const mm = theMm(k, event.mm);
      const call = event.type === 'mlock' ? do_mlock : do_munlock;
      out.ret = call(k, mm, vpnOf(k, mm, event.at), event.pages);
      return;
    }
    case 'fork': {
      const mm = theMm(k, event.mm);
      if (k.mms.has(event.child)) throw new LogReferenceError('child', `mm ${event.child} exists already`);
      out.ret = dup_mmap(k, mm, event.child);
      return;
    }
    case 'exit':
      exit_mmap(k, theMm(k, event.mm));
      return;
    case 'brk': {
      const mm = theMm(k, event.mm);
      out.ret = do_brk(k, mm, event.brk);
      return;
    }
    case 'execve':
      exec_mmap(k, event);
      return;
    case 'map_vma': {
      const mm = theMm(k, event.mm);
      const start = vpnOf(k, mm, event.at);
      map_vma(k, mm, event, start, event.file === undefined ? null : theFile(k, event.file));
      return mapped(k, mm, start, event.label);
    }
    case 'vma_modify_flags': {
      const mm = theMm(k, event.mm);
      modify_range(k, mm, vpnOf(k, mm, event.at), event.pages, event.set | 0, event.clear | 0);
      return;
    }
    case 'truncate':
      do_ftruncate(k, theFile(k, event.file), event.pages);
      return;
    case 'unmap_mapping_range': {
      const file = theFile(k, event.file);
      unmap_mapping_range(k, file, event.pgoff, event.pages, event.even_cows);
      return;
    }
    case 'get_page':
      k.get_page(resolveFrame(k, event.frame));
      return;
    case 'put_page':
      k.put_page(resolveFrame(k, event.frame));
      return;
    case 'pin_user_pages':
    case 'pin_user_pages_fast':
    case 'get_user_pages_fast_only':
      return gup(k, event);
    case 'unpin_user_pages':
      out.ret = k.pins.length;
      while (k.pins.length > 0) unpin_user_page(k, k.pins.pop()!);
      return;
    case 'follow_pfnmap': {
      const mm = theMm(k, event.mm);
      const vpn = vpnOf(k, mm, event.at);
      out.follow = follow_pfnmap_start(k, theVma(mm, vpn), vpn);
      out.ret = out.follow === null ? -EINVAL : 0;
      return;
    }
    case 'access_process_vm': {
      const mm = theMm(k, event.mm);
      out.ret = access_process_vm(k, mm, vpnOf(k, mm, event.at), event.write, event.value ?? 1);
      return;
    }
    default:
      return driverCall(k, event);
  }
}

/** A driver's call on a VMA, linked or still open. */
function driverCall(k: Kernel, event: DriverCall & { readonly mm: number }): void {
  const mm = theMm(k, event.mm);
  const vpn = vpnOf(k, mm, event.at);
  const open = k.opened.get(event.mm);
  if (open !== undefined && vpn >= open.vma.vm_start && vpn < open.vma.vm_end) {
    if (k.feature.mmap_actions && open.actions !== undefined) {
      const { mm: _, ...call } = event;
      k.opened.set(event.mm, { ...open, actions: [...open.actions, { call, vpn }] });
      return;
    }
    k.out.ret = driver_call(k, open.vma, event, vpn, false);
    return;
  }
  k.out.ret = driver_call(k, theVma(mm, vpn), event, vpn, true);
}

/** No frames chosen from outside. */
const NO_FRAMES: number[] = [];

function access(k: Kernel, event: Access): void {
  const mm = theMm(k, event.mm);
  k.allocator.supplied = event.alloc === undefined ? NO_FRAMES : [...event.alloc];
  user_access(k, mm, vpnOf(k, mm, event.at), event.op, event.value ?? 1);
  k.allocator.supplied = NO_FRAMES;
}

function mmap(k: Kernel, event: Extract<LogEvent, { type: 'mmap' | 'mmap.begin' }>): void {
  let mm = k.mms.get(event.mm);
  // the first mapping of an mm that no fork made brings the mm into being
  if (mm === undefined) mm = k.newMm(event.mm);
  if (k.opened.has(event.mm)) throw new LogReferenceError('opened mapping', 'the one of mmap.begin is not ended yet');
  const file = event.file === undefined ? null : theFile(k, event.file);
  const addr = event.at === undefined ? 0 : vpnOf(k, mm, event.at);
  const mapped_at = event.mapped_at === undefined ? undefined : vpnOf(k, mm, event.mapped_at);
  let begun: number | OpenedMmap = mmap_begin(k, mm, { event, addr, file, mapped_at });
  if (typeof begun === 'number') return mapped(k, mm, begun, event.label);
  let error = 0;
  for (const call of event.call ?? []) {
    if (begun.actions !== undefined) {
      const vpn: number = begun.vma.vm_start + pageOf(k, call.at);
      begun = { ...begun, actions: [...(begun.actions ?? []), { call, vpn }] };
      continue;
    }
    error = mmap_driver_call(k, begun, call, begun.vma.vm_start + pageOf(k, call.at));
    if (error !== 0) break;
  }
  if (event.type === 'mmap.begin' && error === 0) {
    k.opened.set(event.mm, begun);
    return mapped(k, mm, begun.vma.vm_start, event.label);
  }
  const open: OpenedMmap = begun;
  mapped(k, mm, mmap_end(k, mm, open, error), event.label);
}

/** Return value of a call that maps: an address, or a negative errno. */
function mapped(k: Kernel, mm: Mm, ret: number, label: string | undefined): void {
  if (ret < 0) {
    k.out.ret = ret;
    return;
  }
  k.out.ret = 0;
  k.out.mapped = ret;
  if (label !== undefined) {
    mm.setLabel(label, ret);
  }
}

function gup(
  k: Kernel,
  event: Extract<LogEvent, { type: 'pin_user_pages' | 'pin_user_pages_fast' | 'get_user_pages_fast_only' }>,
): void {
  const mm = theMm(k, event.mm);
  const vpn = vpnOf(k, mm, event.at);
  const flags = (event.write ? FOLL_WRITE : 0) | (event.longterm ? FOLL_LONGTERM : 0);
  const pages: number[] = [];
  let ret: number;
  let pinned = true;
  if (event.type === 'pin_user_pages') {
    ret = pin_user_pages(k, mm, vpn, event.pages, flags, pages);
  } else if (event.type === 'pin_user_pages_fast') {
    ret = gup_fast_fallback(k, mm, vpn, event.pages, flags | FOLL_PIN, pages, false);
  } else {
    ret = gup_fast_fallback(k, mm, vpn, event.pages, (flags & FOLL_WRITE) | FOLL_GET, pages, true);
    pinned = false;
  }
  k.out.ret = ret;
  if (ret <= 0) return;
  k.out.pages = pages;
  for (const page of pages) {
    if (pinned && event.hold) k.pins.push(page);
    else if (pinned) unpin_user_page(k, page);
    else k.put_page(page);
  }
}

// ------------------------------------------------------------- references

function theMm(k: Kernel, id: number): Mm {
  const mm = k.mms.get(id);
  if (mm === undefined) {
    throw new LogReferenceError('mm', String(id), `live: ${[...k.mms.keys()].join(', ') || 'none'}`);
  }
  return mm;
}

function theFile(k: Kernel, name: string): AddressSpace {
  const file = k.files.get(name);
  if (file === undefined) {
    throw new LogReferenceError('file', name, `the header has: ${[...k.files.keys()].join(', ') || 'none'}`);
  }
  return file;
}

function theVma(mm: Mm, vpn: number): Vma {
  const vma = mm.vma_lookup(vpn);
  if (vma === undefined)
    throw new LogReferenceError('address', `page 0x${vpn.toString(16)} of mm ${mm.id}`, 'no mapping there');
  return vma;
}

/** The virtual page number of a place. */
export function vpnOf(k: Kernel, mm: Mm, at: Place): number {
  if ('addr' in at) return Math.floor(at.addr / k.arch.page.size);
  const start = mm.startOf(at.label);
  if (start === undefined) {
    throw new LogReferenceError('mapping', at.label, `known: ${Object.keys(mm.labels).join(', ') || 'none'}`);
  }
  return start + at.page;
}

/** Page index of a place that is relative to a new mapping. */
function pageOf(k: Kernel, at: Place): number {
  return 'addr' in at ? Math.floor(at.addr / k.arch.page.size) : at.page;
}
