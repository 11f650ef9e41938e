// SPDX-License-Identifier: GPL-2.0-or-later
/** Causes in words. */
import type { Feature } from '../arch/feature.js';
import type { ExchangedTrait, ProvedCause } from './divergence.js';
import type { Cause } from './prove/prover.js';
import type { Trait } from './prove/trait.js';

/** A cause between two lanes of a comparison. */
export interface PairCause {
  readonly lanes: readonly [string, string];
  readonly cause: Cause;
  /** What is seen of it in the lanes. */
  readonly seen: string | undefined;
}

export function provedCause({ lanes, cause }: PairCause): ProvedCause {
  const traits = cause.traits.map(
    (trait): ExchangedTrait => ({
      name: trait.id,
      kind: trait.kind,
      on: trait.side === 'left' ? lanes[0] : lanes[1],
      values: [trait.left, trait.right],
    }),
  );
  return { lanes, traits, scope: cause.scope, also: cause.also.map(({ id }) => id) };
}

/** Why, and how it was proved; `healed`: events that had to be healed too, `event 3`. */
export function causeText(pairs: readonly PairCause[], number: number, healed: string): string {
  const groups = new Map<string, PairCause[]>();
  for (const pair of pairs) groups.set(pair.cause.key, [...(groups.get(pair.cause.key) ?? []), pair]);
  return [...groups.values()].map((group) => groupText(group, number, healed)).join(' ');
}

/** Lanes that part for one cause. */
function groupText(group: readonly PairCause[], number: number, healed: string): string {
  const { cause } = group[0]!;
  const seen = group.map((pair) => pair.seen).find((text) => text !== undefined);
  const what = cause.traits.map((trait) => traitText(trait, group)).join(', together with ');
  return `${what}${seen === undefined ? '' : `. ${seen}`}. ${proofText(group, number, healed)}`;
}

/** `vm_foo: it does this (x86_64@7.3); without it, that (x86_64@6.12). Since ...`. */
function traitText(trait: Trait, group: readonly PairCause[]): string {
  const left = unique(group.map(({ lanes }) => lanes[0]));
  const right = unique(group.map(({ lanes }) => lanes[1]));
  const { feature } = trait;
  if (feature === undefined) {
    return `${trait.id}: ${trait.left} (${left.join(', ')}), ${trait.right} (${right.join(', ')})`;
  }
  const [has, lacks] = trait.left === feature.summary ? [left, right] : [right, left];
  return (
    `${feature.name}: ${feature.summary} (${has.join(', ')}); ` +
    `without it, ${feature.without} (${lacks.join(', ')}). ${originText(feature)}`
  );
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

/** `Proved: with this event played on arm with pte_special of x86_64, the difference goes.` */
function proofText(group: readonly PairCause[], number: number, healed: string): string {
  const { cause, lanes } = group[0]!;
  const others = unique(group.map(({ lanes: both }) => both[1]));
  const given = cause.traits.map((trait) => {
    const [on, as] = trait.side === 'left' ? [lanes[0], others.join(', ')] : [others.join(', '), lanes[0]];
    return `${trait.id} on ${on} as on ${as}`;
  });
  const at = healed === '' ? `at event ${number} alone` : `at event ${number} and at ${healed}`;
  const when = cause.scope === 'event' ? at : 'from the start of the log';
  const also = cause.also.length === 0 ? '' : `, and so does it with ${cause.also.map(({ id }) => id).join(' or ')}`;
  return `Proved: with ${given.join(' and ')} ${when}, this goes${also}.`;
}

/** `Since 6.11, commit 79a61cc3fc04 ("mm: ...")`; a removal where there was one. */
export function originText(feature: Feature): string {
  const { since, until, backports } = feature;
  if (since.messageId !== undefined) return `Proposed, in no release (<${since.messageId}>)`;
  const commit = (origin: { commit?: string; subject: string }): string =>
    origin.commit === undefined ? ` (${origin.subject})` : `, commit ${origin.commit} ("${origin.subject}")`;
  const removed = until === undefined ? '' : `; removed in ${until.version}${commit(until)}`;
  const back = backports === undefined || backports.length === 0 ? '' : `, backported to ${backports.join(', ')}`;
  return `Since ${since.version}${commit(since)}${back}${removed}`;
}

/** In the words that are promised where nothing is found. */
export function noneText(tried: number, fixed: readonly string[], seen: string | undefined): string {
  const cannot = fixed.length === 0 ? '' : ` What cannot be exchanged: ${fixed.join(', ')}.`;
  const shown = seen === undefined ? '' : ` Seen: ${seen}.`;
  return (
    `no cause was found: of ${tried} things in which the lanes differ no one, two or three exchanged together ` +
    `make this go.${cannot}${shown}`
  );
}

export const UNTRIED = 'no cause was looked for: the bound on tries was reached';
export const MINOR_UNTRIED = 'Not proved: what does not count as parting is not tried.';
