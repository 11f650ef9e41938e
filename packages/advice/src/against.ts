// SPDX-License-Identifier: GPL-2.0-or-later
/** A way that somebody took, beside the way that the advice would take. */
import { type Advice, compareWays, type Judged, needVerdict } from './advise.js';
import type { Verdict } from './verdict.js';

export interface Against {
  /** From 1; 0: no such way was tried. */
  readonly rank: number;
  /** It does all that the best does, and no worse. */
  readonly agrees: boolean;
  readonly taken: Judged | undefined;
  /** Needs that it does not meet and the best does, with what comes instead. */
  readonly lacks: readonly { readonly need: string; readonly verdict: Verdict; readonly lanes: readonly string[] }[];
}

/** `id`: of a way. */
export function against({ ways }: Advice, id: string): Against {
  const at = ways.findIndex(({ way }) => way.id === id);
  const [best] = ways;
  const taken = ways[at];
  if (best === undefined || taken === undefined) return { rank: 0, agrees: false, taken, lacks: [] };
  // what maps nothing does nothing else, and nothing else was tried
  const unmet = taken.unmet.includes('use') ? ['use'] : taken.unmet;
  const lacks = unmet
    .filter((need) => !best.unmet.includes(need))
    .map((need) => {
      const verdict = needVerdict(taken, need);
      const groups = taken.claims.filter((claim) => claim.need === need).flatMap((claim) => claim.groups);
      const lanes = new Set(groups.flatMap((group) => (group.verdict.kind === 'works' ? [] : group.lanes)));
      return { need, verdict, lanes: [...lanes] };
    });
  return { rank: at + 1, agrees: compareWays(taken, best) <= 0, taken, lacks };
}
