/** Several lanes in lockstep over the same events; looks only at what each event touched. */
import type { LogEvent } from '@specialbit/events';
import type { Kernel } from '../kernel/kernel.js';
import type { Outcome } from '../kernel/outcome.js';
import { F } from '../machine/frame-table.js';
import type { Vma } from '../mm/vma.js';
import { EventError } from '../timeline/event-error.js';
import type { World } from '../world/world.js';
import { explainParting } from './cause.js';
import { compareFrames, compareRss, compareVmas, PteComparer, pageKey, type Scene } from './compare-memory.js';
import { compareOutcomes } from './compare-outcomes.js';
import { type Divergence, gravest } from './divergence.js';
import { type Draft, Drafts } from './draft.js';
import { birthIdentity, LabelNumbers } from './frame-identity.js';
import { Lane, type NamedLane } from './lane.js';
import { OpenDifferences } from './open-differences.js';

export interface ComparisonOptions {
  /** Young and dirty bits, and what the special bit alone shows, count as parting. */
  readonly strict?: boolean;
  /** How many divergences are kept (those that only follow are dropped first); all are counted. 10,000 by default. */
  readonly keep?: number;
}

/** What happened at one event. */
export interface ComparedStep {
  readonly index: number;
  readonly event: LogEvent;
  /** One a lane; null where the event names what that lane does not have. */
  readonly outcomes: readonly (Outcome | null)[];
  /** Empty while the lanes agree. */
  readonly divergences: readonly Divergence[];
}

export class Comparison {
  /** In the order of events; at most `keep`. */
  readonly divergences: Divergence[] = [];
  /** Divergences so far that count as parting, kept or not; and those that only hardware's records make. */
  count = 0;
  minorCount = 0;
  private readonly lanes: readonly Lane[];
  private readonly open = new OpenDifferences();
  private readonly mappings = new Map<number, string>();
  private readonly labels = new LabelNumbers();
  private readonly seenMinor = new Set<string>();
  /** What was last known of a VMA: a decision depends on its flags and vm_pgoff. */
  private readonly known = new WeakMap<Vma, { vm_flags: number; vm_pgoff: number }>();
  private readonly keep: number;
  private index = 0;

  constructor(
    lanes: readonly NamedLane[],
    private readonly options: ComparisonOptions = {},
  ) {
    if (lanes.length === 0) throw new RangeError('a comparison needs a lane');
    this.keep = options.keep ?? 10_000;
    this.lanes = lanes.map((lane) => new Lane(lane, this.labels));
    this.bear(-1, new Set());
  }

  /** Events compared so far. */
  get length(): number {
    return this.index;
  }

  get laneNames(): readonly string[] {
    return this.lanes.map((lane) => lane.name);
  }

  /** The running kernels, to be looked at and not kept. */
  get kernels(): readonly Kernel[] {
    return this.lanes.map((lane) => lane.k);
  }

  /** The worlds now, one a lane. */
  worlds(): World[] {
    return this.lanes.map((lane) => lane.commit());
  }

  /** The divergences that do not follow from an earlier one. */
  get roots(): readonly Divergence[] {
    return this.divergences.filter((d, i) => d.root === i && !d.minor);
  }

  get parted(): boolean {
    return this.count > 0;
  }

  /** One line: where the lanes first part, and how. */
  verdict(): string {
    const first = this.divergences.find((d) => !d.minor);
    const events = this.index === 1 ? '1 event' : `${this.index} events`;
    if (first !== undefined) return `lanes first part at event ${first.number}: ${first.headline}`;
    const minor = this.minorCount > 0 ? `, but for ${this.minorCount} differences of young and dirty` : '';
    return `lanes agree over ${events}${minor}`;
  }

  /** Applies the next event in every lane. Throws EventError when no lane can carry it out. */
  step(event: LogEvent): ComparedStep {
    const index = this.index;
    for (const lane of this.lanes) lane.step(index, event);
    const lost = this.lanes[0]!.unresolved;
    if (lost !== null && this.lanes.every((lane) => lane.unresolved !== null)) throw new EventError(index, lost);
    this.index++;
    this.nameMapping(index, event);
    const gone = new Set<number>();
    this.bear(index, gone);
    const drafts = new Drafts(this.options.strict === true);
    const scene: Scene = {
      lanes: this.lanes,
      drafts,
      open: this.open,
      touchedRoots: [],
      mappingName: (id) => this.mappings.get(id) ?? `mapping@${id + 1}`,
    };
    compareOutcomes(this.lanes, event, drafts);
    const ptes = new PteComparer(scene);
    ptes.touched();
    this.reconsider(ptes);
    compareFrames(scene, gone);
    compareRss(scene, this.touchedMms(event));
    compareVmas(scene);
    const divergences = drafts.list.length === 0 ? [] : this.attribute(scene, index, event);
    return { index, event, outcomes: this.lanes.map((lane) => lane.outcome), divergences };
  }

