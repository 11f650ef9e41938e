// SPDX-License-Identifier: GPL-2.0-or-later
/** The proofs that are kept here, held against the logs and the model of today; no kernel is booted. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const folder = join(root, 'test/lab/proofs');
const files = readdirSync(folder).map((name) => `test/lab/proofs/${name}`);
const from = files.flatMap((file) => ['--from', file]);
const DOCUMENT = join(root, 'docs/proved.md');
const TABLE = /^\| log \|[\s\S]*/m;

describe('what real kernels did with the logs', () => {
  it('is what the model says, of logs that are what they were', async () => {
    const { code, out } = await specialbit(['prove', ...from, '--json']);
    const { lanes } = JSON.parse(out) as { lanes: { file: string; why?: string; agreed: number; differing: number }[] };
    expect(lanes.filter(({ why, differing }) => why !== undefined || differing > 0)).toEqual([]);
    expect(lanes.length).toBeGreaterThan(160);
    expect(lanes.reduce((sum, { agreed }) => sum + agreed, 0)).toBeGreaterThan(850);
    expect(code).toBe(0);
  });

  it('is what docs/proved.md says (UPDATE_DOCS=1 writes it)', async () => {
    const { out } = await specialbit(['prove', ...from, '--markdown']);
    const text = readFileSync(DOCUMENT, 'utf8');
    const renewed = text.replace(TABLE, out);
    if (process.env.UPDATE_DOCS !== undefined) writeFileSync(DOCUMENT, renewed);
    else expect(text).toBe(renewed);
  });

  it('is read by verify', async () => {
    const { code, out } = await specialbit(['verify', folder]);
    expect(code).toBe(0);
    expect(out).toContain('model and kernel agree in every field');
  });
});
