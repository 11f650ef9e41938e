// SPDX-License-Identifier: GPL-2.0-or-later
/** The kit as tests of vitest: one for each law, scenario and set of vectors. */
import type { Architecture } from '@specialbit/core/arch';
import { describe, it } from 'vitest';
import { type CheckOptions, planChecks } from './check-architecture.js';

const GROUPS = { law: 'laws', vectors: 'golden vectors', behaviour: 'behaviour' } as const;

/**
 * Declares the tests of an architecture. In a plugin's test file:
 *
 *     describeArchitecture(myArch);
 *
 * A law that says nothing about the architecture, or that its layout accepts as broken, is skipped.
 */
export function describeArchitecture(arch: Architecture, options: CheckOptions = {}): void {
  describe(`${arch.name}: ${arch.title}`, () => {
    const checks = planChecks(arch, options);
    for (const group of ['law', 'vectors', 'behaviour'] as const) {
      const members = checks.filter((check) => check.group === group);
      if (members.length === 0) continue;
      describe(GROUPS[group], () => {
        for (const check of members) {
          it(`${check.name}: ${check.title}`, ({ skip }) => {
            const { outcome, detail } = check.run();
            if (outcome === 'fails') throw new LawBroken(detail);
            if (outcome !== 'holds') skip(`${outcome}: ${detail}`);
          });
        }
      });
    }
  });
}

/** Shown by vitest; where it was thrown says nothing, so it has no stack. */
class LawBroken extends Error {
  override readonly name = 'LawBroken';
  constructor(detail: string) {
    super(detail);
    this.stack = `LawBroken: ${detail}`;
  }
}
