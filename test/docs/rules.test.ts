// SPDX-License-Identifier: GPL-2.0-or-later
/** docs/rules.md: every rule names a feature that exists, with the evidence that the feature has, and a test that is there. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_CHANGES, FEATURES } from '@specialbit/core';
import type { Feature } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Row {
  readonly rule: string;
  readonly from: string;
  readonly feature: string;
  readonly evidence: string;
  readonly test: string;
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const rows: readonly Row[] = read('docs/rules.md')
  .split('\n')
  .filter((line) => /^\| (R\d+|-) \|/.test(line))
  .map((line) => {
    const [rule, from, , feature, evidence, test] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { rule: rule!, from: from!, feature: feature!.replaceAll('`', ''), evidence: evidence!, test: test! };
  });
const named = rows.filter(({ feature }) => feature !== '-');
const features = new Map<string, Feature>(
  [...Object.values<Feature>(FEATURES), ...API_CHANGES].map((feature) => [feature.name, feature]),
);

/** The words of the table for what a feature says of itself. */
const EVIDENCE: Readonly<Record<string, string>> = { transcripts: 'transcripts', lab: 'transcripts', source: 'source' };

describe('docs/rules.md', () => {
  it('has R1 to R24, each', () => {
    const rules = new Set(rows.map(({ rule }) => rule).filter((rule) => rule !== '-'));
    expect([...rules]).toEqual(Array.from({ length: 24 }, (_, i) => `R${i + 1}`));
  });

  it.each(named)('$rule: $feature exists, is of that release, and as well known', ({ feature, from, evidence }) => {
    const known = features.get(feature);
    expect(known, feature).toBeDefined();
    // the removal of a feature is a rule as well
    expect([known!.since.version, known!.until?.version]).toContain(from);
    expect(known!.evidence).toBe(EVIDENCE[evidence]);
  });

  it.each(named)('$feature is tested in $test', ({ feature, test, evidence }) => {
    expect(existsSync(join(root, test)), test).toBe(true);
    if (statSync(join(root, test)).isDirectory()) expect(evidence).toBe('transcripts');
    else if (test.startsWith('examples/'))
      expect(read('docs/porting.md')).toMatch(new RegExp(`${feature}\n(?: {4}.*\n)*? {4}shown by ${test}`));
    else if (!test.endsWith('.gz')) expect(read(test).length).toBeGreaterThan(0);
  });

  it('leaves out no feature of the core that parts 6.12 from 7.3', () => {
    const newer = Object.values<Feature>(FEATURES).filter(
      ({ since, evidence }) => evidence !== 'proposed' && isLater(since.version),
    );
    const rulesOf = new Set(named.map(({ feature }) => feature));
    expect(newer.map(({ name }) => name).filter((name) => !rulesOf.has(name))).toEqual([]);
  });
});

/** After 6.12. */
function isLater(version: string): boolean {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  return major > 6 || minor > 12;
}
