// SPDX-License-Identifier: GPL-2.0-or-later
/** The paths of entries above the PTE level: vm_normal_page_pmd() of its own, and shared. */
import { expect, it } from 'vitest';
import type { HugeCodec } from '../arch/huge.js';
import { newPte } from '../kernel/base/kernel.js';
import { Decision } from '../kernel/pte/normal-page.js';
import { PG } from '../machine/frame-table.js';
import { PMD, PUD } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../mm/vm-flags.js';
import type { VmOps } from '../mm/vma-record.js';
import { findProfile, linux_6_1, linux_6_12, linux_6_18, linux_7_1 } from '../profile/profiles.js';
import { B0, G0, HZ, hugeBare, hugeLane, hugePteBit, hugeWithBits, PUD_PAGES } from '../toy-huge.testkit.js';
import { bootKernel } from '../world/create.js';
import { entryPath } from './path.js';

const OPS: readonly (VmOps | null)[] = [null, { kind: 'driver', driver: { find_special_page: { label: 'P0' } } }];

it('walks to the decision of the hot path from every state', () => {
  const reached = new Set<Decision>();
  const hook = findProfile('6.18+CONFIG_FIND_NORMAL_PAGE')!;
  const proposed = ['6.12', '7.3'].map((name) => findProfile(`${name}+cow_pfnmap_by_anon`)!);
  for (const arch of [hugeWithBits, hugePteBit, hugeBare]) {
    for (const profile of [linux_6_1, linux_6_12, linux_6_18, linux_7_1, hook, ...proposed]) {
      const k = bootKernel(hugeLane(arch, profile));
      if (profile === proposed[0]) k.frames.setFlag(B0, PG.anon);
      const vma = k.newVma(k.mms.get(0)!);
      vma.vm_start = PUD_PAGES;
      vma.vm_end = 3 * PUD_PAGES;
      for (const level of [PMD, PUD] as const) {
        const codec = codecOf(k.arch, level) as HugeCodec;
        for (const flags of [0, VM_PFNMAP, VM_MIXEDMAP]) {
          for (const access of [VM_MAYWRITE, VM_SHARED | VM_MAYWRITE]) {
            for (const pfn of [B0, HZ, G0, 0x8000]) {
              for (const [linear, special, ops] of [
                [false, false, OPS[0]!],
                [true, false, OPS[0]!],
                [false, true, OPS[0]!],
                [false, true, OPS[1]!],
              ] as const) {
                if (pfn % codec.pages !== 0) continue;
                vma.vm_flags = flags | access;
                vma.vm_ops = ops;
                vma.vm_pgoff = linear ? pfn - PUD_PAGES : 1;
                const p = newPte();
                codec.pfn_pxd(p, pfn, codec.protection_map[3] as { lo: number; hi: number });
                codec.mkhuge(p);
                if (special) codec.mkspecial(p);
                const path = entryPath(k, vma, 2 * PUD_PAGES, level, p);
                if (path === null) {
                  expect([level, k.feature.vm_normal_page_levels]).toEqual([PUD, false]);
                  continue;
                }
                const last = path.steps[path.steps.length - 1]!;
                expect(path.where).toBe(`vm_normal_page_${level === PMD ? 'pmd' : 'pud'} (mm/memory.c)`);
                expect(ENDS[path.decision], Decision[path.decision]).toContain(`${last.id} ${last.answer}`);
                for (const { question, because } of path.steps)
                  expect(question + because).not.toMatch(/undefined|NaN|=>/);
                reached.add(path.decision);
              }
            }
          }
        }
      }
    }
  }
  // the toy has no devmap bit, and its zero page is no aligned one
  expect([...reached].map((d) => Decision[d]).sort()).toEqual(
    Object.keys(ENDS)
      .map((d) => Decision[Number(d)])
      .sort(),
  );
});

/** The last question, and its answer: one of these. */
const ENDS: Partial<Record<Decision, readonly string[]>> = {
  [Decision.normal]: ['beyond_memmap false'],
  [Decision.normal_mixedmap_valid]: ['mixedmap_valid true', 'mixedmap_beyond_memmap false'],
  [Decision.null_special_pmd]: ['special true'],
  [Decision.null_special_vma]: ['special_vma true'],
  [Decision.null_special_huge_zero]: ['special_huge_zero true'],
  [Decision.bad_special]: ['special_huge_zero false'],
  [Decision.null_find_special]: ['find_special_page_answers false'],
  [Decision.null_mixedmap_invalid]: ['mixedmap_valid false'],
  [Decision.null_pfnmap_linear]: ['linear true'],
  [Decision.null_pfnmap_not_cow]: ['cow false'],
  [Decision.null_huge_zero]: ['huge_zero true', 'mixedmap_huge_zero true'],
  [Decision.bad_pfn]: ['beyond_memmap true'],
  [Decision.normal_cow_anon]: ['cow_anon true'],
  [Decision.null_cow_not_anon]: ['cow_anon false'],
  [Decision.null_cow_invalid]: ['cow_valid false'],
  [Decision.null_beyond_memmap]: ['beyond_memmap true'],
};
