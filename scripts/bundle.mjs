// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Bundles the command, packages and libraries together, into `packages/cli/bundle`: one file for what every command
 * needs and one for each command's own, so that a command starts without looking for hundreds of modules. Run in the
 * package's folder by its build, behind `tsc -b`.
 */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve, sep } from 'node:path';
import { build } from 'esbuild';

/** In node rxjs gives its CommonJS, also to what imports it. */
const rxjs = createRequire(resolve('package.json')).resolve('rxjs').replace(`${sep}cjs${sep}`, `${sep}esm${sep}`);

rmSync('bundle', { recursive: true, force: true });
await build({
  entryPoints: ['dist/bin.js', 'dist/verify/worker.js', 'dist/sweep/thread.js'],
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
  // it looks for its WebAssembly beside itself; the other is optional, with all that it needs
  external: ['web-tree-sitter', '@specialbit/queue'],
  // names stay: shorter ones spare nothing, and keeping the old ones beside them costs a third of the start
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // libraries in CommonJS ask for node's modules by require
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
});

/** The page that `view` serves lies beside it, so that an installed command has it wherever its packages are. */
if (existsSync('../viewer/dist/page')) cpSync('../viewer/dist/page', 'bundle/page', { recursive: true });

/** And so does what the laboratory builds kernels with. */
cpSync('../lab/guest', 'bundle/guest', { recursive: true });
cpSync('../lab/data', 'bundle', { recursive: true });
