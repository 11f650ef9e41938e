// SPDX-License-Identifier: GPL-2.0-or-later
/** Packages as one script for a page, and a page's globals to run it in. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = join(root, 'packages');

/** The packages whose tsconfig knows neither Node nor a page. */
export function purePackages(): string[] {
  return readdirSync(packages).filter((name) => {
    const config = JSON.parse(readFileSync(join(packages, name, 'tsconfig.json'), 'utf8')) as { extends: string };
    return config.extends.endsWith('/tsconfig.pure.json');
  });
}

/** The entry points of a package that a page may import: all but `/node`. */
export function entryPoints(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  return Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './node')
    .map((subpath) => `@specialbit/${name}${subpath.slice(1)}`);
}

/** Sources in place of what was built, as in every test. */
const sources = {
  name: 'sources',
  setup(host: Parameters<NonNullable<Parameters<typeof build>[0]['plugins']>[number]['setup']>[0]): void {
    host.onResolve({ filter: /^@specialbit\// }, ({ path }) => {
      const [, name, ...subpath] = path.split('/');
      const manifest = JSON.parse(readFileSync(join(packages, name!, 'package.json'), 'utf8')) as {
        readonly exports: Readonly<Record<string, { readonly default: string }>>;
      };
      const built = manifest.exports[['.', ...subpath].join('/')]!.default;
      return { path: join(packages, name!, built.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')) };
    });
  },
};

export interface Bundle {
  readonly code: string;
  readonly bytes: number;
  readonly gzipped: number;
  readonly inputs: readonly string[];
  /** Modules of Node that something in the bundle imports. */
  readonly ofNode: readonly string[];
}

/** `text`, a module, with all that it imports, as one script for a page; `page` is its global name. */
export async function bundleOf(text: string, minify = false): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: text, resolveDir: join(root, 'test'), loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
    target: 'es2022',
    minify,
    write: false,
    metafile: true,
    logLevel: 'silent',
    // left in, so that the test says who imports what, instead of an error without a bundle
    external: ['node:*', ...builtinModules],
    plugins: [sources],
  });
  const code = outputFiles[0]!.text;
  return {
    code,
    bytes: Buffer.byteLength(code),
    gzipped: gzipSync(code, { level: 9 }).length,
    inputs: Object.keys(metafile.inputs),
    ofNode: importsOfNode(metafile),
  };
}

/** esbuild's own helpers (for tagged templates, say), which it writes into the bundle. */
const RUNTIME = '<runtime>';

function importsOfNode(metafile: Metafile): string[] {
  return Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ external, path }) => external === true && path !== RUNTIME).map(({ path }) => `${file} imports ${path}`),
  );
}

/** What `page.run(argument)` answers in a context that has what a page and Node have in common, and nothing of Node. */
export function runInPage(code: string, argument: string): unknown {
  const context = vm.createContext({ TextDecoder, TextEncoder, argument });
  return vm.runInContext(`${code}\npage.run(argument)`, context) as unknown;
}
