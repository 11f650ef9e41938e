// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What each package gives to others, as text: one report for each entry point of a published package, made by
 * API Extractor from the declarations that the build wrote. The reports lie in `api/`, so that a change of what
 * is public is seen in review.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';

export interface EntryPoint {
  /** `events`, `core-arch`: the package and the subpath. */
  readonly name: string;
  /** As it is imported. */
  readonly specifier: string;
  readonly folder: string;
  readonly declarations: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, { readonly types?: string }>>;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** Every entry point of every package that is published. */
export function entryPoints(root: string): EntryPoint[] {
  const found: EntryPoint[] = [];
  for (const dir of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', dir);
    if (!existsSync(join(folder, 'package.json'))) continue;
    const manifest = readJson(join(folder, 'package.json')) as Manifest;
    if (manifest.private === true) continue;
    for (const [subpath, { types }] of Object.entries(manifest.exports ?? {})) {
      if (types === undefined) continue;
      const name = [dir, ...subpath.split('/').slice(1)].join('-');
      found.push({ name, specifier: join(manifest.name, subpath), folder, declarations: join(folder, types) });
    }
  }
  return found;
}

const QUIET = { default: { logLevel: ExtractorLogLevel.None } };

/** The report of one entry point, of the declarations as they were built last. */
export function apiReport(entry: EntryPoint): string {
  if (!existsSync(entry.declarations))
    throw new Error(`${entry.declarations} is not there: run \`npm run build\` first`);
  const out = mkdtempSync(join(tmpdir(), 'specialbit-api-'));
  try {
    const configObject: IConfigFile = {
      projectFolder: entry.folder,
      mainEntryPointFilePath: entry.declarations,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(entry.folder, 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${entry.name}.api.md`,
        reportFolder: out,
        reportTempFolder: join(out, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { compilerMessageReporting: QUIET, extractorMessageReporting: QUIET, tsdocMessageReporting: QUIET },
    };
    const config = ExtractorConfig.prepare({
      configObject,
      configObjectFullPath: undefined,
      packageJsonFullPath: join(entry.folder, 'package.json'),
    });
    mkdirSync(join(out, 'temp'));
    const { succeeded } = Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    if (!succeeded) throw new Error(`no report of ${entry.specifier}`);
    return readFileSync(join(out, `${entry.name}.api.md`), 'utf8');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

export const reportPath = (root: string, entry: EntryPoint): string => join(root, 'api', `${entry.name}.api.md`);

/** Names that an entry point exports, as its report lists them. */
export function exportedNames(report: string): string[] {
  const names = new Set<string>();
  for (const [, name] of report.matchAll(
    /^export (?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|enum|namespace) ([\w$]+)/gm,
  )) {
    names.add(name!);
  }
  for (const [, list] of report.matchAll(/^export \{ ([^}]*) \}/gm)) {
    for (const name of list!.split(','))
      names.add(
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1)!,
      );
  }
  return [...names].sort();
}

/** Writes all reports, and takes away those of entry points that are gone; what changed. */
export function updateReports(root: string): string[] {
  const changed: string[] = [];
  const wanted = new Set<string>();
  mkdirSync(join(root, 'api'), { recursive: true });
  for (const entry of entryPoints(root)) {
    const path = reportPath(root, entry);
    wanted.add(path);
    const report = apiReport(entry);
    if (existsSync(path) && readFileSync(path, 'utf8') === report) continue;
    writeFileSync(path, report);
    changed.push(`${path}: ${exportedNames(report).length} names`);
  }
  for (const file of readdirSync(join(root, 'api'))) {
    const path = join(root, 'api', file);
    if (!file.endsWith('.api.md') || wanted.has(path)) continue;
    rmSync(path);
    changed.push(`${path}: removed`);
  }
  return changed;
}
