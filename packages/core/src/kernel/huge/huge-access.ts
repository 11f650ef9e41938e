// SPDX-License-Identifier: GPL-2.0-or-later
/** The CPU at an entry of the PMD or PUD level. */
import type { HugeCodec } from '../../arch/huge.js';
import { PTE } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import type { Mm } from '../../mm/vma.js';
import { type Kernel, newPte, pte_same } from '../base/kernel.js';

/**
 * Ours: the CPU goes through a huge entry: the pfn that it reaches, or -1 where it faults or there is none. The
 * entry becomes young, and dirty by a write, whoever records that.
 */
export function access_huge(k: Kernel, mm: Mm, vpn: number, op: 'read' | 'write' | 'exec'): number {
  if (mm.pt.huge === 0) return -1;
  const entry = newPte();
  const level = mm.pt.lookup(vpn, entry);
  if (level === PTE) return -1;
  const codec = codecOf(k.arch, level) as HugeCodec;
  if (!codec.present(entry) || !codec.user(entry)) return -1;
  const allowed = op === 'write' ? codec.write(entry) : op === 'exec' ? codec.exec(entry) : codec.read(entry);
  if (!allowed) return -1;
  const before = { lo: entry.lo, hi: entry.hi };
  codec.mkyoung(entry);
  if (op === 'write') codec.mkdirty(entry);
  if (!pte_same(before, entry)) mm.pt.setHuge(level, vpn, entry);
  return codec.pfn(entry) + (vpn % codec.pages);
}
