// SPDX-License-Identifier: GPL-2.0-or-later
/** The commands, given what people make of a report: an explanation or one line that says why not, never a fault of our own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mutation } from '../../packages/importers/src/mutate.testkit.js';
import { root, temporary } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

const RUNS = Number(process.env.SPECIALBIT_FUZZ ?? 60);
const folder = join(root, 'test/pasted/splats');
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

it.each(['decode', 'import'])('%s', async (command) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...texts), fc.array(mutation, { maxLength: 4 }), async (text, mutations) => {
      const mutated = mutations.reduce<readonly string[]>((lines, mutate) => mutate(lines), text.trimEnd().split('\n'));
      const file = temporary('report.txt', mutated.slice(0, 200).join('\n'));
      const { code, err } = await specialbit(command, file);
      expect([0, 2]).toContain(code);
      expect(err).not.toContain('internal error');
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
