// SPDX-License-Identifier: GPL-2.0-or-later
/** VMAs that came, went or changed, in words. */
import { flagNames, hexAddress } from '@specialbit/core';
import { type Kernel, type VmaRecord, vm_flags_wide } from '@specialbit/core/kernel';
import { hex } from '../show/pte-text.js';
import { vmaLetters, vmaRange } from '../show/vma-text.js';
import type { VmaChange } from './touched.js';

/** Its label, else its address. */
function nameOf(k: Kernel, mm: number, vma: VmaRecord): string {
  const place = k.mms.get(mm)?.placeName(vma.vm_start);
  return place?.replace(/\[0\]$/, '') ?? `0x${hexAddress(k.arch, vma.vm_start)}`;
}

export function vmaCome(k: Kernel, mm: number, vma: VmaRecord): VmaChange {
  return { mm, vma: nameOf(k, mm, vma), what: [`new at ${vmaRange(k, vma)} ${vmaLetters(vma.vm_flags)}`] };
}

export function vmaGone(k: Kernel, mm: number, vma: VmaRecord): VmaChange {
  return { mm, vma: nameOf(k, mm, vma), what: [`gone from ${vmaRange(k, vma)}`] };
}

/** Undefined where nothing changed that anybody would look for. */
export function vmaChanged(k: Kernel, mm: number, was: VmaRecord, is: VmaRecord): VmaChange | undefined {
  const what: string[] = [];
  const [oldRange, range] = [vmaRange(k, was), vmaRange(k, is)];
  if (range !== oldRange) what.push(`${oldRange} -> ${range}`);
  if (was.vm_flags !== is.vm_flags || was.vm_flags_hi !== is.vm_flags_hi) {
    const set = flagNames(vm_flags_wide(is.vm_flags & ~was.vm_flags, is.vm_flags_hi & ~was.vm_flags_hi), k);
    const cleared = flagNames(vm_flags_wide(was.vm_flags & ~is.vm_flags, was.vm_flags_hi & ~is.vm_flags_hi), k);
    what.push(['vm_flags', ...(set === '' ? [] : [`+${set}`]), ...(cleared === '' ? [] : [`-${cleared}`])].join(' '));
  }
  if (was.vm_pgoff !== is.vm_pgoff) what.push(`vm_pgoff ${hex(was.vm_pgoff)} -> ${hex(is.vm_pgoff)}`);
  return what.length === 0 ? undefined : { mm, vma: nameOf(k, mm, is), what };
}
