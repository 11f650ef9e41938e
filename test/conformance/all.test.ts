// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The conformance kit on every architecture that is shipped, with the golden vectors where the kernel's own
 * headers gave some.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { checkArchitecture, countChecks, type GoldenVectors } from '@specialbit/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import { configuration } from '../arch/configurations.js';

const folder = new URL('../vectors/', import.meta.url);
const vectors = new Map<string, GoldenVectors>();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json.gz'))) {
  const arch = configuration(file.replace('.json.gz', ''));
  vectors.set(arch.name, JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString()) as GoldenVectors);
}

const totals = { holds: 0, accepted: 0, fails: 0, 'left out': 0 };
describe('the conformance kit', () => {
  for (const arch of [...x86, ...nospecial, ...special]) {
    it(arch.name, () => {
      const given = vectors.get(arch.name);
      const report = checkArchitecture(arch, given === undefined ? {} : { vectors: given });
      expect(report.checks.filter((check) => check.outcome === 'fails')).toEqual([]);
      const counts = countChecks(report);
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += counts[key];
    });
  }

  it('knows 71 architectures and vectors for 60 of them', () => {
    expect([x86.length + nospecial.length + special.length, vectors.size]).toEqual([71, 60]);
  });
  afterAll(() => {
    const { holds, accepted } = totals;
    console.log(
      `${holds} checks hold, ${accepted} deviate and say why, ${totals['left out']} say nothing, ${totals.fails} fail`,
    );
  });
});
