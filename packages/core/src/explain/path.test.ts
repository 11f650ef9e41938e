// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { newPte } from '../kernel/base/kernel.js';
import { Decision } from '../kernel/pte/normal-page.js';
import { PG } from '../machine/frame-table.js';
import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../mm/vm-flags.js';
import type { VmOps } from '../mm/vma-record.js';
import { findProfile } from '../profile/profiles.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { bootKernel } from '../world/create.js';
import { DECISIONS, decisionPath } from './path.js';

const OPS: readonly (VmOps | null)[] = [
  null,
  { kind: 'driver', driver: { find_special_page: { label: 'P0' } } },
  { kind: 'driver', driver: { find_special_page: { label: 'D0' } } },
];

it('walks to the decision of the hot path from every state, and reaches every one there is', () => {
  const reached = new Set<Decision>();
  const lanes = [withBit, withoutBit].flatMap((arch) =>
    ['6.12', '7.3', '7.3+CONFIG_FIND_NORMAL_PAGE', '7.3+cow_pfnmap_by_anon'].map((kernel) => ({
      ...laneOf(arch),
      profile: findProfile(kernel)!,
    })),
  );
  for (const lane of lanes) {
    const k = bootKernel(lane);
    k.frames.setFlag(k.machine.pfnOf('P1')!, PG.anon);
    const vma = k.newVma(k.mms.get(0)!);
    vma.vm_start = 100;
    vma.vm_end = 110;
    const frames = ['P0', 'P1', 'R0', 'D0', 'H0', 'Z'].map((label) => k.machine.pfnOf(label)!);
    for (const flags of [0, VM_PFNMAP, VM_MIXEDMAP, VM_PFNMAP | VM_MIXEDMAP]) {
      for (const access of [VM_MAYWRITE, VM_SHARED | VM_MAYWRITE, 0]) {
        for (const ops of OPS) {
          for (const pfn of frames) {
            for (const linear of [false, true]) {
              for (const special of [false, true]) {
                vma.vm_flags = flags | access;
                vma.vm_ops = ops;
                vma.vm_pgoff = linear ? pfn - 2 : 0;
                const p = newPte();
                k.pte.pfn_pte(p, pfn, { lo: 1, hi: 0 });
                if (special) k.pte.mkspecial(p);
                const path = decisionPath(k, vma, 102, p);
                const last = path.steps[path.steps.length - 1]!;
                expect(path.steps.map(({ id }) => id)).toContain(path.by);
                expect(path.name).toBe(Decision[path.decision]);
                // where the last answer leads is where the hot path went
                expect([path.name, last.id, last.answer]).toEqual([...ends(path.decision, last.id), last.answer]);
                for (const { because } of path.steps) expect(because).not.toMatch(/undefined|NaN/);
                reached.add(path.decision);
              }
            }
          }
        }
      }
    }
  }
  // the toy has no devmap bit, and some are of entries above the PTE level
  const all = (Object.keys(DECISIONS).map(Number) as Decision[]).filter(
    (d) => d < Decision.null_special_pmd || d > Decision.null_beyond_memmap,
  );
  expect([...reached].sort((a, b) => a - b)).toEqual(all.filter((d) => d !== Decision.null_special_devmap));
});

/** The decision's name, and the question after which it may stand. */
function ends(decision: Decision, asked: string): [string, string] {
  const last: Partial<Record<Decision, readonly string[]>> = {
    [Decision.normal]: ['beyond_memmap'],
    [Decision.bad_pfn]: ['beyond_memmap'],
    [Decision.normal_mixedmap_valid]: ['mixedmap_zero', 'mixedmap_beyond_memmap'],
    [Decision.normal_cow_anon]: ['cow_anon'],
    [Decision.null_cow_not_anon]: ['cow_anon'],
    [Decision.null_cow_invalid]: ['cow_valid'],
    [Decision.null_mixedmap_zero]: ['mixedmap_zero'],
    [Decision.null_mixedmap_invalid]: ['mixedmap_valid'],
    [Decision.null_pfnmap_linear]: ['linear'],
    [Decision.null_pfnmap_not_cow]: ['cow'],
    [Decision.null_zero]: ['zero'],
    [Decision.null_special_vma]: ['special_vma'],
    [Decision.null_special_zero]: ['special_zero'],
    [Decision.bad_special]: ['special_devmap'],
    [Decision.normal_find_special]: ['find_special_page_answers'],
    [Decision.null_find_special]: ['find_special_page_answers'],
  };
  return [Decision[decision], last[decision]?.find((id) => id === asked) ?? `none of ${last[decision]}`];
}
