// SPDX-License-Identifier: GPL-2.0-or-later
/** Divergences made of partings: what one cause did at one event, and how that cause was proved. */
import type { LogEvent } from '@specialbit/events';
import type { Feature } from '../arch/feature.js';
import { actingCall } from './acting.js';
import { causeText, MINOR_UNTRIED, noneText, type PairCause, provedCause, UNTRIED } from './cause-text.js';
import { byGravity, type Divergence, gravest } from './divergence.js';
import { headlineOf } from './headline.js';
import type { NamedLane } from './lane.js';
import type { Parting, SeenPart } from './partings.js';
import type { Budget } from './prove/budget.js';
import { type Cause, type Explanation, Prover } from './prove/prover.js';
import { fixedDifferences } from './prove/traits.js';
import { seenAnyway, seenOf } from './seen.js';

/** Why a part differs between the first lane and another. */
interface Pair {
  readonly lane: number;
  readonly why: Explanation<SeenPart>;
}

type Proof = Pick<Divergence, 'proof' | 'cause' | 'causes' | 'healed' | 'features' | 'root'>;

const UNPROVED = { causes: [], features: [], healed: [] } as const;

/** Parts of one event that differ for the same reasons. */
interface Group {
  readonly parts: SeenPart[];
  readonly pairs: readonly Pair[];
}

export class Telling {
  readonly divergences: Divergence[] = [];
  private readonly byEvent = new Map<number, Divergence[]>();
  private readonly provers = new Map<number, Prover>();
  /** The first divergence of a cause. */
  private readonly acted = new Map<string, number>();
  private told = 0;
  /** Telling of the next one, begun. */
  private work: Generator<void, void, void> | null = null;

  /** `events`: as far as they are kept; what parts behind them is not tried. */
  constructor(
    private readonly lanes: readonly NamedLane[],
    private readonly partings: readonly Parting[],
    private readonly events: readonly LogEvent[],
    private readonly budget: Budget,
  ) {}

  /** Tells of the partings so far, up to that of event `last`, from 0. */
  tell(last = Number.POSITIVE_INFINITY): void {
    while (this.tellMore(last));
  }

  /**
   * Goes on telling; false when all of them are told. Whoever asks, it is one work that goes on where it stopped, since
   * a prover has to be asked in the order of events.
   */
  tellMore(last = Number.POSITIVE_INFINITY): boolean {
    const next = this.partings[this.told];
    if (next === undefined || next.index > last) return false;
    this.work ??= this.tellOf(next);
    try {
      if (this.work.next().done !== true) return true;
    } catch (error) {
      this.work = null;
      throw error;
    }
    this.work = null;
    this.told++;
    return true;
  }

  private *tellOf(parting: Parting): Generator<void, void, void> {
    if (parting.minor) this.add(this.minor(parting));
    else for (const group of yield* this.groups(parting)) this.add(this.divergence(parting, group));
  }

  at(index: number): readonly Divergence[] {
    return this.byEvent.get(index) ?? [];
  }

  private add(divergence: Divergence): void {
    this.divergences.push(divergence);
    const { index } = divergence;
    this.byEvent.set(index, [...this.at(index), divergence]);
  }

  private minor(parting: Parting): Divergence {
    const said = `${parting.said}. ${MINOR_UNTRIED}`;
    return { ...this.frame(parting, parting.parts), proof: 'not tried', cause: said, ...UNPROVED };
  }

  /** All but why. */
  private frame(
    { index, event, api, minor }: Parting,
    seen: readonly SeenPart[],
  ): Omit<Divergence, 'proof' | 'cause' | 'causes' | 'features' | 'healed'> {
    const parts = seen.map(({ part }) => part).sort(byGravity);
    const names = this.lanes.map(({ name }) => name);
    return {
      index,
      number: index + 1,
      event,
      kind: gravest(parts),
      parts,
      headline: headlineOf({ event, api, parts: seen }, names),
      root: this.divergences.length,
      minor,
    };
  }

