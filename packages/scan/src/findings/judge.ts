// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays candidates on every lane, and keeps those that go wrong as their rule says. */
import { type ClaimGroup, claimOf, headerOf, type Line, type Stage, type StageClaim, Starts } from '@specialbit/advice';
import type { NamedLane } from '@specialbit/core';
import type { LogHeader } from '@specialbit/events';
import type { Finding, Seen } from './rule.js';
import { RULES } from './rules.js';

/** The lanes of a header, with the same names for each. */
export type LanesOf = (header: LogHeader) => readonly NamedLane[];

export class Judge {
  private readonly starts = new Starts();
  /** Many drivers do the same. */
  private readonly claims = new Map<string, StageClaim>();

  constructor(private readonly lanesOf: LanesOf) {}

  /** What came of some lines on every lane. */
  claim(stage: Stage, lines: readonly Line[]): StageClaim {
    const key = JSON.stringify([stage.header, stage.driverFrames, lines]);
    let claim = this.claims.get(key);
    if (claim === undefined) {
      claim = claimOf(stage, lines, this.lanesOf(headerOf(stage)), this.starts);
      this.claims.set(key, claim);
    }
    return claim;
  }

  findings(seen: Seen): Finding[] {
    const findings: Finding[] = [];
    for (const rule of RULES) {
      for (const { place, does, stage, lines, unless } of rule.candidates(seen)) {
        const { groups, log } = this.claim(stage, lines);
        const already =
          unless === undefined
            ? []
            : this.claim(unless.stage, unless.lines).groups.filter(({ verdict }) => verdict.kind !== 'works');
        const spoiled = new Set(already.flatMap(({ lanes }) => lanes));
        const harmed = groups
          .filter(({ verdict }: ClaimGroup) => rule.harm(verdict))
          .flatMap(({ lanes }) => lanes.filter((lane) => !spoiled.has(lane)));
        if (harmed.length > 0)
          findings.push({
            rule,
            place,
            does,
            of: seen.mapping.of,
            groups,
            harmed,
            log: () => log(`${rule.words} (${seen.mapping.of})`),
          });
      }
    }
    return findings;
  }
}
