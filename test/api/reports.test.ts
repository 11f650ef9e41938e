// SPDX-License-Identifier: GPL-2.0-or-later
/** What packages give to others is what `api/` says: `npm run api` writes the reports anew. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { apiReport, type EntryPoint, entryPoints, exportedNames, reportPath } from './reports.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entries = entryPoints(root);

describe('the reports in api/', () => {
  it.each(entries.map((entry) => [entry.specifier, entry] as const))('%s', (_, entry) => {
    const path = reportPath(root, entry);
    expect(existsSync(path), `${path} is not there: npm run api`).toBe(true);
    // what is public changed: look at the difference, and run `npm run api` if it is meant
    expect(apiReport(entry)).toBe(readFileSync(path, 'utf8'));
  });

  it('are those of the entry points, and no others', () => {
    const files = readdirSync(join(root, 'api')).filter((file) => file.endsWith('.api.md'));
    expect(files.sort()).toEqual(entries.map(({ name }) => `${name}.api.md`).sort());
  });
});

describe('a report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The report of a package that declares this. */
  const reportOf = (declarations: string): string => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'quark', version: '1.0.0', type: 'module' }));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { module: 'NodeNext', moduleResolution: 'NodeNext', types: [] } }),
    );
    writeFileSync(join(folder, 'index.d.ts'), declarations);
    const entry: EntryPoint = {
      name: 'quark',
      specifier: 'quark',
      folder,
      declarations: join(folder, 'index.d.ts'),
    };
    return apiReport(entry);
  };

  it('differs where a name comes, goes, or has another type, and not where a comment changes', () => {
    const before = reportOf('/** One. */\nexport declare function spin(of: number): number;\n');
    expect(exportedNames(before)).toEqual(['spin']);
    expect(reportOf('/** Another. */\nexport declare function spin(of: number): number;\n')).toBe(before);
    expect(reportOf('export declare function spin(of: number): string;\n')).not.toBe(before);
    const more = reportOf(
      'export declare function spin(of: number): number;\nexport interface Charge {\n  readonly of: number;\n}\n',
    );
    expect(exportedNames(more)).toEqual(['Charge', 'spin']);
  });
});
