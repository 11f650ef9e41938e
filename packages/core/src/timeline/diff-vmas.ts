// SPDX-License-Identifier: GPL-2.0-or-later
/** Which VMAs changed between two states of an address space: blocks that both hold are not looked into. */
import type { VmaBlocks } from '../mm/vma-list.js';
import type { VmaRecord } from '../mm/vma-record.js';

export interface VmaChange {
  readonly mm: number;
  /** Absent: the VMA is new. */
  readonly before?: VmaRecord;
  /** Absent: the VMA is gone. */
  readonly after?: VmaRecord;
}

/** VMAs are matched by id: a VMA that is split or grows keeps its own. */
export function diffVmas(
  mm: number,
  before: VmaBlocks<VmaRecord>,
  after: VmaBlocks<VmaRecord>,
  changes: VmaChange[],
): void {
  if (before === after) return;
  const shared = new Set(before);
  const common = new Set(after.filter((block) => shared.has(block)));
  const left = new Map<number, VmaRecord>();
  for (const block of before) if (!common.has(block)) for (const vma of block) left.set(vma.id, vma);
  for (const block of after) {
    if (common.has(block)) continue;
    for (const vma of block) {
      const old = left.get(vma.id);
      if (old === undefined) changes.push({ mm, after: vma });
      else if (!sameVma(old, vma)) changes.push({ mm, before: old, after: vma });
      left.delete(vma.id);
    }
  }
  for (const vma of left.values()) changes.push({ mm, before: vma });
}

/** A record is written anew when anything was assigned, be it the same value. */
function sameVma(a: VmaRecord, b: VmaRecord): boolean {
  if (a === b) return true;
  for (const key of Object.keys(a) as (keyof VmaRecord)[]) {
    const x = a[key];
    const y = b[key];
    if (x !== y && (typeof x !== 'object' || JSON.stringify(x) !== JSON.stringify(y))) return false;
  }
  return true;
}
