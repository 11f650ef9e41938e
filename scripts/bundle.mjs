// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Bundles the command, packages and libraries together, into `packages/cli/bundle`: one file for what every command
 * needs and one for each command's own, so that a command starts without looking for hundreds of modules. Run in the
 * package's folder by its build, behind `tsc -b`.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('bundle', { recursive: true, force: true });
await build({
  entryPoints: ['dist/bin.js', 'dist/verify/worker.js'],
  outdir: 'bundle',
  outbase: 'dist',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // libraries in CommonJS ask for node's modules by require
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
});
