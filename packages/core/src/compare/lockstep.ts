// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes in lockstep over the same events; looks only at what each event touched. */
import { type LogEvent, OutOfRange } from '@specialbit/events';
import type { LogReferenceError } from '../kernel/base/errors.js';
import { Journal, type JournalMark, type UndoFrames } from '../mm/journal.js';
import { JournaledMap } from '../mm/journaled-map.js';
import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../mm/vm-flags.js';
import type { Vma } from '../mm/vma.js';
import { EventError } from '../timeline/event-error.js';
import type { LaneOptions } from '../world/create.js';
import { nameNewborn } from './births.js';
import { compareFrames } from './compare-frames.js';
import { compareOutcomes, OUTCOME } from './compare-outcomes.js';
import { PteComparer } from './compare-ptes.js';
import { RssComparer } from './compare-rss.js';
import { compareVmas } from './compare-vmas.js';
import { type Draft, Drafts } from './draft.js';
import { birthOf, identityName, LabelNumbers } from './frame-identity.js';
import { Lane, type LaneMark, type NamedLane } from './lane.js';
import { OpenDifferences, type Thing } from './open-differences.js';
import { type KnownFrames, pageKey, type Scene } from './scene.js';
import { SeenFrames } from './seen-frames.js';
import { SeenPages } from './seen-pages.js';

/** A moment of lanes in lockstep that they can go back to. */
export interface LockstepMark {
  readonly lanes: readonly LaneMark[];
  readonly compared: JournalMark;
  readonly index: number;
}

/** The flags of a VMA that vm_normal_page() looks at, is_cow_mapping() included. */
const DECIDING_FLAGS = VM_PFNMAP | VM_MIXEDMAP | VM_SHARED | VM_MAYWRITE;
/** Frames are the lanes' own. */
const NO_FRAMES: UndoFrames = { undo: () => undefined };

export class Lockstep {
  readonly lanes: readonly Lane[];
  readonly scene: Scene;
  /** Of what is known of the lanes together; each has its own of what changes in its kernel. */
  private readonly journal = new Journal();
  private readonly open: OpenDifferences;
  private readonly knownFrames: KnownFrames;
  private readonly mappings: JournaledMap<number, string>;
  private readonly labels: LabelNumbers;
  /** Of one that goes on from another: VMAs whose entries were compared since. */
  private readonly known: WeakSet<Vma> | null;
  private readonly drafts: Drafts;
  /** Address spaces that the last event touched. */
  private readonly mms: number[] = [];
  private readonly ptes: PteComparer;
  private readonly rss: RssComparer;
  private index: number;

  /** `strict`: whatever is minor differs like everything else. `watch`: note what mechanisms ask for. `from`: what it goes on from. */
  constructor(
    private readonly options: readonly NamedLane[],
    private readonly strict: boolean,
    watch: boolean,
    from?: Lockstep,
  ) {
    if (options.length === 0) throw new OutOfRange('api.lanes', 'a comparison needs a lane');
    this.labels = from?.labels ?? new LabelNumbers();
    this.known = from === undefined ? null : new WeakSet();
    const { journal } = this;
    this.mappings = new JournaledMap(journal, undefined, from?.mappings);
    this.open = from?.open.fork(journal) ?? new OpenDifferences(journal);
    this.knownFrames = new JournaledMap(journal, undefined, from?.knownFrames);
    this.index = from?.index ?? 0;
    this.lanes = options.map((lane, l) =>
      from === undefined ? new Lane(lane, this.labels, watch) : from.lanes[l]!.fork(lane.options, this.labels, watch),
    );
    const typed = this.lanes.every(({ k }) => k.pat_enabled);
    for (const lane of this.lanes) lane.typed = typed;
    this.drafts = new Drafts(strict);
    this.scene = {
      lanes: this.lanes,
      drafts: this.drafts,
      open: this.open,
      knownFrames: this.knownFrames,
      frameNow: [],
      framePfns: [],
      seenFrames: new SeenFrames(),
      seenVmas: new SeenPages(),
      mappingName: (id) => this.mappings.get(id) ?? `mapping@${id + 1}`,
    };
    this.ptes = new PteComparer(this.scene);
    this.rss = new RssComparer(this.scene, journal, from?.rss);
    if (from === undefined) nameNewborn(this.lanes, this.labels, -1);
  }

