/** VMAs that came, went or changed, in words. */
import { flagNames, hexAddress, type Kernel, placeName, type Vma } from '@specialbit/core';
import type { VmaChange } from '../replay/touched.js';
import { hex } from '../show/pte-text.js';
import { vmaLetters, vmaRange } from '../show/vma-text.js';

/** Its label, else its address. */
export function vmaName(k: Kernel, vma: Vma): string {
  const place = placeName(vma.mm.labels, vma, vma.vm_start);
  return place?.replace(/\[0\]$/, '') ?? `0x${hexAddress(k.arch, vma.vm_start)}`;
}

export function vmaCome(k: Kernel, vma: Vma): VmaChange {
  const flags = vmaLetters(vma.vm_flags);
  return { mm: vma.mm.id, vma: vmaName(k, vma), what: [`new at ${vmaRange(k, vma)} ${flags}`] };
}

export function vmaGone(k: Kernel, vma: Vma): VmaChange {
  return { mm: vma.mm.id, vma: vmaName(k, vma), what: [`gone from ${vmaRange(k, vma)}`] };
}

/** Undefined for a VMA that is as it was. */
export function vmaChange(before: Kernel, was: Vma, after: Kernel, is: Vma): VmaChange | undefined {
  const what: string[] = [];
  const range = vmaRange(after, is);
  const oldRange = vmaRange(before, was);
  if (range !== oldRange) what.push(`${oldRange} -> ${range}`);
  if (was.vm_flags !== is.vm_flags) {
    const set = flagNames(is.vm_flags & ~was.vm_flags);
    const cleared = flagNames(was.vm_flags & ~is.vm_flags);
    what.push(['vm_flags', ...(set === '' ? [] : [`+${set}`]), ...(cleared === '' ? [] : [`-${cleared}`])].join(' '));
  }
  if (was.vm_pgoff !== is.vm_pgoff) what.push(`vm_pgoff ${hex(was.vm_pgoff)} -> ${hex(is.vm_pgoff)}`);
  if (before.opened.get(was.mm.id)?.vma === was && after.opened.get(is.mm.id)?.vma !== is) what.push('linked');
  return what.length === 0 ? undefined : { mm: is.mm.id, vma: vmaName(after, is), what };
}
