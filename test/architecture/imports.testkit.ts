// SPDX-License-Identifier: GPL-2.0-or-later
/** Who imports whom, read from the sources: types count, tests do not. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url));

/** Path below the folder -> paths below it that the file imports, and names of packages. */
export type Imports = ReadonlyMap<string, { readonly files: readonly string[]; readonly packages: readonly string[] }>;

/** Every source below `folder`. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.(test|testkit|d)\.tsx?$/.test(name))
    .filter((name) => !/(^|\/)(node_modules|dist)\//.test(name))
    .sort();
}

const SPECIFIER = /^(?:import|export)\b[^'";]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm;

export function importsOf(folder: string): Imports {
  const imports = new Map<string, { files: string[]; packages: string[] }>();
  for (const name of sourcesOf(folder)) {
    const path = join(folder, name);
    const files = new Set<string>();
    const packages = new Set<string>();
    for (const [, a, b, c] of readFileSync(path, 'utf8').matchAll(SPECIFIER)) {
      const specifier = (a ?? b ?? c)!;
      if (!specifier.startsWith('.')) {
        packages.add(specifier);
        continue;
      }
      const target = resolve(dirname(path), specifier).replace(/\.js$/, '');
      const found = ['.ts', '.tsx', ''].map((ending) => target + ending).find((file) => existsSync(file));
      if (found !== undefined) files.add(relative(folder, found));
    }
    imports.set(name, { files: [...files], packages: [...packages] });
  }
  return imports;
}

/** Groups of files that reach each other (Tarjan's strongly connected components of more than one). */
export function circlesOf(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of imports.get(file)?.files ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file)!, low.get(next)!));
      } else if (stack.includes(next)) {
        low.set(file, Math.min(low.get(file)!, index.get(next)!));
      }
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}
