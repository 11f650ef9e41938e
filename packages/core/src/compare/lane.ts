// SPDX-License-Identifier: GPL-2.0-or-later
/** One architecture under one kernel profile, as a comparison drives it. */
import type { LogEvent } from '@specialbit/events';
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import type { CacheMode } from '../arch/layout.js';
import { DECISIONS } from '../explain/path.js';
import { LogReferenceError } from '../kernel/base/errors.js';
import type { Kernel, KernelOptions } from '../kernel/base/kernel.js';
import { newPte } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { decide, decideEntry } from '../kernel/pte/normal-page.js';
import { F } from '../machine/frame-table.js';
import { type HugeLevel, PMD, PTE } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import type { Mm, Vma } from '../mm/vma.js';
import { Player, type PlayerMark } from '../player.js';
import { watchFeatures } from '../profile/asked.js';
import { createWorld, kernelOptions, type LaneOptions } from '../world/create.js';
import type { World } from '../world/world.js';
import { type Births, FrameIdentities, type LabelNumbers } from './frame-identity.js';
import { Gathered } from './gathered.js';
import { Places } from './places.js';
import { TouchLog } from './touch-log.js';
import { watchArchitecture } from './watch-architecture.js';

/** A lane of a comparison. Names are unique: `arm`, or `arm (linux-6.1)`. */
export interface NamedLane {
  readonly name: string;
  readonly options: LaneOptions;
}

/** A moment of a lane that it can go back to. */
export interface LaneMark {
  readonly player: PlayerMark;
  readonly births: Births;
  readonly places: Map<number, Places>;
}

/** What maps a page, as comparisons see it; `code` is 0 for nothing. */
export interface PteState {
  code: number;
  /** The page's own frame; -1 when not present. */
  pfn: number;
}

export const PTE_PRESENT = 1;
export const PTE_SWAP = 2;
/** vm_normal_page() says: NULL; bad page map; or no VMA would ask. None of the three: a page. */
export const PTE_NULL = 4;
export const PTE_BAD = 8;
export const PTE_STRAY = 16;
export const PTE_DECISION = PTE_NULL | PTE_BAD | PTE_STRAY;
export const PTE_WRITE = 32;
export const PTE_DIRTY = 64;
export const PTE_YOUNG = 128;
/** An entry of a higher level maps the page. */
export const PTE_PMD = 256;
export const PTE_PUD = 512;
export const PTE_LEVEL = PTE_PMD | PTE_PUD;

/** The memory type of a PTE, where all lanes track such types: its place in CACHE_MODES. */
const PTE_TYPE_SHIFT = 10;
export const PTE_TYPE = 7 << PTE_TYPE_SHIFT;
const CACHE_MODES: readonly CacheMode[] = ['WB', 'WC', 'UC-', 'UC', 'WT', 'WP'];

/** `UC-`: the memory type that a PTE's code has. */
export function typeOf(code: number): CacheMode {
  return CACHE_MODES[(code & PTE_TYPE) >> PTE_TYPE_SHIFT]!;
}

const VERDICT_CODES = { page: 0, NULL: PTE_NULL, 'bad page map': PTE_BAD } as const;

/** What a lane starts from. */
interface Start {
  readonly options: KernelOptions;
  readonly world: World;
}

/** A lane is played from the start and forked again and again: what is made of its options is made once. */
const starts = new WeakMap<LaneOptions, Start>();

function startOf(lane: LaneOptions): Start {
  let start = starts.get(lane);
  if (start === undefined) {
    start = { options: kernelOptions(lane), world: createWorld(lane) };
    starts.set(lane, start);
  }
  return start;
}

export class Lane {
  readonly name: string;
  readonly options: KernelOptions;
  readonly touched = new TouchLog();
  /** What was read of it after the last event. */
  readonly gathered = new Gathered();
  private readonly state: PteState = { code: 0, pfn: -1 };
  readonly ids: FrameIdentities;
  places = new Map<number, Places>();
  /** A mark has them: they are forked before they change, which few events of a search do. */
  private placesKept = false;
  /** What the last event's mechanisms asked for: kernel features, facts of the architecture, `pte_special`. */
  readonly asked = new Set<string>();
  /** Of the last event; null where it names what this lane does not have. */
  outcome: Outcome | null = null;
  unresolved: LogReferenceError | null = null;
  /** Memory types of entries are told apart: every lane has a page attribute table. */
  typed = false;
  private readonly player: Player;
  /** What was looked up last since the last event. */
  private seenMm: Mm | null = null;
  private seenVma: Vma | null = null;
  private seenPlaces: Places | null = null;
  private seenPlacesOf = -1;
  private readonly scratch: Pte = newPte();

