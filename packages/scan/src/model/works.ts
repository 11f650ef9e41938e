// SPDX-License-Identifier: GPL-2.0-or-later
/** What works on a driver's mapping: the suites of the advice, played on it. */
import { type ClaimGroup, NEEDS, type Need } from '@specialbit/advice';
import type { Archetype } from '../driver/archetype.js';
import type { Judge } from '../findings/judge.js';
import { DriverStage, playable } from './stage.js';

export interface Works {
  readonly need: string;
  readonly words: string;
  /** Lanes by what came of it: the suite that went worst of those of the need. */
  readonly groups: readonly ClaimGroup[];
}

/** What a process wants. What its author wants of it (to be refused, to be told, to be counted) no source tells. */
const asked = ({ name }: Need): boolean => !/^(no-.*|huge|read-lock|write-notify|rss|uncounted|zap)$/.test(name);

/** Of a shared mapping; undefined for what the model cannot play. */
export function worksOn(judge: Judge, archetype: Archetype): Works[] | undefined {
  if (!playable(archetype)) return undefined;
  const stage = new DriverStage(archetype, { shared: true });
  const works: Works[] = [];
  for (const need of NEEDS.filter(asked)) {
    if (need.only === 'writable' && !stage.writable) continue;
    const claims = need.suites.flatMap(({ lines }) => {
      const made = lines(stage);
      return made.length === 0 ? [] : [judge.claim(stage, made).groups];
    });
    const worst = claims.find((groups) => groups.some(({ verdict }) => verdict.kind !== 'works')) ?? claims[0];
    if (worst !== undefined) works.push({ need: need.name, words: need.words, groups: worst });
  }
  return works;
}
