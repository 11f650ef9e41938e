/** VMAs that an event changed, lane beside lane. */
import { flagNames } from '../explain/names.js';
import { VM_ARCH_1 } from '../mm/vm-flags.js';
import type { Vma } from '../mm/vma.js';
import type { PartKind } from './divergence.js';
import { same } from './draft.js';
import type { Lane } from './lane.js';
import { type PageKey, pageKey, pageName, type Scene, vpnIn } from './scene.js';

/** VMAs that changed, came or went: what begins where they begin. */
export function compareVmas(scene: Scene): void {
  const seen = new Set<string>();
  for (const lane of scene.lanes) {
    for (const vma of lane.touched.vmas) {
      // a VMA that was made and dropped again within the event has no place
      if (vma.vm_end <= vma.vm_start) continue;
      const key = pageKey(lane, vma.mm.id, vma.vm_start);
      const thing = `vma ${key.mm}/${key.id}/${key.page}`;
      if (seen.has(thing)) continue;
      seen.add(thing);
      compareVma(scene, key, thing);
    }
  }
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
    drafts.add(kind, thing, what, aspect, values.map(String));
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
      vmas.map((vma) => flagNames(vma.vm_flags & ~VM_ARCH_1)),
    );
    add(
      'architecture flag',
      vmas.map((vma) => flagNames(vma.vm_flags & VM_ARCH_1) || 'none'),
      'architecture',
    );
    if (!same(vmas.map((vma) => vma.vm_pgoff)))
      add(
        'vm_pgoff',
        vmas.map((vma, l) => pgoffText(scene, lanes[l]!, vma)),
      );
  }
  open.settle(thing, still);
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
