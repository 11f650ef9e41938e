// SPDX-License-Identifier: GPL-2.0-or-later
/** A header's `config` decides how the model plays: with that of another kernel it says something else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOf } from './strip.testkit.js';
import { selection, specialbit } from './verify.testkit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FIND = 'CONFIG_FIND_NORMAL_PAGE';
const SECRETMEM = 'CONFIG_SECRETMEM';

test.each([
  ['7.3', 'no-find-normal-page', [], [FIND]],
  ['6.12', 'secretmem', [FIND, SECRETMEM], [FIND]],
  ['6.18', 'secretmem', [FIND, SECRETMEM], [FIND]],
])('%s, %s: %j as recorded, and not %j', async (release, name, config, other) => {
  const [first, ...lines] = linesOf(join(selection, '..', release, 'x86_64', `${name}.jsonl.gz`));
  const header = JSON.parse(first!) as { config: string[] };
  expect(header.config).toEqual(config);
  const play = async (as: readonly string[]): Promise<number> => {
    const file = join(folder, `${release}-${as.length}.jsonl`);
    writeFileSync(file, [JSON.stringify({ ...header, config: as }), ...lines].join('\n'));
    return (await specialbit('verify', file)).code;
  };
  expect([await play(config), await play(other)]).toEqual([0, 1]);
});
