// SPDX-License-Identifier: GPL-2.0-or-later
/** What an outcome owes its reader: a reason for each error, signal, crash, message and change of flags. */
import { type Outcome, REASONS, type Reason, type ReasonName } from '@specialbit/core';
import type { Kernel, VmaRecord } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';

/** What the rules of an event let a user see as a failure; written down anew, not asked of the core. */
function failed(event: LogEvent | undefined, out: Outcome): boolean {
  if (out.crash !== null || out.signal !== null || out.hang || out.ret < 0) return true;
  if (event === undefined) return false;
  if (event.type.startsWith('vmf_insert')) return (out.ret & 0x853) !== 0;
  if (event.type === 'brk') return out.ret !== event.brk;
  if (event.type === 'access_process_vm') return out.ret === 0;
  const wants = event as { readonly pages?: number };
  return /^(?:pin_user|get_user)_pages/.test(event.type) && out.ret < wants.pages!;
}

/** Every reason that an outcome gives. */
export function reasonsOf(out: Outcome): ReasonName[] {
  const { reasons, messages, changes, merges, unmerged_left, unmerged_right, skipped } = out;
  return [
    ...reasons,
    ...[...messages, ...changes, ...merges].map(({ reason }) => reason),
    ...[unmerged_left, unmerged_right, skipped].filter((reason) => reason !== null),
  ];
}

/** What is wrong with what an outcome says; nothing where all is well. */
export function unexplained(k: Kernel, event: LogEvent | undefined, out: Outcome): string[] {
  const wrong: string[] = [];
  if (failed(event, out) !== out.reasons.length > 0) {
    const words = `ret ${out.ret}, signal ${out.signal}, crash ${out.crash?.what}`;
    wrong.push(`${words}: ${out.reasons.length === 0 ? 'no reason' : `did not fail, and ${out.reasons}`}`);
  }
  for (const name of reasonsOf(out)) {
    const reason: Reason | undefined = REASONS[name];
    if (reason === undefined) wrong.push(`no such reason: ${name}`);
    else if (reason.since !== undefined && !k.feature[reason.since]) wrong.push(`${name} before ${reason.since}`);
    else if (reason.until !== undefined && k.feature[reason.until]) wrong.push(`${name} after ${reason.until}`);
  }
  return wrong;
}

/** Mappings of a kernel: of each address space, by page, the flags. */
export type FlagMap = ReadonlyMap<number, ReadonlyMap<number, Pick<VmaRecord, 'vm_flags' | 'vm_flags_hi'>>>;

export function flagMap(k: Kernel): FlagMap {
  const spaces = new Map<number, Map<number, Pick<VmaRecord, 'vm_flags' | 'vm_flags_hi'>>>();
  for (const mm of k.mms.values()) {
    const pages = new Map<number, Pick<VmaRecord, 'vm_flags' | 'vm_flags_hi'>>();
    for (const { vm_start, vm_end, vm_flags, vm_flags_hi } of mm.vmas) {
      for (let vpn = vm_start; vpn < vm_end; vpn++) pages.set(vpn, { vm_flags, vm_flags_hi });
    }
    spaces.set(mm.id, pages);
  }
  return spaces;
}

/** Events that put other mappings where some were: their pages are not compared. */
const REPLACES = /^(?:mmap|mremap|map_vma|execve)/;

/** Pages that are mapped before and after with other flags, and no note of the outcome says so. */
export function silentChanges(before: FlagMap, after: FlagMap, event: LogEvent, out: Outcome): string[] {
  if (REPLACES.test(event.type) || out.crash !== null) return [];
  const wrong: string[] = [];
  for (const [mm, pages] of after) {
    for (const [vpn, { vm_flags, vm_flags_hi }] of pages) {
      const old = before.get(mm)?.get(vpn);
      if (old === undefined || (old.vm_flags === vm_flags && old.vm_flags_hi === vm_flags_hi)) continue;
      const noted = out.changes.some((change) => change.mm === mm && vpn >= change.start && vpn < change.end);
      if (!noted) wrong.push(`page ${vpn.toString(16)} of mm ${mm} has other flags, and nothing says why`);
    }
  }
  return wrong;
}
