// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Joins chunks of a bundle that are loaded together anyway. esbuild makes a chunk for every set of entry points that share
 * something, many of them of a few hundred bytes; looking for, opening and linking one costs as much as compiling 30 kB.
 * A chunk's imports and its exports are as esbuild writes them with `minifyWhitespace`: statements of their own, with names.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Entry points of threads lie in folders of their own, and import from the one above. */
const IMPORT = /(?<=^|;|\n)import(?:\{([^}]*)\}from)?"(\.\.?\/)([\w-]+\.js)";/g;
const EXPORT = /(?<=^|;|\n|\})export\{([^}]*)\};?\s*$/;

/** `a,b as c` as pairs of the name there and the name here. */
const names = (list) =>
  list === ''
    ? []
    : list.split(',').map((one) => {
        const [there, here = there] = one.split(' as ');
        return [there, here];
      });

class Chunks {
  constructor(folder) {
    this.folder = folder;
    this.texts = new Map(
      readdirSync(folder, { recursive: true })
        .filter((name) => name.endsWith('.js'))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  }

  importsOf(name) {
    return [...this.texts.get(name).matchAll(IMPORT)].map(([, , , other]) => other);
  }

  /** What is loaded with a file: itself and what it imports, and so on. */
  closure(...from) {
    const found = new Set();
    const add = (name) => {
      if (found.has(name)) return;
      found.add(name);
      for (const other of this.importsOf(name)) add(other);
    };
    for (const name of from) add(name);
    return found;
  }

  set(name, text) {
    this.texts.set(name, text);
    writeFileSync(join(this.folder, name), text);
  }

  /** Members become one file. They may import others, but none that imports a member. */
  async join(file, members) {
    const given = new Map();
    const taken = new Set();
    let contents = '';
    for (const member of members) {
      const here = new Map();
      for (const [, name] of names(EXPORT.exec(this.texts.get(member))?.[1] ?? '')) {
        let alias = name;
        for (let n = 2; taken.has(alias); n++) alias = `${name}_${n}`;
        taken.add(alias);
        here.set(name, alias);
      }
      given.set(member, here);
      const list = [...here].map(([name, alias]) => `${name} as ${alias}`).join();
      contents += `export {${list}} from './${member}';\n`;
    }
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: this.folder },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: [...this.texts.keys()].filter((name) => !members.has(name)).map((name) => `./${name}`),
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
    for (const member of members) {
      this.texts.delete(member);
      rmSync(join(this.folder, member));
    }
    for (const [name, text] of this.texts) {
      let once = false;
      const rewritten = text.replaceAll(IMPORT, (whole, list, place, other) => {
        const aliases = given.get(other);
        if (aliases === undefined) return whole;
        if (list === undefined) {
          if (once) return '';
          once = true;
          return `import"${place}${file}";`;
        }
        const renamed = names(list).map(([there, here]) => `${aliases.get(there)} as ${here}`);
        return `import{${renamed.join()}}from"${place}${file}";`;
      });
      if (rewritten !== text) this.set(name, rewritten);
    }
    this.set(file, outputFiles[0].text);
  }
}

/**
 * In `folder`: what `entry` always loads becomes one file, and the chunks below `small` bytes that `command` loads another.
 * `banner`: what gives files a `require`; most do without.
 */
export async function joinChunks({ folder, entry, command, small, banner }) {
  const chunks = new Chunks(folder);
  for (const [name, text] of chunks.texts) {
    const rest = text.slice(text.indexOf(banner) + banner.length);
    if (text.includes(banner) && !/\brequire\b/.test(rest)) chunks.set(name, text.replace(banner, '').trimStart());
  }
  const always = chunks.closure(entry);
  always.delete(entry);
  await chunks.join('always.js', always);
  const loaded = [...chunks.closure(command)].filter((name) => name.startsWith('chunk-'));
  const members = new Set(loaded.filter((name) => chunks.texts.get(name).length < small));
  // a chunk between two members would import what imports it
  for (const name of loaded.filter((other) => !members.has(other))) {
    for (const behind of chunks.closure(name)) members.delete(behind);
  }
  await chunks.join('played.js', members);
  for (const [name, text] of chunks.texts) {
    for (const [, other] of text.matchAll(/"\.\.?\/((?:chunk|command)-\w+\.js)"/g)) {
      if (!chunks.texts.has(other)) throw new Error(`${name} imports ${other}, which is joined with others`);
    }
  }
}
