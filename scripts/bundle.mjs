// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Bundles the command, packages and libraries together, into `packages/cli/bundle`: one file for what every command
 * needs and one for each command's own, so that a command starts without looking for hundreds of modules. Run in the
 * package's folder by its build, behind `tsc -b`.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { components, notices } from './components.mjs';

const { resolve: found } = createRequire(resolve('package.json'));
/** In node rxjs gives its CommonJS, also to what imports it. */
const rxjs = found('rxjs').replace(`${sep}cjs${sep}`, `${sep}esm${sep}`);
/** What reads C: WebAssembly, which is looked for beside the module that loads it. */
const wasm = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-c/tree-sitter-c.wasm'].map((file) =>
  createRequire(resolve('../scan/package.json')).resolve(file),
);

rmSync('bundle', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['dist/bin.js', 'dist/index.js', 'dist/verify/worker.js', 'dist/sweep/thread.js'],
  outdir: 'bundle',
  outbase: 'dist',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // libraries as ES modules: of those in CommonJS every file is bundled and run, whatever is used of it
  mainFields: ['module', 'main'],
  alias: { rxjs },
  // optional, with all that it needs
  external: ['@specialbit/queue', '@specialbit/corpus'],
  // names stay: shorter ones spare nothing, and keeping the old ones beside them costs a third of the start
  minifyWhitespace: true,
  minifySyntax: true,
  // whose they are stands in third-party.txt
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // libraries in CommonJS ask for node's modules by require
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
});

/** What the laboratory builds kernels with lies beside it, so that an installed command has it wherever its packages are. */
cpSync('../lab/guest', 'bundle/guest', { recursive: true });
cpSync('../lab/data', 'bundle', { recursive: true });
for (const file of wasm) cpSync(file, `bundle/${file.split(sep).at(-1)}`);

const parts = components([...Object.keys(metafile.inputs).map((file) => resolve(file)), ...wasm]);
writeFileSync('bundle/third-party.txt', notices(parts));
writeFileSync('bundle/components.json', `${JSON.stringify(parts.map(({ text, ...part }) => part))}\n`);
