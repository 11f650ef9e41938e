// SPDX-License-Identifier: GPL-2.0-or-later
/** Transcripts of real 6.12 kernels with transparent huge pages: large folios, huge PMDs, splits, statistics, deaths. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository, type Verified, verifyHere } from '../kernels/verify.testkit.js';

const STEPS = { x86_64: 1900, arm64: 1300, 'i386-pae': 500, 'x86_64-huge': 1000 };
const of = (machine: string): string => join(repository, 'test/kernels-thp', machine);

function expectAgreement({ total, mismatches }: Verified, steps: number): void {
  expect(mismatches).toEqual([]);
  expect(total.agreeing).toBe(total.steps);
  expect(total.steps).toBeGreaterThan(steps);
}

it.each(Object.entries(STEPS))('%s agrees in every field', async (machine, steps) => {
  expectAgreement(await verifyHere(of(machine)), steps);
});

it('arm-lpae agrees in every field, and the model names what it died of', async () => {
  const verified = await verifyHere(of('arm-lpae'), of('x86_64'));
  expectAgreement(verified, 2500);
  const deaths = verified.apart.filter(({ arch, kind }) => arch === 'arm-lpae' && kind === 'oops-both');
  expect(deaths.map(({ where }) => where)).toEqual(Array(7).fill('zap_huge_pmd'));
});
