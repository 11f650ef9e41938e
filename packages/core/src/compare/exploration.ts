// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes in lockstep that go forth and back: for a search, which tries every event at every moment it comes to. */
import type { LogEvent } from '@specialbit/events';
import { type Kernel, newPte } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { type Decision, decideEntry } from '../kernel/pte/normal-page.js';
import { PTE } from '../mm/level.js';
import { fingerprint } from '../world/fingerprint.js';
import type { Part } from './divergence.js';
import type { NamedLane } from './lane.js';
import { Lockstep, type LockstepMark } from './lockstep.js';
import { Solo } from './solo.js';

/** What one event did. */
export interface Explored {
  /** False: it names what no lane has, and nothing happened. */
  readonly played: boolean;
  /** False: every lane is as it was before. */
  readonly changed: boolean;
  /** One a lane; null where the event names what that lane does not have. */
  readonly outcomes: readonly (Outcome | null)[];
  /** What differs now between the lanes and did not before, without what does not count as parting. */
  readonly parts: readonly Part[];
}

type PageRef = Extract<LogEvent, { readonly type: 'get_page' | 'put_page' }>;

const NO_PARTS: readonly Part[] = [];

function apart(solos: readonly Solo[], event: LogEvent): Explored {
  let changed = false;
  let played = false;
  const outcomes: (Outcome | null)[] = [];
  for (const solo of solos) {
    if (solo.forth(event)) changed = true;
    if (solo.outcome !== null) played = true;
    outcomes.push(solo.outcome);
  }
  return { played, changed, outcomes, parts: NO_PARTS };
}

export interface ExplorationOptions {
  /** As of a comparison. */
  readonly strict?: boolean;
  /** False: nobody asks where lanes part (`Explored.parts` stays empty), which costs as much as all else. */
  readonly compare?: boolean;
  /** Note what is asked for (`Exploration.asked`). Lanes are compared then. */
  readonly watch?: boolean;
}

export class Exploration {
  /** Lanes that are compared; else `solos`, each by itself. */
  private readonly lockstep: Lockstep | null;
  private readonly solos: readonly Solo[];
  private readonly marks: LockstepMark[] = [];
  /** Of each mark what `driver` was. */
  private readonly drivers: (readonly ReadonlyMap<number, number>[])[] = [];
  /** The kernels as they are now, one a lane: to be looked at, and not kept. */
  readonly kernels: readonly Kernel[];
  private driver: readonly ReadonlyMap<number, number>[];

  /** Throws OutOfRange without lanes. */
  constructor(lanes: readonly NamedLane[], options: ExplorationOptions = {}) {
    const compare = options.watch === true || (lanes.length > 1 && options.compare !== false);
    // of no lanes Lockstep says that there are none
    this.lockstep =
      compare || lanes.length === 0 ? new Lockstep(lanes, options.strict === true, options.watch === true) : null;
    this.solos = this.lockstep === null ? lanes.map((lane) => new Solo(lane.options)) : [];
    this.kernels = (this.lockstep?.lanes ?? this.solos).map(({ k }) => k);
    this.driver = lanes.map(() => new Map());
  }

  /** Events that were played and not taken back. */
  get depth(): number {
    return this.drivers.length;
  }

  /** Plays an event in every lane; `back` takes it back. */
  forth(event: LogEvent): Explored {
    this.drivers.push(this.driver);
    const explored = this.lockstep === null ? apart(this.solos, event) : this.together(this.lockstep, event);
    if (event.type === 'get_page' || event.type === 'put_page') this.refer(event, explored.outcomes);
    return explored;
  }

  private together(lockstep: Lockstep, event: LogEvent): Explored {
    const mark = lockstep.mark();
    this.marks.push(mark);
    const fresh = lockstep.step(event, true, mark);
    return {
      played: lockstep.lost === null,
      changed: lockstep.lanes.some((lane, l) => lane.changedSince(mark.lanes[l]!)),
      outcomes: lockstep.lanes.map(({ outcome }) => outcome),
      parts: fresh.length === 0 ? NO_PARTS : fresh.filter(({ minor }) => !minor).map(({ part }) => part),
    };
  }

  /** Takes the last event back that was not yet, at the cost of what it touched. */
  back(): void {
    const driver = this.drivers.pop();
    if (driver === undefined) return;
    this.driver = driver;
    if (this.lockstep !== null) this.lockstep.back(this.marks.pop()!);
    else for (const solo of this.solos) solo.back();
  }

  /** References that the driver took and gave back with `get_page` and `put_page` so far, by pfn, one a lane. */
  get driverReferences(): readonly ReadonlyMap<number, number>[] {
    return this.driver;
  }

  private refer({ type, frame }: PageRef, outcomes: readonly (Outcome | null)[]): void {
    this.driver = this.kernels.map((k, l) => {
      const before = this.driver[l]!;
      const outcome = outcomes[l]!;
      if (outcome === null || outcome.crash !== null) return before;
      const pfn = 'pfn' in frame ? frame.pfn : k.machine.pfnOf(frame.label);
      if (pfn === undefined) return before;
      return new Map(before).set(pfn, (before.get(pfn) ?? 0) + (type === 'get_page' ? 1 : -1));
    });
  }

  /** What the last event's mechanisms asked each lane for: features of its kernel, facts of its architecture. Of watched lanes. */
  asked(): readonly ReadonlySet<string>[] {
    return this.lockstep?.lanes.map(({ asked }) => asked) ?? [];
  }

  /** vm_normal_page()'s answers to all that is mapped now, each once, by lane. */
  decisions(): ReadonlySet<Decision>[] {
    return this.kernels.map((k) => {
      const found = new Set<Decision>();
      const p = newPte();
      for (const mm of k.mms.values()) {
        mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn, level) => {
          const vma = mm.vma_lookup(vpn);
          if (vma === undefined || (level === PTE && !k.pte.present(p))) return;
          const decision = decideEntry(k, vma, vpn, level, p);
          if (decision !== null) found.add(decision);
        });
      }
      return found;
    });
  }

  /**
   * The state of all lanes, one number of 53 bits each: states with equal keys answer every event alike, and lead to
   * equal keys. Frames, VMAs and anon_vmas that were made are told apart by what they are, not by their numbers.
   */
  keys(): number[] {
    return this.kernels.map(fingerprint);
  }
}
