// SPDX-License-Identifier: GPL-2.0-or-later
/** What was built: how large it is, and whose code is in it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fits } from '../packages/packages.testkit.js';
import { PAGE, root } from './browser.testkit.js';

const modules = JSON.parse(readFileSync(join(root, 'packages/viewer/dist/modules.json'), 'utf8')) as Record<
  string,
  readonly string[]
>;
const gzipped = (file: string): number => gzipSync(readFileSync(join(PAGE, file)), { level: 9 }).length;

/** The package that a module belongs to. */
function manifestOf(module: string): { readonly name: string; readonly license?: string } {
  for (let at = dirname(join(root, module)); at.startsWith(root); at = dirname(at)) {
    const file = join(at, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string; readonly license?: string };
    // some packages say in a folder only how its modules are to be read
    if (manifest.name !== undefined) return manifest as { name: string; license?: string };
  }
  return { name: module };
}

describe('the bundles', () => {
  it.each([
    ['page.js', 80_000],
    ['engine.js', 250_000],
    ['recordings.js', 83_000],
    ['editor.js', 160_000],
  ])('%s is small', (file, most) => {
    console.log(`${file}: ${gzipped(file)} bytes as gzip`);
    expect(gzipped(file)).toBeLessThan(most);
  });

  it.each(Object.keys(modules))('%s has no code under a licence that does not fit, and nothing of Node', (file) => {
    const real = modules[file]!.filter((module) => existsSync(join(root, module)));
    expect(real.length).toBeGreaterThan(0);
    const found = new Map(real.map((module) => [manifestOf(module).name, manifestOf(module).license]));
    expect([...found].filter(([name, license]) => !fits(name, license))).toEqual([]);
    expect(
      modules[file]!.filter((module) => module.startsWith('node:') || module.includes('browser-external')),
    ).toEqual([]);
  });

  it('the engine has every architecture, the page none of the model', () => {
    const page = modules['page.js']!;
    expect(page.filter((module) => /packages\/(?:core|arch-)/.test(module))).toEqual([]);
    expect(modules['engine.js']!.some((module) => module.includes('packages/arch-special'))).toBe(true);
    // what imports and decodes is loaded by who needs it
    const late = (file: string): boolean =>
      modules[file]!.some((module) => /packages\/(?:importers|decode)\//.test(module));
    expect([late('engine.js'), late('page.js'), late('recordings.js')]).toEqual([false, false, true]);
  });

  it('the command that is bundled has the page', () => {
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-page-'));
    execFileSync(process.execPath, [join(root, 'packages/cli/bin/specialbit.js'), 'view', '--static', folder]);
    expect(readFileSync(join(folder, 'page.js'), 'utf8')).toBe(readFileSync(join(PAGE, 'page.js'), 'utf8'));
    rmSync(folder, { recursive: true });
  });
});
