// SPDX-License-Identifier: GPL-2.0-or-later
/** What events name: address spaces, files, mappings, places. Each throws LogReferenceError for a name that is none. */
import type { Place } from '@specialbit/events';
import type { AddressSpace, Mm, Vma } from '../../mm/vma.js';
import { LogReferenceError } from '../base/errors.js';
import type { Kernel } from '../base/kernel.js';

/** Ours: the address space of that number. */
export function theMm(k: Kernel, id: number): Mm {
  const mm = k.mms.get(id);
  if (mm === undefined) {
    throw new LogReferenceError('mm', String(id), `live: ${[...k.mms.keys()].join(', ') || 'none'}`);
  }
  return mm;
}

/** Ours: the file of that name. */
export function theFile(k: Kernel, name: string): AddressSpace {
  const file = k.files.get(name);
  if (file === undefined) {
    throw new LogReferenceError(
      'file',
      name,
      `the header has: ${[...k.files.values()].map((known) => known.name).join(', ') || 'none'}`,
    );
  }
  return file;
}

/** Ours: the VMA at a page. */
export function theVma(mm: Mm, vpn: number): Vma {
  const vma = mm.vma_lookup(vpn);
  if (vma === undefined)
    throw new LogReferenceError('address', `page 0x${vpn.toString(16)} of mm ${mm.id}`, 'no mapping there');
  return vma;
}

/** Ours: the virtual page number of a place. */
export function vpnOf(k: Kernel, mm: Mm, at: Place): number {
  // asked of every shape of place, `in` is slower than a property that may be missing
  const { addr, label, page } = at as { readonly addr?: number; readonly label: string; readonly page: number };
  if (addr !== undefined) return Math.floor(addr / k.arch.page.size);
  const start = mm.startOf(label);
  if (start === undefined) {
    throw new LogReferenceError('mapping', label, `known: ${Object.keys(mm.labels).join(', ') || 'none'}`);
  }
  return start + page;
}

/** Ours: the page index of a place that is relative to a new mapping. */
export function pageOf(k: Kernel, at: Place): number {
  return 'addr' in at ? Math.floor(at.addr / k.arch.page.size) : at.page;
}

/** Ours: notes what a call that maps so many pages returned, an address or a negative errno, and labels the mapping. */
export function mapped(k: Kernel, mm: Mm, ret: number, pages: number, label: string | undefined): void {
  if (ret < 0) {
    k.out.ret = ret;
    return;
  }
  k.out.ret = 0;
  k.out.mapped = ret;
  if (label !== undefined) mm.setLabel(label, ret, pages);
}