  /** The parts of an event by why they differ, the gravest first. */
  private *groups(parting: Parting): Generator<void, Group[], void> {
    const reasons = new Map<SeenPart, Pair[]>(parting.parts.map((part) => [part, []]));
    for (let lane = 1; lane < this.lanes.length; lane++) {
      const parts = parting.parts.filter(({ part }) => part.values[lane] !== part.values[0]);
      if (parts.length === 0) continue;
      for (const why of yield* this.explain(lane, parting.index, parts)) {
        for (const part of why.parts) reasons.get(part)!.push({ lane, why });
      }
    }
    const groups = new Map<string, Group>();
    for (const [part, pairs] of reasons) {
      const key = pairs
        .map(({ lane, why }) => `${lane} ${why.kind} ${why.causes.map(causeKey).join()} ${why.healed.length > 0}`)
        .join('; ');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { parts: [part], pairs });
      else group.parts.push(part);
    }
    const kind = ({ parts }: Group): { kind: Divergence['kind'] } => ({
      kind: gravest(parts.map(({ part }) => part)),
    });
    return [...groups.values()].sort((a, b) => byGravity(kind(a), kind(b)));
  }

  private *explain(
    lane: number,
    index: number,
    parts: readonly SeenPart[],
  ): Generator<void, readonly Explanation<SeenPart>[], void> {
    if (index >= this.events.length) return [{ parts, kind: 'untried', causes: [], healed: [], seen: null }];
    return yield* this.prover(lane).explain(index, parts);
  }

  private prover(lane: number): Prover {
    let prover = this.provers.get(lane);
    if (prover === undefined) {
      const [left, right] = [this.lanes[0]!, this.lanes[lane]!];
      const pair = { left: left.options, right: right.options };
      prover = new Prover([left.name, right.name], pair, this.events, this.budget);
      this.provers.set(lane, prover);
    }
    return prover;
  }

  private divergence(parting: Parting, { parts, pairs }: Group): Divergence {
    const frame = this.frame(parting, parts);
    const proved = pairs.filter(({ why }) => why.kind === 'cause');
    if (proved.length > 0) return { ...frame, ...this.proved(parting, parts, proved) };
    const follows = pairs.filter(({ why }) => why.kind === 'follows');
    if (follows.length > 0) return { ...frame, ...this.follows(follows) };
    const none = pairs.find(({ why }) => why.kind === 'none');
    if (none === undefined) return { ...frame, ...UNPROVED, proof: 'not tried', cause: UNTRIED };
    const { left, right } = this.pairOf(none.lane);
    const tried = this.prover(none.lane).traits.length;
    const cause = noneText(tried, fixedDifferences({ left, right }), this.seen(parting, none, parts, undefined));
    return { ...frame, ...UNPROVED, proof: 'not found', cause };
  }

  private pairOf(lane: number): { left: NamedLane['options']; right: NamedLane['options'] } {
    return { left: this.lanes[0]!.options, right: this.lanes[lane]!.options };
  }

  private proved(parting: Parting, parts: readonly SeenPart[], pairs: readonly Pair[]): Proof {
    const found = pairs.map((pair) => this.pairCause(pair, this.seen(parting, pair, parts, pair.why.causes[0]!)));
    const keys = [...new Set(found.map(({ cause }) => causeKey(cause)))].sort();
    const root = this.acts(keys);
    return {
      proof: 'proved',
      cause: causeText(found, parting.index + 1, numbers(healedIn(pairs))),
      causes: found.map(provedCause),
      healed: healedIn(pairs).map((index) => index + 1),
      features: featuresOf(found),
      root,
    };
  }

  private pairCause({ lane, why }: Pair, seen: string | undefined): PairCause {
    return { lanes: [this.lanes[0]!.name, this.lanes[lane]!.name], cause: why.causes[0]!, seen };
  }

  /** Notes that causes acted, together; where they did so first. */
  private acts(keys: readonly string[]): number {
    const here = this.divergences.length;
    const together = keys.join('; ');
    for (const key of [together, ...keys]) if (!this.acted.has(key)) this.acted.set(key, here);
    return this.acted.get(together)!;
  }

  private follows(pairs: readonly Pair[]): Proof {
    const causes = pairs.flatMap(({ lane, why }) =>
      why.causes.map((cause) => this.pairCause({ lane, why: { ...why, causes: [cause] } }, undefined)),
    );
    const acted = [...new Set(causes.map(({ cause }) => causeKey(cause)))].map((key) => this.acted.get(key)!);
    const events = healedIn(pairs);
    const names = [...new Set(causes.flatMap(({ cause }) => cause.traits.map(({ id }) => id)))];
    return {
      proof: 'follows',
      cause: `follows from ${numbers(events)}: ` + `with that healed (${names.join(', ')}), this goes`,
      causes: causes.map(provedCause),
      healed: events.map((index) => index + 1),
      features: featuresOf(causes),
      root: Math.min(...acted),
    };
  }

  /** What is seen of a cause in two lanes; without one, what is seen anyway. */
  private seen(
    { event }: Parting,
    { why }: Pair,
    parts: readonly SeenPart[],
    cause: Cause | undefined,
  ): string | undefined {
    if (why.seen === null) return undefined;
    const { scene } = why.seen.lockstep;
    const wanted = new Set(parts.map(({ thing, aspect }) => `${thing} ${aspect}`));
    const drafts = scene.drafts.list.filter(({ thing, part }) =>
      wanted.has(`${why.seen!.lockstep.nameOf(thing)} ${part.aspect}`),
    );
    if (drafts.length === 0) return undefined;
    const c = { scene, event, drafts, ...actingCall(scene, event) };
    return cause === undefined ? seenAnyway(c) : seenOf(cause.key, c);
  }
}

const causeKey = ({ key, scope }: Cause): string => `${key} (${scope})`;

/** The events, from 0, that have to be healed in any of the pairs. */
function healedIn(pairs: readonly Pair[]): number[] {
  return [...new Set(pairs.flatMap(({ why }) => why.healed))].sort((a, b) => a - b);
}

/** `events 2, 5`; no more than a few. */
function numbers(indexes: readonly number[]): string {
  if (indexes.length === 0) return '';
  const shown = indexes.slice(0, 4).map((index) => String(index + 1));
  const more = indexes.length > shown.length ? ` and ${indexes.length - shown.length} more` : '';
  return `${indexes.length === 1 ? 'event' : 'events'} ${shown.join(', ')}${more}`;
}

function featuresOf(causes: readonly PairCause[]): Feature[] {
  const all = causes.flatMap(({ cause }) => cause.traits.flatMap(({ feature }) => feature ?? []));
  return [...new Set(all)];
}
