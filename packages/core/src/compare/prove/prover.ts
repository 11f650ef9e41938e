// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Why two lanes part, found by intervention: an event, or the log, is played again with something of one lane exchanged
 * for the other's, and what makes the difference go is its cause. Differences that go when earlier ones were healed
 * follow from those.
 */
import type { LogEvent } from '@specialbit/events';
import { type Budget, BudgetSpent } from './budget.js';
import { type NamedPart, Run, type Trial } from './run.js';
import { exchange, type LanePair, type Trait } from './trait.js';
import { traitsOf } from './traits.js';

/** Things that together make lanes part, as it was proved. */
export interface Cause {
  /** Names of the traits, in order. */
  readonly key: string;
  readonly traits: readonly Trait[];
  /** `event`: exchanged at the event alone; `log`: exchanged from the start of the log. */
  readonly scope: 'event' | 'log';
  /** Single traits each of which would have done as well. */
  readonly also: readonly Trait[];
}

/** Why some of the parts of one event differ. */
export interface Explanation<P extends NamedPart> {
  readonly parts: readonly P[];
  /**
   * `cause`: proved. `follows`: goes when what `causes` made of earlier events is healed. `none`: nothing that can be
   * exchanged makes it go. `untried`: too much was tried before.
   */
  readonly kind: 'cause' | 'follows' | 'none' | 'untried';
  readonly causes: readonly Cause[];
  /** Events before this one, from 0, that have to be healed of the causes too. */
  readonly healed: readonly number[];
  /** The event as the two lanes play it. */
  readonly seen: Trial | null;
}

/** A cause, and the two lanes with what it made of earlier events healed. */
interface Known {
  readonly cause: Cause;
  readonly run: Run;
}

/** Of more candidates than this not every pair is tried at the event. */
const PAIRED = 8;

/** So many things make a cause together at most. */
export const MOST_TOGETHER = 3;

export class Prover {
  readonly traits: readonly Trait[];
  /** The lanes as they are. */
  private played: Run | null = null;
  /** Healed in one respect each; the one that explained something last comes first. */
  private known: Known[] = [];
  /** Healed in every respect. */
  private all: Run | null = null;
  /** Exchanged from the start, by names of traits. */
  private readonly exchanged = new Map<string, Run>();
  /** The same lanes, not yet played. */
  private readonly pairs = new Map<string, LanePair>();

  constructor(
    private readonly names: readonly [string, string],
    private readonly pair: LanePair,
    private readonly events: readonly LogEvent[],
    private readonly budget: Budget,
  ) {
    this.traits = traitsOf(pair);
  }

  private get base(): Run {
    this.played ??= new Run(this.names, this.pair, this.events, this.budget, { watch: true });
    return this.played;
  }

  /** Why `parts` differ after event `n`; to be asked in the order of events. Yields between tries: it may take long. */
  *explain<P extends NamedPart>(n: number, parts: readonly P[]): Generator<void, Explanation<P>[], void> {
    const found: Explanation<P>[] = [];
    let rest: readonly P[] = parts;
    let seen: Trial | null = null;
    try {
      seen = (yield* this.base.at(n)).watched();
      const plain = seen;
      rest = parts.filter((part) => plain.has(part));
      rest = yield* this.explainByKnown(n, rest, plain, found);
      for (let i = 0; i < MOST_TOGETHER && rest.length > 0; i++) {
        const made = yield* this.search(n, rest, plain);
        if (made === undefined) break;
        yield* this.remember(n, made.cause);
        found.push({ parts: made.gone, kind: 'cause', causes: [made.cause], healed: [], seen });
        rest = without(rest, made.gone);
      }
      if (rest.length > 0) found.push({ parts: rest, kind: 'none', causes: [], healed: [], seen });
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      if (rest.length > 0) found.push({ parts: rest, kind: 'untried', causes: [], healed: [], seen });
    }
    return found;
  }

