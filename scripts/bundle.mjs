// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Bundles the command, packages and libraries together, into `packages/cli/bundle`: one file for what every command
 * needs and one for each command's own, so that a command starts without looking for hundreds of modules. Run in the
 * package's folder by its build, behind `tsc -b`.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { components, notices } from './components.mjs';
import { joinChunks } from './join-chunks.mjs';

const { resolve: found } = createRequire(resolve('package.json'));
/** In node rxjs gives its CommonJS, also to what imports it. */
const rxjs = found('rxjs').replace(`${sep}cjs${sep}`, `${sep}esm${sep}`);
/** What reads C: WebAssembly, which is looked for beside the module that loads it. */
const wasm = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-c/tree-sitter-c.wasm'].map((file) =>
  createRequire(resolve('../scan/package.json')).resolve(file),
);

/** Libraries in CommonJS ask for node's modules by require. */
const banner = "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);";

/**
 * commander loads node:child_process, and with it node's sockets, for commands that are programs of their own, of which we have
 * none: each start takes 6 ms less where it is loaded when it is asked for.
 */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /commander[/\\]lib[/\\]command\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const eager = "const childProcess = require('node:child_process');";
      if (!text.includes(eager)) throw new Error(`${path} loads node:child_process otherwise than it did`);
      const lazy = "const childProcess = { get spawn() { return require('node:child_process').spawn; } };";
      return { contents: text.replace(eager, lazy), loader: 'js' };
    });
  },
};

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
  banner: { js: banner },
  plugins: [lazyChildProcess],
});
const [replay] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'dist/replay/command.js');
await joinChunks({ folder: resolve('bundle'), entry: 'bin.js', command: basename(replay), small: 8 << 10, banner });

/** What the laboratory builds kernels with lies beside it, so that an installed command has it wherever its packages are. */
cpSync('../lab/guest', 'bundle/guest', { recursive: true });
cpSync('../lab/data', 'bundle', { recursive: true });
for (const file of wasm) cpSync(file, `bundle/${file.split(sep).at(-1)}`);

const parts = components([...Object.keys(metafile.inputs).map((file) => resolve(file)), ...wasm]);
writeFileSync('bundle/third-party.txt', notices(parts));
writeFileSync('bundle/components.json', `${JSON.stringify(parts.map(({ text, ...part }) => part))}\n`);
