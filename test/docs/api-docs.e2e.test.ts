// SPDX-License-Identifier: GPL-2.0-or-later
/** The documentation of the libraries is made without a warning, and has what each package makes public. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../cli/specialbit.testkit.js';

const out = mkdtempSync(join(tmpdir(), 'specialbit-api-'));
const tool = join(root, 'tools/api-docs');

beforeAll(() => {
  execFileSync(process.execPath, [typedoc(), '--out', out], { cwd: tool, stdio: 'pipe' });
}, 300_000);
afterAll(() => rmSync(out, { recursive: true }));

function typedoc(): string {
  const places = [join(tool, 'node_modules'), join(root, 'node_modules')];
  return places.map((place) => join(place, 'typedoc/bin/typedoc')).find((file) => existsSync(file))!;
}

describe('the documentation of the libraries', () => {
  it.each(readdirSync(join(root, 'packages')))('has a page of %s', (name) => {
    const modules = readdirSync(join(out, 'modules'));
    expect(modules.filter((page) => page.startsWith(`_specialbit_${name}`))).not.toEqual([]);
  });

  it('shows the three lines that a user of core begins with', () => {
    const pages = readdirSync(join(out, 'functions'));
    const run = pages.find((page) => /^_specialbit_core\.run\.html$/.test(page));
    expect(readFileSync(join(out, 'functions', run!), 'utf8')).toMatch(/run.*log.*arch/s);
  });
});
