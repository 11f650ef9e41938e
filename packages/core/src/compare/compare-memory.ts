/** PTEs, frames, counters and VMAs that an event touched, lane beside lane. */
import { flagNames, frameLabel, pageFlagNames } from '../explain/names.js';
import { F, PG } from '../machine/frame-table.js';
import { MM_COUNTER_NAMES } from '../mm/rss.js';
import { VM_ARCH_1 } from '../mm/vm-flags.js';
import type { Vma } from '../mm/vma.js';
import { type Drafts, same } from './draft.js';
import {
  type Lane,
  PTE_BAD,
  PTE_DECISION,
  PTE_DIRTY,
  PTE_NULL,
  PTE_PRESENT,
  PTE_STRAY,
  PTE_SWAP,
  PTE_WRITE,
  PTE_YOUNG,
  type PteState,
} from './lane.js';
import type { OpenDifferences } from './open-differences.js';

/** A page of a mapping in an address space: the same in every lane. */
export interface PageKey {
  readonly mm: number;
  /** The event that made the mapping; -1: none did, `page` counts lane 0's pages from address 0. */
  readonly id: number;
  readonly page: number;
}

export const pteThing = (key: PageKey): string => `pte ${key.mm}/${key.id}/${key.page}`;
export const pageOf = (key: PageKey): string => `${key.id}/${key.page}`;
export const frameThing = (identity: number): string => `frame ${identity}`;

const MAJOR_FLAGS = PG.anon | PG.anon_exclusive | PG.reserved | PG.swapcache | PG.mlocked | PG.unevictable;
const MINOR_FLAGS = PG.dirty | PG.referenced | PG.active;

/** What the comparison of memory needs of the comparison it belongs to. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly drafts: Drafts;
  readonly open: OpenDifferences;
  /** Antecedents: roots of things that this event touched and that differed before. */
  readonly touchedRoots: number[];
  /** `ring` for the mapping that an event made. */
  mappingName(id: number): string;
}

export function pageKey(lane: Lane, mm: number, vpn: number): PageKey {
  const piece = lane.placesOf(mm).find(vpn);
  if (piece === undefined) return { mm, id: -1, page: vpn * lane.k.arch.page.size };
  return { mm, id: piece.id, page: vpn - piece.base };
}

/** Where the page is in a lane; undefined when the lane has no such mapping. */
export function vpnIn(lane: Lane, key: PageKey): number | undefined {
  if (key.id < 0) return Math.floor(key.page / lane.k.arch.page.size);
  return lane.places.get(key.mm)?.vpn(key.id, key.page);
}

export function pageName(scene: Pick<Scene, 'mappingName'>, key: PageKey): string {
  const place = key.id < 0 ? `0x${key.page.toString(16)}` : `${scene.mappingName(key.id)}[${key.page}]`;
  return key.mm === 0 ? place : `mm ${key.mm} ${place}`;
}

const noState = (): PteState => ({ code: 0, frame: -1, pfn: -1 });

export class PteComparer {
  private readonly states: PteState[];

  constructor(private readonly scene: Scene) {
    this.states = scene.lanes.map(noState);
  }

  /** Every PTE that the event wrote in some lane. */
  touched(): void {
    const { lanes } = this.scene;
    const first = lanes[0]!;
    for (const [l, lane] of lanes.entries()) {
      const { mm, vpn } = lane.touched;
      for (let i = 0; i < vpn.length; i++) {
        if (l > 0 && this.sameAsFirst(first, lane, i)) continue;
        this.compare(pageKey(lane, mm[i]!, vpn[i]!));
      }
    }
  }

  /** The i-th write of a lane was to the same page as the i-th of the first lane: compared already. */
  private sameAsFirst(first: Lane, lane: Lane, i: number): boolean {
    const mm = lane.touched.mm[i]!;
    if (first.touched.mm[i] !== mm) return false;
    const here = lane.placesOf(mm).find(lane.touched.vpn[i]!);
    const there = first.placesOf(mm).find(first.touched.vpn[i]!);
    if (here === undefined || there === undefined) return false;
    return here.id === there.id && lane.touched.vpn[i]! - here.base === first.touched.vpn[i]! - there.base;
  }

  compare(key: PageKey): void {
    const { lanes, open, drafts, touchedRoots } = this.scene;
    const { states } = this;
    let differ = 0;
    let frames = false;
    for (let l = 0; l < lanes.length; l++) {
      const state = states[l]!;
      const vpn = vpnIn(lanes[l]!, key);
      if (vpn === undefined) {
        state.code = 0;
        state.frame = -1;
        state.pfn = -1;
      } else {
        lanes[l]!.readPte(key.mm, vpn, state);
      }
      differ |= state.code ^ states[0]!.code;
      if (state.frame !== states[0]!.frame && state.pfn !== states[0]!.pfn) frames = true;
    }
    if (differ === 0 && !frames && open.empty) return;
    const thing = pteThing(key);
    const root = open.root(thing);
    if (root >= 0) touchedRoots.push(root);
    if (differ === 0 && !frames) {
      open.settle(thing, null, pageOf(key));
      return;
    }
    if (!drafts.first(thing)) return;
    this.report(key, thing, differ, frames);
  }