  /** `watch`: note what is asked for. `from`: the lane that this one goes on from, in the same state. */
  constructor(lane: NamedLane, labels: LabelNumbers, watch: boolean, from?: Lane) {
    this.name = lane.name;
    const { options, world: first } = startOf(lane.options);
    this.options = watch ? { ...options, arch: watchArchitecture(options.arch, this.asked) } : options;
    const world = from === undefined ? first : from.commit();
    this.player = new Player(this.options, world, { recorder: this.touched });
    if (watch) this.k.feature = watchFeatures(this.options.profile, this.asked);
    if (from === undefined) {
      this.ids = new FrameIdentities(this.options.machine, labels);
      for (const id of this.k.mms.keys()) this.places.set(id, new Places());
    } else {
      this.ids = from.ids.fork(this.options.machine);
      for (const [id, places] of from.places) this.places.set(id, places.fork());
    }
  }

  /** A lane that goes on from here as another architecture or kernel would, and leaves this one as it is. */
  fork(options: LaneOptions, labels: LabelNumbers, watch: boolean): Lane {
    return new Lane({ name: this.name, options }, labels, watch, this);
  }

  get k(): Kernel {
    return this.player.kernel;
  }

  /** The world now; costs what changed since the last one. */
  commit(): World {
    return this.player.world();
  }

  /** `since`: a mark that was made right before. */
  step(index: number, event: LogEvent, since?: LaneMark): void {
    this.seenMm = null;
    this.seenVma = null;
    if (this.asked.size > 0) this.asked.clear();
    this.outcome = null;
    this.unresolved = null;
    try {
      this.outcome = this.player.step(event, since?.player);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.unresolved = error;
      this.player.skip();
    }
    if (this.outcome !== null && this.outcome.crash === null) this.follow(index, event, this.outcome);
  }

  /** Reads what the event touched, for those that compare. */
  gather(): void {
    const { touched, gathered, state } = this;
    const { mm, vpn, ptes } = touched;
    gathered.shrink();
    for (let i = 0; i < ptes; i++) {
      const of = mm[i]!;
      const at = vpn[i]!;
      const piece = this.placesOf(of).find(at);
      if (piece === undefined) {
        gathered.entry(i, of, -1, -1, 0, -1);
        continue;
      }
      this.readPte(of, at, state);
      gathered.entry(i, of, piece.id, at - piece.base, state.code, state.pfn);
    }
    gathered.readFrames(touched, this.k.frames);
  }

  /** Lets an event pass that other lanes have. */
  pass(): void {
    this.seenMm = null;
    this.seenVma = null;
    this.outcome = null;
    this.unresolved = null;
    this.touched.clear();
    this.player.skip();
  }

  /** Remembers this moment, to go back to. Marks nest. */
  mark(): LaneMark {
    this.placesKept = true;
    return { player: this.player.mark(), births: this.ids.mark(), places: this.places };
  }

  /** Did anything change in the kernel since a mark? */
  changedSince({ player }: LaneMark): boolean {
    return this.k.journal.changedSince(player.checkpoint.mark);
  }

  /** Goes back to a mark, and ends it and those within it. */
  back({ player, births, places }: LaneMark): void {
    this.player.back(player);
    this.ids.back(births);
    if (this.places !== places) {
      this.places = places;
      this.seenPlaces = null;
    }
    // a mark around this one may have them as well
    this.placesKept = true;
    this.outcome = null;
    this.unresolved = null;
    this.seenMm = null;
    this.seenVma = null;
  }

  /** Keeps track of where mappings are. */
  private follow(index: number, event: LogEvent, outcome: Outcome): void {
    const { k } = this;
    switch (event.type) {
      case 'fork': {
        const child = k.mms.get(event.child);
        if (child === undefined) return;
        this.ownPlaces();
        this.places.set(event.child, this.placesOf(event.mm).fork());
        this.seenPlaces = null;
        return;
      }
      case 'exit':
        this.ownPlaces();
        this.places.delete(event.mm);
        this.seenPlaces = null;
        return;
      case 'execve':
        this.ownPlaces();
        this.places.set(event.mm, new Places());
        this.seenPlaces = null;
        return;
      case 'mmap':
      case 'mmap.begin':
      case 'map_vma':
        if (outcome.mapped < 0) return;
        this.ownPlaces();
        this.placesOf(event.mm).place(index, outcome.mapped, event.pages);
        return;
      case 'mremap': {
        if (outcome.mapped < 0) return;
        this.ownPlaces();
        const places = this.placesOf(event.mm);
        const known = places.find(outcome.mapped);
        const inPlace = known !== undefined && this.vpnOf(event.mm, event.at) === outcome.mapped;
        if (inPlace) places.grow(outcome.mapped, event.new_pages, index);
        else places.place(index, outcome.mapped, event.new_pages);
        return;
      }
    }
  }