  /** What follows from earlier differences, or has the cause of one again. Returns the rest. */
  private *explainByKnown<P extends NamedPart>(
    n: number,
    parts: readonly P[],
    seen: Trial,
    found: Explanation<P>[],
  ): Generator<void, readonly P[], void> {
    let rest = parts;
    for (const known of this.known) {
      if (rest.length === 0) return rest;
      const { cause, run } = known;
      const { healedEvents } = yield* run.at(n);
      const follows = goneIn(run.try(), rest, seen);
      if (follows.length > 0) {
        const kind = cause.scope === 'event' ? 'follows' : 'cause';
        found.push({ parts: follows, kind, causes: [cause], healed: healedEvents, seen });
        rest = without(rest, follows);
        this.first(known);
      }
      if (rest.length === 0 || cause.scope === 'log' || !isAsked(cause.traits, seen)) continue;
      const exchanged = this.exchangedPair(cause.traits);
      const alone = goneIn(this.base.try(exchanged), rest, seen);
      const healed = alone.length < rest.length ? goneIn(run.try(exchanged), rest, seen) : [];
      // rather all with what it did before healed too than some of them without
      const acts = healed.length === rest.length ? [] : alone;
      const acted = without(healed, acts);
      if (acts.length > 0) found.push({ parts: acts, kind: 'cause', causes: [cause], healed: [], seen });
      if (acted.length > 0) found.push({ parts: acted, kind: 'cause', causes: [cause], healed: healedEvents, seen });
      rest = without(without(rest, acts), acted);
      if (acts.length + acted.length > 0) yield* this.remember(n, cause);
    }
    if (rest.length === 0 || this.known.length < 2 || this.all === null) return rest;
    const all = yield* this.all.at(n);
    const follows = goneIn(all.try(), rest, seen);
    if (follows.length > 0) {
      const causes = this.known.map(({ cause }) => cause).filter(({ scope }) => scope === 'event');
      found.push({ parts: follows, kind: 'follows', causes, healed: all.healedEvents, seen });
    }
    return without(rest, follows);
  }

  private first(known: Known): void {
    this.known = [known, ...this.known.filter((other) => other !== known)];
  }

  /** From now on event `n` is healed in what follows of this cause. */
  private *remember(n: number, cause: Cause): Generator<void, void, void> {
    let known = this.known.find((one) => one.cause.key === cause.key && one.cause.scope === cause.scope);
    if (known === undefined) {
      const run = cause.scope === 'log' ? this.exchangedRun(cause.traits) : this.base.fork();
      // of one cause alone, that one's run is healed in every respect
      if (cause.scope === 'event' && this.all === null) {
        const only = this.onlyEvent();
        if (only !== undefined) this.all = (yield* only.run.at(n)).fork();
      }
      known = { cause, run };
      this.known.push(known);
    }
    if (cause.scope === 'log') return;
    known.run.heal(n, this.exchangedPair(cause.traits));
    this.all?.heal(n, exchange(this.all.healing(n) ?? this.pair, cause.traits));
  }

  /** The first cause that acted at single events. */
  private onlyEvent(): Known | undefined {
    return this.known.find(({ cause }) => cause.scope === 'event');
  }

  private exchangedPair(traits: readonly Trait[]): LanePair {
    const key = keyOf(traits);
    let pair = this.pairs.get(key);
    if (pair === undefined) {
      pair = exchange(this.pair, traits);
      this.pairs.set(key, pair);
    }
    return pair;
  }

  /** Both lanes with some traits exchanged from the start. */
  private exchangedRun(traits: readonly Trait[]): Run {
    const key = keyOf(traits);
    let run = this.exchanged.get(key);
    if (run === undefined) {
      run = new Run(this.names, this.exchangedPair(traits), this.events, this.budget);
      this.exchanged.set(key, run);
    }
    return run;
  }

  /** The smallest set of traits found that makes as much as possible of `parts` go. */
  private *search<P extends NamedPart>(
    n: number,
    parts: readonly P[],
    seen: Trial,
  ): Generator<void, { readonly cause: Cause; readonly gone: readonly P[] } | undefined, void> {
    const asked = this.traits.filter((trait) => isAsked([trait], seen));
    const { base } = this;
    const pair = (traits: readonly Trait[]): LanePair => this.exchangedPair(traits);
    const exchanged = (traits: readonly Trait[]): Run => this.exchangedRun(traits);
    const atEvent: Try<P> = function* (traits) {
      yield;
      return goneIn(base.try(pair(traits)), parts, seen);
    };
    const midway = asked.filter((trait) => trait.midway);
    const single = yield* best(midway.map(alone), atEvent);
    const inLog: Try<P> = function* (traits) {
      return goneIn((yield* exchanged(traits).at(n)).try(), parts, seen);
    };
    if (single?.gone.length === parts.length) {
      // a kernel's feature that changed the architecture says more than the bit that it changed
      const remade = this.traits.filter(({ kind, midway: at }) => kind === 'feature' && !at);
      const feature = single.tried[0]!.kind === 'feature' ? undefined : yield* best(remade.map(alone), inLog);
      return feature?.gone.length === parts.length ? this.found(feature, 'log') : this.found(single, 'event');
    }
    // what was never asked for cannot have made a difference, alone
    const earlier = this.traits.filter((trait) => !asked.includes(trait) && this.base.asked.has(trait.id));
    // and of equals what the event asks for comes first
    const ever = [...asked, ...earlier];
    const whole = yield* best(ever.map(alone), inLog);
    if (whole?.gone.length === parts.length) return this.found(whole, 'log');
    // several of them, each of some of the parts
    if (single !== undefined && single.gone.length >= (whole?.gone.length ?? 0)) return this.found(single, 'event');
    if (whole !== undefined) return this.found(whole, 'log');
    const double = midway.length <= PAIRED ? yield* best(pairsOf(midway), atEvent) : undefined;
    if (double !== undefined) return this.found(double, 'event');
    const fromAll = yield* this.shrink(ever, inLog);
    return fromAll === undefined ? undefined : this.found(fromAll, 'log');
  }