  private nameMapping(index: number, event: LogEvent): void {
    if ('label' in event && event.label !== undefined) this.mappings.set(index, event.label);
  }

  /** Gives the pages that an event allocated their common identities. */
  private bear(index: number, gone: Set<number>): void {
    const born = this.lanes.map((lane) => {
      if (index < 0) return initialPages(lane);
      if (lane.touched.frames.size === 0) return [];
      const settled = lane.ids.settle(lane.k, lane.touched);
      for (const id of settled.gone) gone.add(id);
      return settled.newborn;
    });
    const labels = this.labels.names.length;
    const most = Math.max(...born.map((pages) => pages.length));
    if (most === 0) return;
    if (born.every((pages) => pages.length === most)) {
      for (const [l, lane] of this.lanes.entries()) {
        for (const [n, { pfn, seq }] of born[l]!.entries()) lane.ids.name(pfn, seq, birthIdentity(index, n, labels));
      }
      return;
    }
    // some lane allocated what another did not: by where the pages are mapped
    const places = new Map<string, number>();
    let next = 0;
    for (const [l, lane] of this.lanes.entries()) {
      const mapped = placesOfNewborn(lane, new Set(born[l]!.map(({ pfn }) => pfn)));
      for (const { pfn, seq } of born[l]!) {
        const place = mapped.get(pfn) ?? `lane ${l}: ${pfn}`;
        let n = places.get(place);
        if (n === undefined) {
          n = next++;
          places.set(place, n);
        }
        lane.ids.name(pfn, seq, birthIdentity(index, n, labels));
      }
    }
  }

  /** A driver that changes a VMA's flags or vm_pgoff changes decisions without touching a PTE. */
  private reconsider(ptes: PteComparer): void {
    for (const lane of this.lanes) {
      for (const vma of lane.touched.vmas) {
        const { vm_flags, vm_pgoff } = vma;
        const before = this.known.get(vma);
        this.known.set(vma, { vm_flags, vm_pgoff });
        if (before === undefined || (before.vm_flags === vm_flags && before.vm_pgoff === vm_pgoff)) continue;
        const mm = vma.mm.id;
        const p = { lo: 0, hi: 0 };
        lane.k.mms.get(mm)?.pt.forEach(vma.vm_start, vma.vm_end, p, (vpn) => ptes.compare(pageKey(lane, mm, vpn)));
      }
    }
  }

  private touchedMms(event: LogEvent): Set<number> {
    const mms = new Set<number>();
    if ('mm' in event) mms.add(event.mm);
    if (event.type === 'fork') mms.add(event.child);
    for (const { touched } of this.lanes) {
      let last = -1;
      for (const mm of touched.mm) {
        if (mm !== last) mms.add(mm);
        last = mm;
      }
    }
    return mms;
  }

  // ------------------------------------------------------------- roots

  private attribute(scene: Scene, index: number, event: LogEvent): Divergence[] {
    const major: Draft[] = [];
    const minor: Draft[] = [];
    for (const draft of scene.drafts.list) {
      if (draft.minor) minor.push(draft);
      else if (
        this.open.known(draft.thing, draft.part.aspect)?.signature !== draft.signature ||
        draft.thing === 'outcome'
      )
        major.push(draft);
    }
    const made: Divergence[] = [];
    if (major.length > 0) this.group(scene, index, event, major, made);
    const fresh = minor.filter((draft) => this.isNewMinor(draft));
    if (fresh.length > 0) {
      this.minorCount++;
      this.report(this.divergence(scene, index, event, fresh, this.divergences.length, true), made);
    }
    return made;
  }

  private isNewMinor(draft: Draft): boolean {
    const key = `${draft.thing} ${draft.part.aspect} ${draft.signature}`;
    if (this.seenMinor.has(key) || this.seenMinor.size > this.keep) return false;
    this.seenMinor.add(key);
    return true;
  }

