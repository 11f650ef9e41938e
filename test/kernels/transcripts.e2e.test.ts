// SPDX-License-Identifier: GPL-2.0-or-later
/** The model says what real kernels of every proven release said, in every field of every step. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RELEASES, seriesOf } from '@specialbit/core';
import { describe, expect, test } from 'vitest';
import { releases, repository, selection, type Verified, verifyHere } from './verify.testkit.js';
import { verifyBuilt } from './verify-built.testkit.js';

const MINUTES = 60_000;

/** Every kernel that played these died of them, so that no transcript has the operation that the model could be asked about. */
const UNTOLD =
  /^(?:raw-anon-shared-(?:pin|longterm)|pmd-special-in-ordinary-munmap|(?:bug-)?pfnpmd-mixed|bug-prot-none-)/;

/** Everything agrees but what is listed as known, and the model names every death of a real kernel. */
function expectAgreement({ total, fields, mismatches, apart, known }: Verified): void {
  expect(mismatches).toEqual([]);
  expect(total.agreeing + total.known).toBe(total.steps);
  const knownFields = new Set(known.flatMap(({ where }) => where.fields ?? []));
  const differing = Object.entries(fields).filter(([, { compared, agree }]) => compared !== agree);
  expect(differing.map(([field]) => field).filter((field) => !knownFields.has(field))).toEqual([]);
  const kinds = new Set(apart.filter(({ scenario }) => !UNTOLD.test(scenario)).map(({ kind }) => kind));
  expect([...kinds].filter((kind) => !['oops-both', 'survived', 'worker'].includes(kind))).toEqual([]);
}

const machinesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Machines of each release that have a selection. */
const MACHINES: Readonly<Record<string, number>> = { '6.1': 8, '6.12': 15, '6.18': 3, '7.3': 7 };

const proven = RELEASES.filter(({ evidence }) => evidence === 'transcripts');

test('every release that is called proven has transcripts, and every folder of transcripts a release', () => {
  expect(machinesOf(releases).sort()).toEqual(proven.map(({ transcripts }) => transcripts).sort());
});

describe.each(proven.map(({ version, transcripts }) => [version, transcripts ?? seriesOf(version)] as const))(
  'the selection of Linux %s',
  (_, name) => {
    const folder = join(releases, name);

    test('has its machines', () => {
      expect(machinesOf(folder)).toHaveLength(MACHINES[name] ?? 0);
    });

    test.each(machinesOf(folder))('%s agrees in every field', async (machine) => {
      const verified = await verifyHere(join(folder, machine));
      expectAgreement(verified);
      expect(verified.total.steps).toBeGreaterThan(2000);
    });
  },
);

describe('what is not compared', () => {
  test('the console text of alpha is known, and labels of free pages are', async () => {
    const met = async (machine: string): Promise<unknown> =>
      (await verifyHere(join(selection, machine))).known.map(({ id, met }) => [id, met.length]);
    expect(await met('alpha')).toEqual([
      ['console-text-over-device-frames', 5],
      ['label-of-a-free-page', 0],
    ]);
    expect(await met('x86_64')).toEqual([
      ['console-text-over-device-frames', 0],
      ['label-of-a-free-page', 7],
    ]);
  });

  test('the model names what real kernels died of', async () => {
    const { apart } = await verifyHere(...['arm64', 'mips32r6', 'riscv64'].map((machine) => join(selection, machine)));
    const deaths = apart.filter(({ kind }) => kind.startsWith('oops'));
    expect(deaths).toHaveLength(32);
    expect(new Set(deaths.map(({ arch, kind, where }) => `${arch} ${kind} ${where}`))).toEqual(
      new Set([
        'arm64 oops-both __sync_icache_dcache',
        'mips32r6 oops-both local_r4k_flush_cache_page',
        'riscv64 oops-both flush_icache_pte',
      ]),
    );
  });
});

/** The corpus that the selection is from, where it lies beside the repository. */
function corpus(name: string, wanted: boolean): void {
  const folder = join(repository, '..', 'shared', name);
  const there = existsSync(folder);
  const reason = there ? 'asked for with SPECIALBIT_ALL=1' : `${join('..', 'shared', name)} is not there`;
  test.skipIf(!there || !wanted)(
    there && wanted ? `all of ${name} agrees in every field` : `all of ${name}: left out, ${reason}`,
    async () => {
      const verified = await verifyBuilt(folder);
      expectAgreement(verified);
    },
    10 * MINUTES,
  );
}

describe('the whole corpus', () => {
  corpus('kernel', true);
  corpus('kernel-thp', true);
  for (const name of ['kernel-6.1', 'kernel-6.18', 'kernel-7.3'])
    corpus(name, (process.env.SPECIALBIT_ALL ?? '') !== '');
});
