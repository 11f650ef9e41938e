// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes in lockstep over the same events; looks only at what each event touched. */

import type { LogEvent } from '@specialbit/events';
import { OutOfRange } from '@specialbit/events';
import type { Kernel } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import type { Vma } from '../mm/vma.js';
import { EventError } from '../timeline/event-error.js';
import type { World } from '../world/world.js';
import { Attribution } from './attribution.js';
import { nameNewborn } from './births.js';
import { compareFrames } from './compare-frames.js';
import { compareOutcomes } from './compare-outcomes.js';
import { PteComparer } from './compare-ptes.js';
import { RssComparer } from './compare-rss.js';
import { compareVmas } from './compare-vmas.js';
import type { Divergence } from './divergence.js';
import { Drafts } from './draft.js';
import { featuresTell } from './feature-cause.js';
import { LabelNumbers } from './frame-identity.js';
import { Lane, type NamedLane } from './lane.js';
import { OpenDifferences } from './open-differences.js';
import { pageKey, type Scene } from './scene.js';

export interface ComparisonOptions {
  /** Young and dirty bits, and what an architecture has of its own (VM_PAT, the special bit as such), count as parting. */
  readonly strict?: boolean;
  /** How many roots are kept, and at most as many divergences that only follow; all are counted. 10,000 by default. */
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
  private readonly lanes: readonly Lane[];
  private readonly open = new OpenDifferences();
  private readonly mappings = new Map<number, string>();
  private readonly labels = new LabelNumbers();
  private readonly attribution: Attribution;
  /** What was last known of a VMA: a decision depends on its flags and vm_pgoff. */
  private readonly known = new WeakMap<Vma, { vm_flags: number; vm_pgoff: number }>();
  private readonly drafts: Drafts;
  private readonly scene: Scene;
  private readonly ptes: PteComparer;
  private readonly rss: RssComparer;
  private index = 0;

  constructor(lanes: readonly NamedLane[], options: ComparisonOptions = {}) {
    if (lanes.length === 0) throw new OutOfRange('api.lanes', 'a comparison needs a lane');
    this.attribution = new Attribution(this.open, this.mappings, options.keep ?? 10_000);
    const watch = featuresTell(lanes);
    this.lanes = lanes.map((lane) => new Lane(lane, this.labels, watch));
    this.drafts = new Drafts(options.strict === true);
    this.scene = {
      lanes: this.lanes,
      drafts: this.drafts,
      open: this.open,
      touchedRoots: [],
      knownFrames: new Map(),
      frameNow: [],
      readApart: null,
      mappingName: (id) => this.mappings.get(id) ?? `mapping@${id + 1}`,
    };
    this.ptes = new PteComparer(this.scene);
    this.rss = new RssComparer(this.scene);
    nameNewborn(this.lanes, this.labels, -1);
  }

  /** Events compared so far. */
  get length(): number {
    return this.index;
  }

  /** In the order of events. When there are too many, those that only follow are left out. */
  get divergences(): readonly Divergence[] {
    return this.attribution.divergences;
  }

  /** How many divergences count as parting, kept or not. */
  get count(): number {
    return this.attribution.count;
  }

  /** How many are of the kinds that do not count. */
  get minorCount(): number {
    return this.attribution.minorCount;
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
    const minor = this.minorCount === 1 ? ', with 1 minor difference' : `, with ${this.minorCount} minor differences`;
    return `lanes agree over ${events}${this.minorCount === 0 ? '' : minor}`;
  }

  /** Applies the next event in every lane. Throws EventError when no lane can carry it out. */
  step(event: LogEvent): ComparedStep {
    const index = this.index;
    for (const lane of this.lanes) lane.step(index, event);
    const lost = this.lanes[0]!.unresolved;
    if (lost !== null && this.lanes.every((lane) => lane.unresolved !== null)) throw new EventError(index, lost);
    this.index++;
    this.nameMapping(index, event);
    const gone = nameNewborn(this.lanes, this.labels, index);
    const { scene, drafts, ptes } = this;
    drafts.clear();
    scene.readApart = null;
    if (scene.touchedRoots.length > 0) scene.touchedRoots.length = 0;
    compareOutcomes(this.lanes, event, drafts);
    ptes.touched();
    this.reconsider(ptes);
    compareFrames(scene, gone);
    this.rss.compare(this.touchedMms(event));
    compareVmas(scene);
    const divergences = drafts.list.length === 0 ? [] : this.attribution.attribute(scene, index, event);
    return { index, event, outcomes: this.lanes.map((lane) => lane.outcome), divergences };
  }

  private nameMapping(index: number, event: LogEvent): void {
    if ('label' in event && event.label !== undefined) this.mappings.set(index, event.label);
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
        lane.k.mms.get(mm)?.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn) => ptes.compare(pageKey(lane, mm, vpn)));
      }
    }
  }

  private touchedMms(event: LogEvent): readonly number[] {
    const mms: number[] = [];
    if ('mm' in event) mms.push(event.mm);
    if (event.type === 'fork' && !mms.includes(event.child)) mms.push(event.child);
    for (const { touched } of this.lanes) {
      let last = -1;
      for (let i = 0; i < touched.ptes; i++) {
        const mm = touched.mm[i]!;
        if (mm !== last && !mms.includes(mm)) mms.push(mm);
        last = mm;
      }
    }
    return mms;
  }
}