  /** Parts by the root from which they follow; those that follow from nothing make a new root. */
  private group(scene: Scene, index: number, event: LogEvent, drafts: readonly Draft[], made: Divergence[]): void {
    const eventRoot = this.antecedent(scene, event);
    const introduces = event.type === 'mmap' || event.type === 'mmap.begin' || 'frame' in event;
    const rooted = new Map<number, Draft[]>();
    const fresh: Draft[] = [];
    const put = (root: number, draft: Draft): void => {
      const list = rooted.get(root);
      if (list === undefined) rooted.set(root, [draft]);
      else list.push(draft);
    };
    const follows: Draft[] = [];
    for (const draft of drafts) {
      const { kind } = draft.part;
      let root = draft.thing === 'outcome' ? -1 : this.open.root(draft.thing);
      if (root < 0 && draft.page !== undefined) root = this.open.pageRoot(draft.page);
      if (root >= 0) put(root, draft);
      else if (
        kind === 'pte' ||
        kind === 'decision' ||
        kind === 'reference' ||
        kind === 'mapcount' ||
        kind === 'page'
      ) {
        if (eventRoot >= 0 && !introduces) put(eventRoot, draft);
        else fresh.push(draft);
      } else follows.push(draft);
    }
    // counters, VMAs and what was returned go with what caused them in the same event
    const earliest = eventRoot >= 0 ? eventRoot : rooted.size > 0 ? Math.min(...rooted.keys()) : -1;
    for (const draft of follows) {
      if (fresh.length > 0 || earliest < 0) fresh.push(draft);
      else put(earliest, draft);
    }
    if (fresh.length > 0) {
      const root = this.divergences.length;
      this.remember(fresh, root, index);
      this.report(this.divergence(scene, index, event, fresh, root, false), made);
    }
    for (const [root, list] of rooted) {
      this.remember(list, root, index);
      this.report(this.divergence(scene, index, event, list, root, false), made);
    }
  }

  /** The earliest root among what the event names or touches. */
  private antecedent(scene: Scene, event: LogEvent): number {
    if (this.open.empty) return -1;
    const roots = [...scene.touchedRoots];
    if ('mm' in event) roots.push(this.open.root(`mm ${event.mm}`));
    if ('at' in event && 'mm' in event && event.at !== undefined) {
      const pages = 'pages' in event ? event.pages : 1;
      for (const lane of this.lanes) {
        const vpn = lane.vpnOf(event.mm, event.at);
        if (vpn < 0) {
          roots.push(...this.rootsOfLabel('label' in event.at ? event.at.label : ''));
          continue;
        }
        const key = pageKey(lane, event.mm, vpn);
        roots.push(this.open.earliestOfRange(key.id, key.page, pages));
      }
    }
    const found = roots.filter((root) => root >= 0);
    return found.length === 0 ? -1 : Math.min(...found);
  }

  /** A label that some lane does not know: the event that should have made it. */
  private rootsOfLabel(label: string): number[] {
    const roots: number[] = [];
    for (const [id, name] of this.mappings) if (name === label) roots.push(this.open.earliestOfRange(id, 0, 0));
    return roots;
  }

  private remember(drafts: readonly Draft[], root: number, index: number): void {
    for (const { thing, part, signature, page } of drafts) {
      if (thing === 'outcome') {
        // a mapping that only some lanes have
        if (part.aspect === 'return value' || part.kind === 'crash') this.open.openPage(`${index}/*`, root);
        continue;
      }
      this.open.open(thing, part.aspect, signature, root);
      if (page !== undefined) this.open.openPage(page, root);
    }
  }

  private divergence(
    scene: Scene,
    index: number,
    event: LogEvent,
    drafts: readonly Draft[],
    root: number,
    minor: boolean,
  ): Divergence {
    const parts = drafts.map((draft) => draft.part);
    const { cause, features, headline } = explainParting(scene, event, drafts);
    return { index, number: index + 1, event, kind: gravest(parts), parts, cause, features, headline, root, minor };
  }

  private report(divergence: Divergence, made: Divergence[]): void {
    if (!divergence.minor) this.count++;
    made.push(divergence);
    if (this.divergences.length < this.keep) this.divergences.push(divergence);
  }
}

/** Pages of files that are in the page cache from the start, in the order of their allocation. */
function initialPages(lane: Lane): { pfn: number; seq: number }[] {
  const pages: { pfn: number; seq: number }[] = [];
  for (const file of lane.k.files.values()) {
    for (const pfn of file.page_cache.values()) pages.push({ pfn, seq: lane.k.frames.get(pfn, F.seq) });
  }
  return pages.sort((a, b) => a.seq - b.seq);
}

/** Where each of the pages is mapped, or which page of a file it is. */
function placesOfNewborn(lane: Lane, pfns: ReadonlySet<number>): Map<number, string> {
  const { k, touched } = lane;
  const found = new Map<number, string>();
  const p = { lo: 0, hi: 0 };
  for (let i = 0; i < touched.vpn.length && found.size < pfns.size; i++) {
    const mm = touched.mm[i]!;
    const table = k.mms.get(mm)?.pt;
    if (table === undefined) continue;
    table.get(touched.vpn[i]!, p);
    if (!k.pte.present(p)) continue;
    const pfn = k.pte.pfn(p);
    if (!pfns.has(pfn) || found.has(pfn)) continue;
    const key = pageKey(lane, mm, touched.vpn[i]!);
    found.set(pfn, `${key.mm}/${key.id}/${key.page}`);
  }
  return found;
}
