// SPDX-License-Identifier: GPL-2.0-or-later
/** Page table entries that an event touched, lane beside lane: each by its first page. */
import { frameLabel } from '../explain/names.js';
import { decidingFunction } from '../kernel/pte/normal-page.js';
import { PMD, PUD } from '../mm/level.js';
import type { PartKind } from './divergence.js';
import {
  type Lane,
  PTE_BAD,
  PTE_DECISION,
  PTE_DIRTY,
  PTE_LEVEL,
  PTE_NULL,
  PTE_PMD,
  PTE_PRESENT,
  PTE_STRAY,
  PTE_SWAP,
  PTE_TYPE,
  PTE_WRITE,
  PTE_YOUNG,
  type PteState,
  typeOf,
} from './lane.js';
import { type PageKey, pteThing } from './page-key.js';
import { pageKey, pageName, type Scene, touchedAlike, vpnIn } from './scene.js';
import { SeenPages } from './seen-pages.js';

const noState = (): PteState => ({ code: 0, pfn: -1 });

export class PteComparer {
  private readonly states: PteState[];
  private readonly seen = new SeenPages();

  constructor(private readonly scene: Scene) {
    this.states = scene.lanes.map(noState);
  }

  /** Every PTE that the event wrote in some lane. */
  touched(): void {
    const { lanes } = this.scene;
    const first = lanes[0]!;
    this.seen.clear();
    for (let l = 0; l < lanes.length; l++) {
      const lane = lanes[l]!;
      const { mm, vpn, ptes } = lane.touched;
      for (let i = 0; i < ptes; i++) {
        if (l > 0 && touchedAlike(first, lane, i)) continue;
        this.compare(pageKey(lane, mm[i]!, vpn[i]!));
      }
    }
  }

  /** Once for each page and event: `touched` begins the event. */
  compare(key: PageKey): void {
    if (!this.seen.first(key)) return;
    const { lanes, open, drafts } = this.scene;
    const { states } = this;
    let differ = 0;
    let frames = false;
    for (let l = 0; l < lanes.length; l++) {
      const state = states[l]!;
      const vpn = vpnIn(lanes[l]!, key);
      if (vpn === undefined) {
        state.code = 0;
        state.pfn = -1;
      } else {
        lanes[l]!.readPte(key.mm, vpn, state);
      }
      differ |= state.code ^ states[0]!.code;
      if (state.pfn !== states[0]!.pfn && this.frameOf(l) !== this.frameOf(0)) frames = true;
    }
    const agree = differ === 0 && !frames;
    if (agree && !open.mayDiffer(key)) return;
    const thing = pteThing(key);
    if (agree) {
      open.settle(thing, null, key);
      return;
    }
    if (!drafts.first(thing)) return;
    this.report(key, thing, differ, frames);
  }

  /** Identity of the frame that a lane maps; -1 for none. */
  private frameOf(l: number): number {
    const { pfn } = this.states[l]!;
    const lane = this.scene.lanes[l]!;
    return pfn < 0 ? -1 : lane.ids.of(lane.k, pfn);
  }

  private report(key: PageKey, thing: string, differ: number, frames: boolean): void {
    const { lanes, drafts, open } = this.scene;
    const { states } = this;
    const what = pageName(this.scene, key);
    const still = new Set<string>();
    const add = (kind: PartKind, aspect: string, value: (s: PteState, lane: Lane) => string): void => {
      still.add(aspect);
      drafts.add(
        kind,
        thing,
        what,
        aspect,
        states.map((s, l) => value(s, lanes[l]!)),
        key,
      );
    };
    const mapped = PTE_PRESENT | PTE_SWAP;
    const otherwiseMapped = (differ & mapped) !== 0;
    if (otherwiseMapped) add('pte', 'mapped', mappedText);
    else if (frames) add('pte', 'frame', (s, lane) => frameLabel(lane.k, s.pfn));
    if ((differ & PTE_DECISION) !== 0 && states.every((s) => (s.code & PTE_PRESENT) !== 0)) {
      add('decision', 'vm_normal_page', (s) => decisionText(s.code));
    }
    if (!otherwiseMapped && (differ & PTE_LEVEL) !== 0) add('pte', 'level', levelText);
    if (!otherwiseMapped && (differ & PTE_WRITE) !== 0) {
      add('pte', 'write', (s) => ((s.code & PTE_WRITE) !== 0 ? 'writable' : 'read-only'));
    }
    if (!otherwiseMapped && (differ & PTE_TYPE) !== 0) add('pte', 'memory type', (s) => typeOf(s.code));
    if (!otherwiseMapped && (differ & (PTE_DIRTY | PTE_YOUNG)) !== 0) {
      add(
        'accessed-dirty',
        'young and dirty',
        (s) => `${(s.code & PTE_YOUNG) !== 0 ? 'young' : 'old'}, ${(s.code & PTE_DIRTY) !== 0 ? 'dirty' : 'clean'}`,
      );
    }
    open.settle(thing, still, key);
  }
}

function levelText(s: PteState): string {
  if ((s.code & PTE_LEVEL) === 0) return 'PTE';
  return (s.code & PTE_PMD) !== 0 ? 'PMD' : 'PUD';
}

function mappedText(s: PteState, lane: Lane): string {
  if ((s.code & PTE_SWAP) !== 0) return 'swapped out';
  if ((s.code & PTE_PRESENT) === 0) return 'empty';
  const frame = frameLabel(lane.k, s.pfn);
  if ((s.code & PTE_LEVEL) === 0) return `${frame}, ${decisionText(s.code)}`;
  // an entry that no function of the kernel asks about counts as NULL, so as not to part for that alone
  const asked = decidingFunction(lane.k, (s.code & PTE_PMD) !== 0 ? PMD : PUD) !== null;
  return `${frame}, ${asked ? decisionText(s.code) : 'no function asks'}`;
}

export function decisionText(code: number): string {
  if ((code & PTE_STRAY) !== 0) return 'outside of every VMA';
  if ((code & PTE_BAD) !== 0) return 'bad page map';
  return (code & PTE_NULL) !== 0 ? 'NULL' : 'a page';
}
