// SPDX-License-Identifier: GPL-2.0-or-later
/** VMAs that an event changed, lane beside lane. */
import { flagNames } from '../explain/names.js';
import { VM_ARCH_1, vm_flags_wide } from '../mm/vm-flags.js';
import type { Vma } from '../mm/vma.js';
import type { PartKind } from './divergence.js';
import { same } from './draft.js';
import type { Lane } from './lane.js';
import { type PageKey, vmaThing } from './page-key.js';
import { pageKey, pageName, type Scene, vpnIn } from './scene.js';

/** VMAs that changed, came or went: what begins where they begin. */
export function compareVmas(scene: Scene): void {
  const { seenVmas: seen } = scene;
  seen.clear();
  for (const lane of scene.lanes) {
    const { touched } = lane;
    for (let i = 0; i < touched.vmaCount; i++) {
      const vma = touched.vmas[i]!;
      // a VMA that was made and dropped again within the event has no place
      if (vma.vm_end <= vma.vm_start) continue;
      const key = pageKey(lane, vma.mm.id, vma.vm_start);
      if (!seen.first(key)) continue;
      if (scene.open.mayDiffer(key) || !sameVma(scene.lanes, key)) compareVma(scene, key, vmaThing(key));
    }
  }
}

/** The usual case, without a word: every lane has the VMA, and it is the same. */
function sameVma(lanes: readonly Lane[], key: PageKey): boolean {
  const at = vpnIn(lanes[0]!, key);
  const first = at === undefined ? undefined : lanes[0]!.vmaAt(key.mm, at);
  if (first === undefined) return false;
  for (let l = 1; l < lanes.length; l++) {
    const lane = lanes[l]!;
    const vpn = vpnIn(lane, key);
    const vma = vpn === undefined ? undefined : lane.vmaAt(key.mm, vpn);
    if (
      vma === undefined ||
      vma.vm_flags !== first.vm_flags ||
      vma.vm_flags_hi !== first.vm_flags_hi ||
      vma.pages !== first.pages
    )
      return false;
    if (
      vpn! - vma.vm_start !== at! - first.vm_start ||
      !samePlace(lanes[0]!, first.vm_start, lane, vma.vm_start, key.mm)
    )
      return false;
    if (vma.vm_pgoff === first.vm_pgoff) continue;
    if (vma.vm_file !== null || first.vm_file !== null) return false;
    if (!samePlace(lanes[0]!, first.vm_pgoff, lane, vma.vm_pgoff, key.mm)) return false;
  }
  return true;
}

/** Two numbers of pages in two lanes are those of the same page of the same mapping. */
function samePlace(left: Lane, a: number, right: Lane, b: number, mm: number): boolean {
  const here = left.placesOf(mm).find(a);
  const there = right.placesOf(mm).find(b);
  return here !== undefined && there !== undefined && here.id === there.id && a - here.base === b - there.base;
}

function compareVma(scene: Scene, key: PageKey, thing: string): void {
  const { lanes, drafts, open } = scene;
  const vmas = lanes.map((lane) => {
    const vpn = vpnIn(lane, key);
    return vpn === undefined ? undefined : lane.vmaAt(key.mm, vpn);
  });
  const what = `VMA of ${pageName(scene, key)}`;
  const still = new Set<string>();
  const add = (aspect: string, values: readonly (string | number)[], kind: PartKind = 'vma'): void => {
    if (same(values)) return;
    drafts.add(kind, thing, what, aspect, values.map(String), key);
    still.add(aspect);
  };
  add(
    'exists',
    vmas.map((vma) => (vma === undefined ? 'no' : 'yes')),
  );
  if (vmas.every((vma) => vma !== undefined)) {
    add(
      'first page',
      vmas.map((vma, l) => pageName(scene, pageKey(lanes[l]!, key.mm, vma.vm_start))),
    );
    add(
      'pages',
      vmas.map((vma) => vma.pages),
    );
    add(
      'vm_flags',
      vmas.map((vma) => flagNames(vm_flags_wide(vma.vm_flags & ~VM_ARCH_1, vma.vm_flags_hi))),
    );
    add(
      'architecture flag',
      vmas.map((vma, l) => flagNames(vma.vm_flags & VM_ARCH_1, lanes[l]!.k) || 'none'),
      'architecture',
    );
    if (!same(vmas.map((vma) => vma.vm_pgoff)))
      add(
        'vm_pgoff',
        vmas.map((vma, l) => pgoffText(scene, lanes[l]!, vma)),
      );
  }
  open.settle(thing, still, key);
}

/** vm_pgoff as what it means: a frame's pfn, an address, or a number. */
function pgoffText(scene: Scene, lane: Lane, vma: Vma): string {
  if (vma.vm_file === null) {
    const piece = lane.placesOf(vma.mm.id).find(vma.vm_pgoff);
    if (piece !== undefined) return `${scene.mappingName(piece.id)}[${vma.vm_pgoff - piece.base}]`;
    return vma.vm_pgoff === vma.vm_start ? 'its address' : `its address + ${vma.vm_pgoff - vma.vm_start}`;
  }
  const { spec } = lane.k.machine;
  let label = '';
  let start = -1;
  for (const [name, pfn] of Object.entries(spec.frames)) {
    if (pfn <= vma.vm_pgoff && pfn > start) {
      label = name;
      start = pfn;
    }
  }
  const offset = vma.vm_pgoff - start;
  return start >= 0 && offset < 4096 ? `pfn of ${label}${offset === 0 ? '' : ` + ${offset}`}` : String(vma.vm_pgoff);
}
