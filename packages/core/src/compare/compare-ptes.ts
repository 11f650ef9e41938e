// SPDX-License-Identifier: GPL-2.0-or-later
/** Page table entries that an event touched, lane beside lane: each by its first page. */
import { frameLabel } from '../explain/names.js';
import { decidingFunction } from '../kernel/pte/normal-page.js';
import { PMD, PUD } from '../mm/level.js';
import type { PartKind } from './divergence.js';
import { ENTRY } from './gathered.js';
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

/** Beside the bits of codes: the lanes map other frames. */
const OTHER_FRAME = 1 << 30;
/** For a lane that has no such page. */
const NOWHERE = -1;

const noState = (): PteState => ({ code: 0, pfn: -1 });

export class PteComparer {
  private readonly states: PteState[];
  /** Where the page that is being compared is, a lane each. */
  private readonly vpns: number[] = [];
  private readonly seen = new SeenPages();

  constructor(private readonly scene: Scene) {
    this.states = scene.lanes.map(noState);
  }

  /** Every PTE that the event wrote in some lane. */
  touched(): void {
    const { lanes } = this.scene;
    const first = lanes[0]!;
    this.seen.clear();
    if (this.allTouchedAlike(first)) return;
    for (let l = 0; l < lanes.length; l++) {
      const lane = lanes[l]!;
      const { mm, vpn, ptes } = lane.touched;
      for (let i = 0; i < ptes; i++) {
        if (l > 0 && touchedAlike(first, lane, i)) continue;
        this.compare(pageKey(lane, mm[i]!, vpn[i]!));
      }
    }
  }

  /**
   * The usual case: every lane wrote the same pages in the same order, so that they need not be looked for. False where
   * that is not so; nothing has been compared then.
   */
  private allTouchedAlike(first: Lane): boolean {
    const { lanes, open } = this.scene;
    const { ptes } = first.touched;
    const here = first.gathered.entries;
    const end = ptes * ENTRY.size;
    let alike = true;
    for (let l = 0; l < lanes.length; l++) {
      const lane = lanes[l]!;
      if (lane.touched.ptes !== ptes) return false;
      const there = lane.gathered.entries;
      for (let at = 0; at < end; at += ENTRY.size) {
        if (there[at] !== here[at] || there[at + ENTRY.id]! < 0 || there[at + ENTRY.id] !== here[at + ENTRY.id])
          return false;
        if (there[at + ENTRY.page] !== here[at + ENTRY.page]) return false;
        if (there[at + ENTRY.code] !== here[at + ENTRY.code] || there[at + ENTRY.pfn] !== here[at + ENTRY.pfn])
          alike = false;
      }
    }
    for (let at = 0; at < end; at += ENTRY.size) {
      const mm = here[at]!;
      const id = here[at + ENTRY.id]!;
      const page = here[at + ENTRY.page]!;
      const differ = alike ? 0 : this.takeAll(at);
      if (differ === 0 && !open.mayDifferAt(mm, id, page)) continue;
      const key = { mm, id, page };
      if (this.seen.first(key)) this.judge(key, differ);
    }
    return true;
  }

  /** What all lanes have gathered of the entry at `at`; returns what `readAll` does. */
  private takeAll(at: number): number {
    const { lanes } = this.scene;
    const { states } = this;
    let differ = 0;
    for (let l = 0; l < lanes.length; l++) {
      const { entries } = lanes[l]!.gathered;
      const state = states[l]!;
      state.code = entries[at + ENTRY.code]!;
      state.pfn = entries[at + ENTRY.pfn]!;
      differ |= this.differsAt(l);
    }
    return differ;
  }

  /** Once for each page and event: `touched` begins the event. */
  compare(key: PageKey): void {
    if (!this.seen.first(key)) return;
    const { lanes, open } = this.scene;
    const { vpns } = this;
    for (let l = 0; l < lanes.length; l++) vpns[l] = vpnIn(lanes[l]!, key) ?? NOWHERE;
    const differ = this.readAll(key.mm, vpns);
    if (differ === 0 && !open.mayDiffer(key)) return;
    this.judge(key, differ);
  }

  /** Reads what maps the pages; returns in which bits of their codes lanes differ, and OTHER_FRAME. */
  private readAll(mm: number, vpns: readonly number[]): number {
    const { lanes } = this.scene;
    const { states } = this;
    let differ = 0;
    for (let l = 0; l < lanes.length; l++) {
      const state = states[l]!;
      if (vpns[l] === NOWHERE) {
        state.code = 0;
        state.pfn = -1;
      } else {
        lanes[l]!.readPte(mm, vpns[l]!, state);
      }
      differ |= this.differsAt(l);
    }
    return differ;
  }

  /** How the state of a lane differs from that of the first. */
  private differsAt(l: number): number {
    const first = this.states[0]!;
    const state = this.states[l]!;
    const differ = state.code ^ first.code;
    return state.pfn !== first.pfn && this.frameOf(l) !== this.frameOf(0) ? differ | OTHER_FRAME : differ;
  }

  /** Tells of what differs of a page that was read. */
  private judge(key: PageKey, differ: number): void {
    const { open, drafts } = this.scene;
    const thing = pteThing(key);
    if (differ === 0) open.settle(thing, null, key);
    else if (drafts.first(thing)) this.report(key, thing, differ, (differ & OTHER_FRAME) !== 0);
  }

  /** Identity of the frame that a lane maps; -1 for none. */
  private frameOf(l: number): number {
    const { pfn } = this.states[l]!;
    const lane = this.scene.lanes[l]!;
    return pfn < 0 ? -1 : lane.identityOf(pfn);
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