  private report(key: PageKey, thing: string, differ: number, frames: boolean): void {
    const { lanes, drafts } = this.scene;
    const { states } = this;
    const what = pageName(this.scene, key);
    const page = pageOf(key);
    const each = (value: (s: PteState, lane: Lane) => string): string[] => states.map((s, l) => value(s, lanes[l]!));
    const mapped = PTE_PRESENT | PTE_SWAP;
    if ((differ & mapped) !== 0) {
      drafts.add('pte', thing, what, 'mapped', each(mappedText), { page });
    } else if (frames) {
      drafts.add(
        'pte',
        thing,
        what,
        'frame',
        each((s, lane) => frameLabel(lane.k, s.pfn)),
        { page },
      );
    }
    if ((differ & PTE_DECISION) !== 0 && states.every((s) => (s.code & PTE_PRESENT) !== 0)) {
      drafts.add(
        'decision',
        thing,
        what,
        'vm_normal_page',
        each((s) => decisionText(s.code)),
        { page },
      );
    }
    if ((differ & mapped) !== 0) return;
    if ((differ & PTE_WRITE) !== 0) {
      drafts.add(
        'pte',
        thing,
        what,
        'write',
        each((s) => ((s.code & PTE_WRITE) !== 0 ? 'writable' : 'read-only')),
        { page },
      );
    }
    if ((differ & (PTE_DIRTY | PTE_YOUNG)) !== 0) {
      const text = (s: PteState): string =>
        `${(s.code & PTE_YOUNG) !== 0 ? 'young' : 'old'}, ${(s.code & PTE_DIRTY) !== 0 ? 'dirty' : 'clean'}`;
      drafts.add('accessed-dirty', thing, what, 'young and dirty', each(text), { page, minor: true });
    }
  }
}

function mappedText(s: PteState, lane: Lane): string {
  if ((s.code & PTE_SWAP) !== 0) return 'swapped out';
  if ((s.code & PTE_PRESENT) === 0) return 'empty';
  return `${frameLabel(lane.k, s.pfn)}, ${decisionText(s.code)}`;
}

export function decisionText(code: number): string {
  if ((code & PTE_STRAY) !== 0) return 'outside of every VMA';
  if ((code & PTE_BAD) !== 0) return 'bad page map';
  return (code & PTE_NULL) !== 0 ? 'NULL' : 'a page';
}

/** Every frame that the event wrote to in some lane; `gone`: identities of pages that it freed. */
export function compareFrames(scene: Scene, gone: Iterable<number>): void {
  const identities = new Set(gone);
  for (const lane of scene.lanes)
    for (const pfn of lane.touched.frames.keys()) identities.add(lane.ids.of(lane.k, pfn));
  for (const identity of identities) compareFrame(scene, identity);
}

function compareFrame({ lanes, drafts, open, touchedRoots }: Scene, identity: number): void {
  const pfns = lanes.map((lane) => lane.ids.pfn(identity));
  const thing = frameThing(identity);
  if (!open.empty) {
    const root = open.root(thing);
    if (root >= 0) touchedRoots.push(root);
  }
  const still = new Set<string>();
  const known = pfns.findIndex((pfn) => pfn >= 0);
  if (known < 0) {
    open.settle(thing, null);
    return;
  }
  const label = frameLabel(lanes[known]!.k, pfns[known]!);
  const read = (field: number): (number | null)[] =>
    pfns.map((pfn, l) => (pfn < 0 ? null : lanes[l]!.k.frames.get(pfn, field)));
  const counts = read(F.count);
  if (!same(counts)) {
    drafts.add('reference', thing, label, 'count', counts);
    still.add('count');
  }
  if (pfns.every((pfn) => pfn >= 0)) {
    const mapcounts = read(F.mapcount);
    if (!same(mapcounts)) {
      drafts.add('mapcount', thing, label, 'mapcount', mapcounts);
      still.add('mapcount');
    }
    const flags = read(F.flags) as number[];
    flagDifference(drafts, still, thing, label, flags, MAJOR_FLAGS, 'flags');
    flagDifference(drafts, still, thing, label, flags, MINOR_FLAGS, 'activity');
    const content = read(F.content);
    if (!same(content) && !pfns.some((pfn, l) => lanes[l]!.k.machine.isUnbacked(pfn))) {
      drafts.add(
        'page',
        thing,
        label,
        'content',
        content.map((byte) => `0x${(byte ?? 0).toString(16)}`),
      );
      still.add('content');
    }
  }
  open.settle(thing, still);
}

function flagDifference(
  drafts: Drafts,
  still: Set<string>,
  thing: string,
  label: string,
  flags: readonly number[],
  mask: number,
  aspect: string,
): void {
  const masked = flags.map((f) => f & mask);
  if (same(masked)) return;
  drafts.add(
    'page',
    thing,
    label,
    aspect,
    masked.map((f) => pageFlagNames(f).join(' ') || 'none'),
    { minor: mask === MINOR_FLAGS },
  );
  still.add(aspect);
}

/** Counters of the address spaces in `mms`. */
export function compareRss({ lanes, drafts, open }: Scene, mms: Iterable<number>): void {
  for (const mm of mms) {
    const spaces = lanes.map((lane) => lane.k.mms.get(mm));
    const thing = `mm ${mm}`;
    if (!same(spaces.map((space) => space === undefined))) {
      drafts.add(
        'process',
        thing,
        thing,
        'exists',
        spaces.map((space) => (space === undefined ? 'no' : 'yes')),
      );
      continue;
    }
    open.settle(thing, null);
    if (spaces[0] === undefined) continue;
    for (const [counter, name] of MM_COUNTER_NAMES.entries()) {
      const values = spaces.map((space) => space!.rss[counter]!);
      const rss = `rss ${mm} ${counter}`;
      if (same(values)) open.settle(rss, null);
      else drafts.add('rss', rss, `${thing} ${name}`, 'pages', values);
    }
  }
}

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
  const add = (aspect: string, values: readonly (string | number)[], minor = false): void => {
    if (same(values)) return;
    drafts.add('vma', thing, what, aspect, values.map(String), { minor });
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
      vmas.map((vma) => flagNames(vma.vm_flags & VM_ARCH_1)),
      true,
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
