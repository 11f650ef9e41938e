// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Builds the page into `dist/page`, behind `tsc -b`: `engine.js`, which a worker runs, and `recordings.js`, which it loads
 * when a recording is opened or something is decoded; `page.js` and `page.css`; the editor,
 * which is loaded when somebody edits; `index.html`; and the examples with their stories. All of it can be served from
 * any place. `modules.json` says which modules went into which file, for the tests.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'vite';
import { components, notices } from '../../scripts/components.mjs';

const root = import.meta.dirname;
const out = join(root, 'dist/page');
const modules = {};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** One bundle; chunks that are loaded later come beside it. */
async function bundle(name, entry, format) {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    base: './',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2022',
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4000,
      rollupOptions: {
        // the editor is a library: what it exports is what it is for; the engine may export what its chunk shares with it
        preserveEntrySignatures: name === 'engine' ? 'allow-extension' : 'strict',
        input: { [name]: join(root, entry) },
        output: {
          format,
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
          assetFileNames: `${name}[extname]`,
        },
      },
    },
    plugins: [
      ...(name === 'engine' ? [classic] : []),
      {
        name: 'modules',
        generateBundle(_, files) {
          for (const file of Object.values(files)) {
            if (file.type !== 'chunk') continue;
            modules[file.fileName] = file.moduleIds.map((id) => relative(join(root, '../..'), id.replace(/^\0/, '')));
          }
        },
      },
    ],
  });
}

/**
 * A page that was opened from a disk can start a script as a worker, and no module. So the engine and its chunk become
 * scripts: what they import from each other lies in the worker's scope.
 */
const classic = {
  name: 'classic',
  generateBundle: {
    order: 'post',
    handler(_, files) {
      for (const file of Object.values(files)) if (file.type === 'chunk') file.code = scriptOf(file.name, file.code);
    },
  },
};

function scriptOf(name, code) {
  const members = (list, pattern, as) =>
    list
      .split(',')
      .map((one) => one.replace(pattern, as))
      .join(',');
  // vite's own loader of chunks knows nothing of scripts
  const lazy = /\w+\(\(\)=>import\(`\.\/recordings\.js`\),[^)]*\)/;
  if (name === 'engine' && !lazy.test(code)) throw new Error('engine.js: where does it load recordings.js?');
  const body = code
    .replace(
      lazy,
      '(self.specialbit_load?self.specialbit_load():importScripts(new URL("recordings.js",self.location)),Promise.resolve(self.specialbit_recordings))',
    )
    .replaceAll('import.meta', '({})')
    .replace(
      /^import\{([^}]*)\}from"\.\/engine\.js";/,
      (_, list) => `const{${members(list, / as /, ':')}}=self.specialbit_engine;`,
    )
    .replace(
      /export\{([^}]*)\};?\s*$/,
      (_, list) => `self.specialbit_${name}={${members(list, /^(\S+) as (\S+)$/, '$2:$1')}};`,
    );
  if (/\b(?:import|export)\s*[{(]/.test(body.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '')))
    throw new Error(`${name}.js: it still imports or exports something`);
  return `(()=>{${body}})();\n`;
}

await bundle('engine', 'src/engine/worker.ts', 'es');
await bundle('editor', 'src/editor/editor.ts', 'es');
await bundle('page', 'src/page/main.tsx', 'es');

writeFileSync(join(out, 'index.html'), readFileSync(join(root, 'index.html'), 'utf8'));
writeFileSync(join(out, 'examples.json'), JSON.stringify(examples()));
writeFileSync(join(root, 'dist/modules.json'), JSON.stringify(modules, null, 1));
const parts = components(
  Object.values(modules)
    .flat()
    .map((file) => join(root, '../..', file)),
);
writeFileSync(join(out, 'third-party.txt'), notices(parts));
writeFileSync(join(root, 'dist/components.json'), `${JSON.stringify(parts.map(({ text, ...part }) => part))}\n`);

/** The examples and the gallery: the name, the log, and for the gallery the story. */
function examples() {
  const folder = join(root, '../../examples');
  const plain = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => ({ group: 'examples', name: file, log: readFileSync(join(folder, file), 'utf8'), story: [] }));
  const gallery = readdirSync(join(folder, 'gallery'))
    .sort()
    .flatMap((name) => {
      const at = join(folder, 'gallery', name);
      const {
        id,
        title,
        story = [],
        lanes = [],
        missing,
      } = JSON.parse(readFileSync(join(at, 'scenario.json'), 'utf8'));
      if (missing !== undefined) return [];
      const log = readFileSync(join(at, 'events.jsonl'), 'utf8');
      return [{ group: 'gallery', name: `${name}.jsonl`, title: `${id}: ${title}`, log, story, lanes }];
    });
  return [...plain, ...gallery];
}