  /** Before places change: a mark keeps those that it has. */
  private ownPlaces(): void {
    if (!this.placesKept) return;
    this.placesKept = false;
    const kept = this.places;
    this.places = new Map();
    for (const [id, of] of kept) this.places.set(id, of.fork());
    this.seenPlaces = null;
  }

  /** Which frame it is: the same number for the same frame of another lane. */
  identityOf(pfn: number): number {
    return this.ids.of(pfn, this.k.frames.get(pfn, F.seq));
  }

  /** An address space, between two events. */
  private mmOf(mm: number): Mm | undefined {
    if (this.seenMm?.id === mm) return this.seenMm;
    const found = this.k.mms.get(mm);
    if (found !== undefined) this.seenMm = found;
    return found;
  }

  placesOf(mm: number): Places {
    if (this.seenPlaces !== null && this.seenPlacesOf === mm) return this.seenPlaces;
    let places = this.places.get(mm);
    if (places === undefined) {
      places = new Places();
      this.places.set(mm, places);
    }
    this.seenPlaces = places;
    this.seenPlacesOf = mm;
    return places;
  }

  /** Where a place of an event is now; -1 when this lane does not know it. */
  vpnOf(mm: number, at: { readonly label: string; readonly page: number } | { readonly addr: number }): number {
    if ('addr' in at) return Math.floor(at.addr / this.k.arch.page.size);
    const start = this.k.mms.get(mm)?.startOf(at.label);
    return start === undefined ? -1 : start + at.page;
  }

  /** Kernel.vmaAt, which remembers the last one: the entries of an event lie beside each other. */
  vmaAt(mm: number, vpn: number): Vma | undefined {
    const { seenVma } = this;
    if (seenVma !== null && seenVma.mm.id === mm && vpn >= seenVma.vm_start && vpn < seenVma.vm_end) return seenVma;
    const found = this.k.vmaAt(mm, vpn);
    // one that is not linked yet may have another in front of it
    if (found !== undefined && this.k.opened.get(mm)?.vma !== found) this.seenVma = found;
    return found;
  }

  /** Reads what maps a page, of whatever level, into `state`. */
  readPte(mm: number, vpn: number, state: PteState): void {
    const space = this.mmOf(mm);
    state.code = 0;
    state.pfn = -1;
    if (space === undefined) return;
    const level = space.pt.lookup(vpn, this.scratch);
    if (level === PTE) this.decode(this.scratch, mm, vpn, state);
    else this.decodeHuge(this.scratch, level, mm, vpn, state);
  }

  /** The part of a huge entry that maps a page. */
  private decodeHuge(p: Pte, level: HugeLevel, mm: number, vpn: number, state: PteState): void {
    const codec = codecOf(this.k.arch, level) as HugeCodec;
    const vma = this.vmaAt(mm, vpn);
    const first = vpn - (vpn % codec.pages);
    let code = PTE_PRESENT | (level === PMD ? PTE_PMD : PTE_PUD);
    if (codec.write(p)) code |= PTE_WRITE;
    if (codec.dirty(p)) code |= PTE_DIRTY;
    if (codec.young(p)) code |= PTE_YOUNG;
    const decision = vma === undefined ? null : decideEntry(this.k, vma, first, level, p);
    if (vma === undefined) code |= PTE_STRAY;
    // no function that would ask: whoever meets it takes it for bare frames
    else code |= decision === null ? PTE_NULL : VERDICT_CODES[DECISIONS[decision].verdict];
    state.code = code;
    state.pfn = codec.pfn(p) + (vpn - first);
  }

  /** Decodes an entry as the PTE of a page. */
  decode(p: Pte, mm: number, vpn: number, state: PteState, vma = this.vmaAt(mm, vpn)): void {
    const { k } = this;
    const { pte } = k;
    state.code = 0;
    state.pfn = -1;
    if (pte.none(p)) return;
    if (!pte.present(p)) {
      state.code = PTE_SWAP;
      return;
    }
    let code = PTE_PRESENT;
    if (pte.write(p)) code |= PTE_WRITE;
    if (pte.dirty(p)) code |= PTE_DIRTY;
    if (pte.young(p)) code |= PTE_YOUNG;
    if (this.typed) code |= CACHE_MODES.indexOf(pte.cachemode(p)) << PTE_TYPE_SHIFT;
    code |= vma === undefined ? PTE_STRAY : VERDICT_CODES[DECISIONS[decide(k, vma, vpn, p)].verdict];
    state.code = code;
    state.pfn = pte.pfn(p);
  }
}
