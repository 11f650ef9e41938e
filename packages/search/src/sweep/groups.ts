// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Lanes that answer alike whatever these events ask: the features of their kernels, the facts of their architectures,
 * and what their entries can say of a page. A run takes no two of one group, so that many lanes do not cost many times.
 */
import { DEFAULT_PROFILE, FEATURES, MECHANISMS, type NamedLane, PARTS } from '@specialbit/core';
import type { Architecture, Pte } from '@specialbit/core/arch';

/** Indices of lanes, those of one group together; in the order of the lanes. */
export function laneGroups(lanes: readonly NamedLane[], types: Iterable<string>): readonly (readonly number[])[] {
  const questions = questionsOf(types);
  const groups = new Map<string, number[]>();
  for (const [l, { options }] of lanes.entries()) {
    const key = answers(options, questions);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [l]);
    else group.push(l);
  }
  return [...groups.values()];
}

interface Questions {
  readonly features: ReadonlySet<keyof typeof FEATURES>;
  readonly facts: ReadonlySet<keyof Architecture['facts']>;
}

/** All that events of these types, and what they go through, ask for. */
function questionsOf(types: Iterable<string>): Questions {
  const features = new Set<keyof typeof FEATURES>();
  const facts = new Set<keyof Architecture['facts']>();
  const through = new Set<string>();
  const add = (asked: (typeof PARTS)[keyof typeof PARTS]): void => {
    for (const name of asked.features) features.add(name);
    for (const name of asked.facts) facts.add(name);
    for (const part of asked.through) {
      if (through.has(part)) continue;
      through.add(part);
      add(PARTS[part as keyof typeof PARTS]);
    }
  };
  for (const type of types) add(MECHANISMS[type as keyof typeof MECHANISMS] as (typeof PARTS)[keyof typeof PARTS]);
  return { features, facts };
}

function answers(
  { arch, profile = DEFAULT_PROFILE, machine, ...rest }: NamedLane['options'],
  asked: Questions,
): string {
  const now = arch.at(profile);
  const features = [...asked.features].map((name) => profile.has(FEATURES[name]));
  const facts = [...asked.facts].map((name) => now.facts[name]);
  const levels = [now.page.shift, now.special, now.pmd?.pages, now.pud?.pages, now.ptep !== undefined];
  return JSON.stringify([features, facts, levels, machine, rest, entryBehaviour(now)]);
}

const OPS = ['mkwrite', 'wrprotect', 'mkdirty', 'mkclean', 'mkyoung', 'mkold', 'mkspecial'] as const;
const ACCESSES = ['read', 'write', 'exec'] as const;
/** A pfn that every architecture can hold. */
const PFN = 256;

/** What an entry of each protection answers, as it is and after each operation and access. */
function entryBehaviour({ pte, user_access }: Architecture): string {
  const said = (p: Pte): string =>
    [pte.present(p), pte.write(p), pte.dirty(p), pte.young(p), pte.special(p), pte.protnone(p), pte.user(p)]
      .concat(pte.read(p), pte.exec(p))
      .map(Number)
      .join('') + pte.cachemode(p);
  const told: string[] = [];
  for (const prot of pte.protection_map) {
    const fresh = (): Pte => {
      const p = { lo: 0, hi: 0 };
      pte.pfn_pte(p, PFN, prot);
      return p;
    };
    told.push(said(fresh()));
    for (const op of OPS) {
      const p = fresh();
      pte[op](p);
      told.push(said(p));
      pte.modify(p, pte.protection_map[1]!);
      told.push(said(p));
    }
    for (const op of ACCESSES) {
      const p = fresh();
      told.push(`${Number(user_access(p, op))}${said(p)}`);
    }
  }
  return told.join(' ');
}