  /** The same lanes in the same state, or some of them going on as others: `options` has one a lane. */
  fork(options: readonly LaneOptions[] = this.options.map((lane) => lane.options), watch = false): Lockstep {
    const named = options.map((lane, l) => ({ name: this.options[l]!.name, options: lane }));
    return new Lockstep(named, this.strict, watch, this);
  }

  /** Remembers this moment: events from here can be taken back, at the cost of what they touched. Marks nest. */
  mark(): LockstepMark {
    return { lanes: this.lanes.map((lane) => lane.mark()), compared: this.journal.begin(), index: this.index };
  }

  /** Goes back to a mark, and ends it and those within it. */
  back(mark: LockstepMark): void {
    for (let l = 0; l < this.lanes.length; l++) this.lanes[l]!.back(mark.lanes[l]!);
    this.journal.rollback(mark.compared, NO_FRAMES);
    this.index = mark.index;
    this.drafts.clear();
  }

  /** Events so far. */
  get length(): number {
    return this.index;
  }

  /** Why no lane could carry the last event out; null when one could. */
  get lost(): LogReferenceError | null {
    return this.lanes.every((lane) => lane.unresolved !== null) ? this.lanes[0]!.unresolved : null;
  }

  /**
   * Applies the next event in every lane, and returns what differs now and did not before, or otherwise. Throws
   * EventError, and stays where it is, when no lane can carry it out; with `goOn` it passes over it then. `since`: a
   * mark that was made right before.
   */
  step(event: LogEvent, goOn = false, since?: LockstepMark): readonly Draft[] {
    const { index, lanes, drafts } = this;
    for (let l = 0; l < lanes.length; l++) {
      lanes[l]!.step(index, event, since?.lanes[l]);
      lanes[l]!.gather();
    }
    const { lost } = this;
    if (lost !== null && !goOn) throw new EventError(index, lost);
    this.index++;
    this.noteLabel(event);
    const gone = this.untouched() ? null : nameNewborn(lanes, this.labels, index);
    drafts.clear();
    if (lost !== null) return drafts.list;
    compareOutcomes(lanes, event, drafts);
    return this.compared(gone, this.touchedMms(event));
  }

  /** As half of what a search tries. */
  private untouched(): boolean {
    const { lanes } = this;
    for (let l = 0; l < lanes.length; l++) if (!lanes[l]!.touched.nothing) return false;
    return true;
  }

  /**
   * As `step`, with an event of its own for each lane, or none: what they return is compared only where all have one
   * of the same type. A lane that cannot carry out its event passes over it.
   */
  stepEach(events: readonly (LogEvent | null)[]): readonly Draft[] {
    const { index, lanes, drafts } = this;
    for (const [l, event] of events.entries()) {
      if (event === null) lanes[l]!.pass();
      else lanes[l]!.step(index, event);
      lanes[l]!.gather();
    }
    this.index++;
    const all = events.filter((event) => event !== null);
    for (const event of all) this.noteLabel(event);
    const gone = nameNewborn(lanes, this.labels, index);
    drafts.clear();
    const [first] = all;
    if (first !== undefined && all.length === events.length && all.every(({ type }) => type === first.type)) {
      compareOutcomes(lanes, first, drafts);
    }
    return this.compared(gone, [...new Set(all.flatMap((event) => this.touchedMms(event)))]);
  }

  private noteLabel(event: LogEvent): void {
    // asked of every shape of event, `in` is far slower than a property that may be missing
    const { label } = event as { readonly label?: string };
    if (label !== undefined) this.mappings.set(this.index - 1, label);
  }

  /** What differs of what was touched; `gone`: pages that are no more, null where nothing was touched. */
  private compared(gone: readonly number[] | null, mms: readonly number[]): readonly Draft[] {
    const { drafts } = this;
    if (gone !== null) {
      this.ptes.touched();
      this.reconsider();
      compareFrames(this.scene, gone);
    }
    this.rss.compare(mms);
    if (gone !== null) compareVmas(this.scene);
    return drafts.list.length === 0 ? drafts.list : this.newOnes();
  }

  private newOnes(): Draft[] {
    return this.drafts.list.filter((draft) => this.isNew(draft));
  }

  /** The same difference as before is not told again. */
  private isNew({ thing, part, signature, at, minor }: Draft): boolean {
    if (thing === OUTCOME || minor) return true;
    if (this.open.known(thing, part.aspect) === signature) return false;
    this.open.open(thing, part.aspect, signature, at);
    return true;
  }

