// SPDX-License-Identifier: GPL-2.0-or-later
/** Names for what people see: flags of VMAs and frames, labels of frames. */
import { formatVmFlags, hasVmaBits, logFlagNames } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { F, PG, SEQ_PART } from '../machine/frame-table.js';
import type { Profile } from '../profile/profile.js';

/** What tells how a kernel calls its flags: a running one is such a thing. */
export interface FlagNamer {
  readonly arch: Pick<Architecture, 'family' | 'bits'>;
  readonly profile: Pick<Profile, 'version'>;
}

/**
 * `VM_PFNMAP|VM_IO`; empty for none. Of the lower half (signed, as VMAs have it), or of both as one number.
 * A kernel calls bits that belong to the architecture by the names that it has for them: VM_PAT, VM_ARM64_BTI.
 */
export function flagNames(vm_flags: number, k?: FlagNamer): string {
  if (vm_flags === 0) return '';
  const flags = vm_flags < 0 ? vm_flags >>> 0 : vm_flags;
  return k === undefined ? formatVmFlags(flags) : logFlagNames(flags, k.profile.version, k.arch).join('|');
}

/** VM_READ to VM_MAYSHARE: what an access may do. */
const RIGHTS = 0xff;

/** `VMA_PFNMAP_BIT|VMA_IO_BIT`: flags that are no rights, as vma_flags_t names them; null before there was one. */
export function vmaBitNames(vm_flags: number, { profile, arch }: FlagNamer): string | null {
  if (!hasVmaBits(profile.version)) return null;
  return logFlagNames(vm_flags - (vm_flags & RIGHTS), profile.version, arch, { vma: true }).join('|');
}

const PG_NAMES = Object.entries(PG).filter(([, bit]) => bit !== PG.allocated);

/** The page flags that are set, as PG's keys name them: `['anon', 'anon_exclusive']`. */
export function pageFlagNames(flags: number): string[] {
  return PG_NAMES.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
}

/**
 * What a frame is called: its label in the header, `Z` for a zero page, `Y` and `Y+3` for pages of the huge zero folio,
 * `A<n>` and `F<n>` for an anonymous page and one of a file (n: the allocation, counted from 1; `A7+3` the fourth page of
 * what was allocated then as one folio, whether it is one still or was split), otherwise `pfn:0x...`.
 */
export function frameLabel(k: Kernel, pfn: number): string {
  const label = k.machine.labelOf(pfn);
  if (label !== undefined) return label;
  const head = k.page_folio(pfn);
  if (k.huge_zero_pfn >= 0 && head === k.huge_zero_pfn) return `Y${plus(pfn - head)}`;
  const seq = k.frames.get(head, F.seq);
  if (seq > 0) {
    const kind = k.frames.get(head, F.mapping) < 0 ? 'F' : 'A';
    return `${kind}${seq % SEQ_PART}${plus(Math.floor(seq / SEQ_PART) + pfn - head)}`;
  }
  return `pfn:0x${pfn.toString(16)}`;
}

function plus(page: number): string {
  return page === 0 ? '' : `+${page}`;
}
