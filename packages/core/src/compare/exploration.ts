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

export class Exploration {
  private readonly lockstep: Lockstep;
  private readonly marks: LockstepMark[] = [];
  /** Of each mark what `driver` was. */
  private readonly drivers: (readonly ReadonlyMap<number, number>[])[] = [];
  private driver: readonly ReadonlyMap<number, number>[];

  /** Throws OutOfRange without lanes. `strict`: as of a comparison. */
  constructor(lanes: readonly NamedLane[], options: { readonly strict?: boolean } = {}) {
    this.lockstep = new Lockstep(lanes, options.strict === true, false);
    this.driver = lanes.map(() => new Map());
  }

  /** Events that were played and not taken back. */
  get depth(): number {
    return this.marks.length;
  }

  /** Plays an event in every lane; `back` takes it back. */
  forth(event: LogEvent): Explored {
    const { lockstep } = this;
    const mark = lockstep.mark();
    this.marks.push(mark);
    this.drivers.push(this.driver);
    const fresh = lockstep.step(event, true);
    const parts = fresh.filter(({ minor }) => !minor).map(({ part }) => part);
    if (event.type === 'get_page' || event.type === 'put_page') this.refer(event);
    return {
      played: lockstep.lost === null,
      changed: lockstep.lanes.some((lane, l) => lane.changedSince(mark.lanes[l]!)),
      outcomes: lockstep.lanes.map(({ outcome }) => outcome),
      parts,
    };
  }

  /** Takes the last event back that was not yet, at the cost of what it touched. */
  back(): void {
    const mark = this.marks.pop();
    if (mark === undefined) return;
    this.lockstep.back(mark);
    this.driver = this.drivers.pop()!;
  }

  /** The kernels as they are now, one a lane: to be looked at, and not kept. */
  get kernels(): readonly Kernel[] {
    return this.lockstep.lanes.map(({ k }) => k);
  }

  /** References that the driver took and gave back with `get_page` and `put_page` so far, by pfn, one a lane. */
  get driverReferences(): readonly ReadonlyMap<number, number>[] {
    return this.driver;
  }

  private refer({ type, frame }: Extract<LogEvent, { readonly type: 'get_page' | 'put_page' }>): void {
    this.driver = this.lockstep.lanes.map(({ k, outcome }, l) => {
      const before = this.driver[l]!;
      if (outcome === null || outcome.crash !== null) return before;
      const pfn = 'pfn' in frame ? frame.pfn : k.machine.pfnOf(frame.label);
      if (pfn === undefined) return before;
      return new Map(before).set(pfn, (before.get(pfn) ?? 0) + (type === 'get_page' ? 1 : -1));
    });
  }

  /** vm_normal_page()'s answers to all that is mapped now, each once, by lane. */
  decisions(): ReadonlySet<Decision>[] {
    return this.lockstep.lanes.map(({ k }) => {
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
    return this.lockstep.lanes.map((lane) => fingerprint(lane.k));
  }
}