  /** What a thing is called in every run over the same log. */
  nameOf(thing: Thing): string {
    return typeof thing === 'number' ? identityName(thing, this.labels) : thing;
  }

  /**
   * Whether a thing of that name differs in a respect after the last event. Only of strict ones. Of a page that an event
   * allocated: whether any that this event allocated does.
   */
  differs(name: string, aspect: string): boolean {
    if (name === OUTCOME) {
      return this.drafts.list.some(
        ({ thing, part }) =>
          thing === OUTCOME && (part.aspect === aspect || part.kind === 'crash' || part.kind === 'process'),
      );
    }
    const born = birthOf(name);
    for (const thing of born === undefined ? this.thingsOf(name) : this.bornAt(born)) {
      if (this.open.known(thing, aspect) !== undefined || this.covered(thing, aspect)) return true;
    }
    return false;
  }

  /** Something differs that leaves nothing to compare in this respect: what is not there has no flags. */
  private covered(thing: Thing, aspect: string): boolean {
    const { open } = this;
    if (typeof thing === 'number') {
      return open.known(thing, 'count') !== undefined && this.lanes.some((lane) => lane.ids.pfn(thing) < 0);
    }
    if (open.known(thing, 'exists') !== undefined || open.known(thing, 'mapped') !== undefined) return true;
    if (aspect === 'mapped') return open.known(thing, 'frame') !== undefined;
    const counter = /^rss (\d+) /.exec(thing);
    return counter !== null && open.known(`mm ${counter[1]}`, 'exists') !== undefined;
  }

  /** Some lanes could not carry out the last event, or died of it, and others did. */
  get outcomeApart(): boolean {
    return this.drafts.list.some(({ part }) => part.kind === 'crash' || part.kind === 'process');
  }

  private thingsOf(name: string): Thing[] {
    const label = this.labels.names.indexOf(name);
    if (label >= 0) return [label];
    const things: Thing[] = [name];
    for (const thing of this.open.frames()) if (identityName(thing, this.labels) === name) things.push(thing);
    return things;
  }

  private bornAt(index: number): Thing[] {
    return [...this.open.frames()].filter((thing) => birthOf(identityName(thing, this.labels)) === index);
  }

  /** Who changes a VMA's flags or vm_pgoff changes decisions without touching a PTE. */
  private reconsider(): void {
    for (let l = 0; l < this.lanes.length; l++) {
      const lane = this.lanes[l]!;
      if (lane.touched.vmaCount > 0) this.reconsiderIn(lane);
    }
  }

  private reconsiderIn(lane: Lane): void {
    const { known } = this;
    const { touched } = lane;
    for (let i = 0; i < touched.vmaCount; i++) {
      const vma = touched.vmas[i]!;
      if (known !== null && !known.has(vma)) {
        // its lanes may be others than those it goes on from, which read the same entries otherwise
        known.add(vma);
      } else {
        if (touched.vm_end[i] === 0) continue;
        const changed = (touched.vm_flags[i]! ^ vma.vm_flags) & DECIDING_FLAGS;
        if (changed === 0 && touched.vm_pgoff[i] === vma.vm_pgoff) continue;
      }
      this.compareEntries(lane, vma);
    }
  }

  /** Apart from the loop that calls it, which else makes room for what the function here needs, needed or not. */
  private compareEntries(lane: Lane, { mm: { id }, vm_start, vm_end }: Vma): void {
    const p = { lo: 0, hi: 0 };
    const { ptes } = this;
    lane.k.mms.get(id)?.pt.forEachEntry(vm_start, vm_end, p, (vpn) => ptes.compare(pageKey(lane, id, vpn)));
  }

  private touchedMms(event: LogEvent): readonly number[] {
    const { mms, lanes } = this;
    // asked of every shape of event, `in` is far slower than a property that may be missing
    const { mm: own } = event as { readonly mm?: number };
    // a list that is emptied gives its memory back, and takes it again
    if (own === undefined) mms.length = 0;
    else {
      mms[0] = own;
      if (mms.length > 1) mms.length = 1;
    }
    if (event.type === 'fork' && !mms.includes(event.child)) mms.push(event.child);
    for (let l = 0; l < lanes.length; l++) {
      const { touched } = lanes[l]!;
      let last = own ?? -1;
      for (let i = 0; i < touched.ptes; i++) {
        const mm = touched.mm[i]!;
        if (mm !== last && !mms.includes(mm)) mms.push(mm);
        last = mm;
      }
    }
    return mms;
  }
}
