// SPDX-License-Identifier: GPL-2.0-or-later
/** What verify reports of steps that it cannot compare, and of differences that are known. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf } from './strip.testkit.js';
import { selection, specialbit, type Verified } from './verify.testkit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines = linesOf(join(selection, 'x86_64', 'curated.jsonl.gz'));
const scenarioEnd = lines.findIndex((line, i) => i > 1 && line.startsWith('{"begin"'));
const scenario = lines.slice(0, scenarioEnd);
const last = JSON.parse(scenario.at(-1)!);

/** A folder of machines, each with a file `file.jsonl`. */
function machines(files: Readonly<Record<string, readonly string[]>>): string {
  const root = mkdtempSync(join(folder, 'machines-'));
  for (const [machine, content] of Object.entries(files)) {
    mkdirSync(join(root, machine));
    writeFileSync(join(root, machine, 'file.jsonl'), `${content.join('\n')}\n`);
  }
  return root;
}

async function verified(file: string, ...args: string[]): Promise<Verified & { readonly code: number }> {
  const { code, out } = await specialbit('verify', '--json', ...args, file);
  return { code, ...(JSON.parse(out) as Verified) };
}

describe('a kernel that died', () => {
  const died = [
    ...scenario.slice(0, -1),
    JSON.stringify({ scenario: last.scenario, seq: last.seq, oops: ['Oops [#1]'] }),
  ];

  test('in an operation that no other transcript tells is counted apart', async () => {
    const { code, apart } = await verified(join(machines({ one: died }), 'one', 'file.jsonl'));
    expect(code).toBe(0);
    expect(apart).toMatchObject([{ scenario: last.scenario, seq: last.seq, kind: 'oops-unknown' }]);
  });

  test('where the model sees no reason is a difference', async () => {
    const root = machines({ one: died, two: scenario });
    const { code, mismatches, apart } = await verified(join(root, 'one', 'file.jsonl'));
    expect(code).toBe(1);
    expect(apart).toEqual([]);
    expect(mismatches).toMatchObject([
      { op: last.op, differences: [{ field: 'crash', kernel: ['Oops [#1]'], model: 'went on' }] },
    ]);
  });
});

describe('known divergences', () => {
  const changed = scenario.map((line, i) => (i === 2 ? line.replace('"ret":0', '"ret":-7') : line));
  const entry = { id: 'made-up', argument: 'It was changed by hand.' };
  const with_ = (where: object): string => {
    const file = join(mkdtempSync(join(folder, 'known-')), 'known.json');
    writeFileSync(file, JSON.stringify({ divergences: [{ ...entry, where }] }));
    return file;
  };
  const at = { scenario: last.scenario, seq: 0, through: 0 };

  test('are compared, listed, and no reason to fail', async () => {
    const file = join(machines({ one: changed }), 'one', 'file.jsonl');
    expect((await verified(file)).code).toBe(1);
    for (const where of [at, { fields: ['ret'] }, { fields: ['ret', 'val'], page_size: 4096 }]) {
      const { code, total, known } = await verified(file, '--known', with_(where));
      expect(code).toBe(0);
      expect(total).toMatchObject({ known: 1, agreeing: scenario.length - 3 });
      expect(known).toMatchObject([{ id: 'made-up', met: [{ differences: [{ field: 'ret', kernel: -7 }] }] }]);
    }
    const { out } = await specialbit('verify', '--known', with_(at), file);
    expect(out).toContain('made-up: met in 1 step');
    expect(out).toContain(`${last.scenario}:0`);
  });

  test('do not cover what they do not speak of', async () => {
    const file = join(machines({ one: changed }), 'one', 'file.jsonl');
    for (const where of [{ ...at, seq: 1, through: 9 }, { fields: ['val'] }, { fields: ['ret'], page_size: 8192 }]) {
      const { code, known } = await verified(file, '--known', with_(where));
      expect(code).toBe(1);
      expect(known).toMatchObject([{ met: [] }]);
    }
  });

  test.each([
    [{ fields: ['nothing'] }, 'divergences[0].where.fields: no such field: nothing'],
    [{ scenario: 'x' }, 'divergences[0].where.seq: expected a number, found undefined'],
    [{ fields: ['ret'], frame: 'D0' }, 'divergences[0].where: unknown member "frame"'],
  ])('%j is refused', async (where, message) => {
    const { code, err } = await specialbit('verify', '--known', with_(where), join(selection, 'arm'));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
