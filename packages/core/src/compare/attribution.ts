// SPDX-License-Identifier: GPL-2.0-or-later
/** Which differences are new, and which only follow from earlier ones. */
import type { LogEvent } from '@specialbit/events';
import { explainParting } from './cause.js';
import { type Divergence, gravest, type PartKind } from './divergence.js';
import type { Draft } from './draft.js';
import type { OpenDifferences } from './open-differences.js';
import { pageOf } from './page-key.js';
import { pageKey, type Scene } from './scene.js';

/** Parts that a page, a frame or an entry has of its own; what else differs goes with them. */
const OWN: ReadonlySet<PartKind> = new Set(['pte', 'decision', 'reference', 'mapcount', 'page']);

/** A draft with a page and of such a kind is about its PTE, and not about a VMA that begins there. */
const isPte = (kind: PartKind): boolean => kind !== 'vma' && kind !== 'architecture';

export class Attribution {
  readonly divergences: Divergence[] = [];
  count = 0;
  minorCount = 0;
  private roots = 0;
  private readonly seenMinor = new Set<string>();

  constructor(
    private readonly open: OpenDifferences,
    private readonly mappings: ReadonlyMap<number, string>,
    private readonly keep: number,
  ) {}

  /** The divergences that an event's differences make: one for each root. */
  attribute(scene: Scene, index: number, event: LogEvent): Divergence[] {
    const major: Draft[] = [];
    const minor: Draft[] = [];
    for (const draft of scene.drafts.list) {
      if (draft.minor) minor.push(draft);
      else if (draft.thing === 'outcome' || this.changed(draft)) major.push(draft);
    }
    const made: Divergence[] = [];
    if (major.length > 0) this.group(scene, index, event, major, made);
    const fresh = minor.filter((draft) => this.isNewMinor(draft));
    if (fresh.length > 0) {
      this.minorCount++;
      const root = this.antecedent(scene, event);
      made.push(this.report(scene, index, event, fresh, root < 0 ? this.divergences.length : root, true));
    }
    return made;
  }

  /** The same difference as before is not told again. */
  private changed({ thing, part, signature }: Draft): boolean {
    return this.open.known(thing, part.aspect)?.signature !== signature;
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
    // a call that brings a frame of its own says something new about the page
    const introduces = event.type === 'mmap' || event.type === 'mmap.begin' || 'frame' in event;
    const rooted = new Map<number, Draft[]>();
    const fresh: Draft[] = [];
    const rest: Draft[] = [];
    const put = (root: number, draft: Draft): void => {
      const list = rooted.get(root);
      if (list === undefined) rooted.set(root, [draft]);
      else list.push(draft);
    };
    for (const draft of drafts) {
      const root = this.ownRoot(draft);
      if (root >= 0) put(root, draft);
      else if (!OWN.has(draft.part.kind)) rest.push(draft);
      else if (eventRoot >= 0 && !introduces) put(eventRoot, draft);
      else fresh.push(draft);
    }
    // counters, VMAs and what was returned go with what caused them in the same event
    const earliest = eventRoot >= 0 ? eventRoot : Math.min(...rooted.keys(), Number.MAX_SAFE_INTEGER);
    for (const draft of rest) {
      if (fresh.length > 0 || earliest === Number.MAX_SAFE_INTEGER) fresh.push(draft);
      else put(earliest, draft);
    }
    if (fresh.length > 0) rooted.set(this.newRoot(), fresh);
    for (const [root, list] of [...rooted].sort(([a], [b]) => b - a)) {
      this.remember(list, root, index);
      made.push(this.report(scene, index, event, list, root, false));
    }
  }

  private ownRoot({ part, thing, at }: Draft): number {
    const root = thing === 'outcome' ? -1 : this.open.root(thing);
    return root < 0 && at !== undefined && isPte(part.kind) ? this.open.pageRoot(pageOf(at)) : root;
  }

  /** Where the next divergence will stand. When there are too many roots to keep, the later ones share the last. */
  private newRoot(): number {
    if (this.roots >= this.keep) return this.divergences.length - 1;
    this.roots++;
    return this.divergences.length;
  }

  /** The earliest root among what the event names or touches. */
  private antecedent(scene: Scene, event: LogEvent): number {
    if (this.open.empty) return -1;
    const roots = [...scene.touchedRoots];
    if ('mm' in event) roots.push(this.open.root(`mm ${event.mm}`));
    if ('at' in event && 'mm' in event && event.at !== undefined) {
      const pages = 'pages' in event ? event.pages : 1;
      for (const lane of scene.lanes) {
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
    for (const { thing, part, signature, at } of drafts) {
      if (thing === 'outcome') {
        // a mapping that only some lanes have
        if (part.aspect === 'return value' || part.kind === 'crash') this.open.openPage(`${index}/*`, root);
        continue;
      }
      this.open.open(thing, part.aspect, signature, root, at);
      if (at !== undefined && isPte(part.kind)) this.open.openPage(pageOf(at), root);
    }
  }

  private report(
    scene: Scene,
    index: number,
    event: LogEvent,
    drafts: readonly Draft[],
    root: number,
    minor: boolean,
  ): Divergence {
    if (!minor) this.count++;
    const kept = (root === this.divergences.length && !minor) || this.divergences.length < this.keep;
    const parts = drafts.map((draft) => draft.part);
    const divergence: Divergence = {
      index,
      number: index + 1,
      event,
      kind: gravest(parts),
      parts,
      ...(kept ? explainParting(scene, event, drafts) : this.shortWords(root)),
      root,
      minor,
    };
    if (kept) this.divergences.push(divergence);
    return divergence;
  }

  /** For the thousandth divergence of a kind nobody asks why; finding the words costs more than the event. */
  private shortWords(root: number): Pick<Divergence, 'cause' | 'features' | 'headline'> {
    const origin = this.divergences[root];
    const headline = origin === undefined ? 'the lanes differ' : `follows from event ${origin.number}`;
    return { cause: headline, features: [], headline };
  }
}