  private found<P>(
    { tried, gone, also }: Tried<P>,
    scope: Cause['scope'],
  ): { readonly cause: Cause; readonly gone: readonly P[] } {
    return {
      cause: {
        key: keyOf(tried),
        traits: tried,
        scope,
        also: also.flat().filter(({ id }) => tried.length === 1 && !COARSE.has(id)),
      },
      gone,
    };
  }

  /** All traits together, less what is not needed; undefined where all together do nothing, or more than a few are needed. */
  private *shrink<P>(traits: readonly Trait[], gone: Try<P>): Generator<void, Tried<P> | undefined, void> {
    for (const all of [traits.filter(({ id }) => !COARSE.has(id)), traits]) {
      const first = yield* gone(all);
      if (first.length === 0) continue;
      let needed = all;
      for (let size = Math.ceil(all.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let i = 0; i < needed.length; ) {
          const less = [...needed.slice(0, i), ...needed.slice(i + size)];
          const left = less.length > 0 && less.length < needed.length ? yield* gone(less) : [];
          if (less.length > 0 && less.length < needed.length && first.every((part) => left.includes(part)))
            needed = less;
          else i += size;
        }
      }
      if (needed.length <= MOST_TOGETHER) return { tried: needed, gone: first, also: [] };
    }
    return undefined;
  }
}

/** Traits that hold many others. */
const COARSE: ReadonlySet<string> = new Set(['entry_format', 'machine']);

interface Tried<P> {
  readonly tried: readonly Trait[];
  readonly gone: readonly P[];
  /** Other sets that did as well. */
  readonly also: readonly (readonly Trait[])[];
}

/** Which parts go with some traits exchanged. */
type Try<P> = (traits: readonly Trait[]) => Generator<void, readonly P[], void>;

const alone = (trait: Trait): readonly Trait[] => [trait];

/** The set that makes most go, the first of equals. */
function* best<P>(sets: readonly (readonly Trait[])[], gone: Try<P>): Generator<void, Tried<P> | undefined, void> {
  const tried: Omit<Tried<P>, 'also'>[] = [];
  for (const set of sets) tried.push({ tried: set, gone: yield* gone(set) });
  const most = Math.max(0, ...tried.map((one) => one.gone.length));
  const [first, ...others] = tried.filter((one) => one.gone.length === most);
  return first === undefined || most === 0 ? undefined : { ...first, also: others.map((one) => one.tried) };
}

const keyOf = (traits: readonly Trait[]): string => traits.map(({ id }) => id).join('+');

function pairsOf(traits: readonly Trait[]): (readonly Trait[])[] {
  return traits.flatMap((a, i) => traits.slice(i + 1).map((b) => [a, b]));
}

const without = <P>(parts: readonly P[], gone: readonly P[]): readonly P[] =>
  parts.filter((part) => !gone.includes(part));

/** Names that a run notes when they are asked for; the others always count as asked for. */
const isWatched = ({ kind, id }: Trait): boolean => id === 'pte_special' || kind === 'fact' || kind === 'feature';

function isAsked(traits: readonly Trait[], { asked }: Trial): boolean {
  return traits.some((trait) => asked.has(trait.id) || !isWatched(trait) || !trait.midway);
}

/** Those of `parts` that differ no more; nothing where the event now goes through in one lane alone and did not before. */
function goneIn<P extends NamedPart>(trial: Trial, parts: readonly P[], seen: Trial): readonly P[] {
  if (!trial.alike && seen.alike) return [];
  return parts.filter((part) => !trial.has(part));
}
