// SPDX-License-Identifier: GPL-2.0-or-later
/** The picture that ARCHITECTURE.md draws, as the imports have it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf, type Imports, importsOf, PACKAGES, sourcesOf } from './imports.testkit.js';

const packages = readdirSync(PACKAGES).filter((name) => existsSync(join(PACKAGES, name, 'src')));

/** Folders and files of core/src: each may import itself and what stands before it. */
const CORE = [
  'errors.ts',
  'arch',
  'profile',
  'mm',
  'machine',
  'kernel',
  'world',
  'reduce.ts',
  'player.ts',
  'explain',
  'expect',
  'timeline',
  'run.ts',
  'compare',
  'places.ts',
  'footprint.ts',
  'streams.ts',
  'organs.ts',
  'index.ts',
];

/** The same below core/src/kernel. */
const KERNEL = [
  'reason',
  'base',
  'pte',
  'folio',
  'swap',
  'huge',
  'hugetlb',
  'zap',
  'file',
  'driver',
  'vma',
  'fault',
  'gup',
  'syscall',
  'mechanisms',
  'reduce-event.ts',
];

/** Imports that climb: of what stands later in `order`. */
function climbs(imports: Imports, order: readonly string[]): string[] {
  const rank = (path: string): number => {
    const part = path.split('/')[0]!;
    const found = order.indexOf(part);
    if (found < 0) throw new Error(`${path}: ${part} has no place in the order`);
    return found;
  };
  return [...imports].flatMap(([file, { files }]) =>
    files
      // what lies outside is another order's matter
      .filter((target) => !target.startsWith('..') && rank(target) > rank(file))
      .map((target) => `${file} -> ${target}`),
  );
}

describe('imports', () => {
  it.each(packages)('of %s run in no circle, types included', (name) => {
    expect(circlesOf(importsOf(join(PACKAGES, name, 'src')))).toEqual([]);
  });

  it('of core point one way, folder by folder', () => {
    expect(climbs(importsOf(join(PACKAGES, 'core/src')), CORE)).toEqual([]);
  });

  it('of the kernel point one way, folder by folder', () => {
    expect(climbs(importsOf(join(PACKAGES, 'core/src/kernel')), KERNEL)).toEqual([]);
  });

  it('between packages point one way', () => {
    const ours = (name: string): string[] => {
      const all = [...importsOf(join(PACKAGES, name, 'src')).values()].flatMap((imports) => imports.packages);
      return [...new Set(all.filter((p) => p.startsWith('@specialbit/')).map((p) => p.split('/')[1]!))].sort();
    };
    expect(ours('events')).toEqual([]);
    expect(ours('core')).toEqual(['events']);
    for (const name of packages.filter((p) => p.startsWith('arch-')))
      expect([name, ours(name)]).toEqual([name, ['core']]);
    for (const name of packages) expect(ours(name)).not.toContain('cli');
  });
});

describe('core', () => {
  const root = join(PACKAGES, 'core/src');

  it('keeps no state outside a world and a kernel', () => {
    // a variable, or a thing that was made to be written to
    const state =
      /^(?:export )?(?:let|var) .*|^const \w+(?:: (?:Pte|SwapEntry))? = (?:newPte\(\)|\{ lo: 0, hi: 0 \}).*/gm;
    const found = sourcesOf(root).flatMap((name) =>
      [...readFileSync(join(root, name), 'utf8').matchAll(state)].map(([line]) => `${name}: ${line}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('finds circles and climbs', () => {
    const imports: Imports = new Map([
      ['a/one.ts', { files: ['b/two.ts'], packages: [] }],
      ['b/two.ts', { files: ['b/three.ts'], packages: [] }],
      ['b/three.ts', { files: ['a/one.ts'], packages: [] }],
      ['b/four.ts', { files: ['b/two.ts'], packages: [] }],
    ]);
    expect(circlesOf(imports)).toEqual([['a/one.ts', 'b/three.ts', 'b/two.ts']]);
    expect(climbs(imports, ['a', 'b'])).toEqual(['a/one.ts -> b/two.ts']);
  });
});
