// SPDX-License-Identifier: GPL-2.0-or-later
/** What the tables of mechanisms say of features, facts and parts is what the functions behind them ask. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURES, type KernelFacts, MECHANISMS, PARTS } from '@specialbit/core';
import { GENERIC_FACTS } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { KERNEL, KernelCalls } from './calls.testkit.js';
import { PACKAGES, sourcesOf } from './imports.testkit.js';

const calls = new KernelCalls();

/** Where a walk over calls stops, and at which part. */
const stops = new Map<string, string>();
for (const [part, { entries }] of Object.entries(PARTS)) {
  for (const name of entries) for (const id of calls.named(name)) stops.set(id, part);
}

interface Asked {
  readonly features: readonly string[];
  readonly facts: readonly string[];
  readonly through: readonly string[];
}

function together(all: readonly Asked[]): Asked {
  const of = (key: keyof Asked): string[] => [...new Set(all.flatMap((asked) => asked[key]))].sort();
  return { features: of('features'), facts: of('facts'), through: of('through') };
}

/** What a part asks, without what other parts do. */
function askedByPart(name: string, entries: readonly string[]): Asked {
  const others = new Map([...stops].filter(([, stop]) => stop !== name));
  return together(
    entries
      .flatMap((entry) => calls.named(entry))
      .map((id) => {
        const { body, file } = calls.functions.get(id)!;
        return calls.asked(body, file, others);
      }),
  );
}

describe('a part', () => {
  it.each(Object.entries(PARTS))('%s is entered by functions that exist, once each', (_, { entries }) => {
    expect(entries.map((entry) => [entry, calls.named(entry).length])).toEqual(entries.map((entry) => [entry, 1]));
  });

  it('is one that something goes through', () => {
    const used = new Set([...Object.values(PARTS), ...Object.values(MECHANISMS)].flatMap((of) => of.through));
    expect(Object.keys(PARTS).filter((name) => !used.has(name))).toEqual([]);
  });
});

/** The text that runs an event, in a table of mechanisms. */
function runOf(type: string): { readonly text: string; readonly file: string } {
  const key = /^\w+$/.test(type) ? type : `'${type.replace('.', '\\.')}'`;
  for (const file of [
    'mechanisms/system-calls.ts',
    'mechanisms/memory.ts',
    'mechanisms/thp.ts',
    'driver/driver-calls.ts',
  ]) {
    const source = readFileSync(join(KERNEL, file), 'utf8');
    const text = new RegExp(`^  ${key}: ([\\s\\S]*?,)$(?=\n  \\S|\n\\})`, 'm').exec(source)?.[1];
    if (text !== undefined) return { text, file };
  }
  throw new Error(`no mechanism of ${type} in the tables`);
}

/** A table of what is asked, as biome formats it. */
function table(name: string, doc: string, rows: readonly (readonly [string, Asked])[]): string {
  const list = (key: string, values: readonly string[]): string => {
    const line = `    ${key}: [${values.map((value) => `'${value}'`).join(', ')}],`;
    if (line.length <= 120) return line;
    return [`    ${key}: [`, ...values.map((value) => `      '${value}',`), '    ],'].join('\n');
  };
  const lines = rows.map(([key, { features, facts, through }]) => {
    const quoted = /^\w+$/.test(key) ? key : `'${key}'`;
    return [`  ${quoted}: {`, list('features', features), list('facts', facts), list('through', through), '  },'].join(
      '\n',
    );
  });
  return `/** ${doc} */\nexport const ${name} = {\n${lines.join('\n')}\n} as const satisfies Record<string, Asked>;\n`;
}

const HEAD = [
  '// SPDX-License-Identifier: GPL-2.0-or-later',
  '/** What functions of the kernel ask on their way, read from the source: test/architecture/mechanisms.test.ts writes it. */',
];

// `npx vitest run --project test test/architecture -u` writes them anew
describe('what functions ask', () => {
  it('stands in kernel/base/asked.ts', async () => {
    const text = [
      ...HEAD,
      "import type { Asked } from './mechanism.js';",
      '',
      table(
        'PART_ASKS',
        'By names of PARTS.',
        Object.entries(PARTS).map(([name, { entries }]) => [name, askedByPart(name, entries)]),
      ),
      table(
        'MECHANISM_ASKS',
        'By types of events.',
        Object.keys(MECHANISMS).map((type) => {
          const { text: run, file } = runOf(type);
          return [type, calls.asked(run, file, stops)];
        }),
      ),
    ].join('\n');
    await expect(text).toMatchFileSnapshot(join(KERNEL, 'base/asked.ts'));
  });

  it('of an architecture stands in kernel/base/facts-asked.ts', async () => {
    const all = [...Object.values(PARTS), ...Object.values(MECHANISMS)].flatMap((of) => of.facts);
    const facts = [...new Set(all)].sort().map((fact) => `  '${fact}',`);
    const text = [
      ...HEAD,
      "import type { ArchFacts } from '../../arch/facts.js';",
      '',
      '/** Facts of an architecture that any of them asks: only those can part lanes. */',
      'export const FACTS_ASKED: ReadonlySet<keyof ArchFacts> = new Set<keyof ArchFacts>([',
      ...facts,
      ']);',
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot(join(KERNEL, 'base/facts-asked.ts'));
  });

  it('every feature that a mechanism or part names exists, and every one is asked somewhere', () => {
    const named = new Set([...Object.values(PARTS), ...Object.values(MECHANISMS)].flatMap((of) => [...of.features]));
    expect([...named].filter((name) => !(name in FEATURES))).toEqual([]);
    // what /proc shows is no event's doing
    const shown = sourcesOf(join(PACKAGES, 'core/src/explain')).flatMap((file) =>
      [...readFileSync(join(PACKAGES, 'core/src/explain', file), 'utf8').matchAll(/\bfeature\.(\w+)/g)].map(
        ([, name]) => name!,
      ),
    );
    expect(Object.keys(FEATURES).filter((name) => !named.has(name as never) && !shown.includes(name))).toEqual([]);
  });
});

describe('facts of an architecture', () => {
  it('are asked by a mechanism, or say that they are not', () => {
    const asked = new Set([...Object.values(PARTS), ...Object.values(MECHANISMS)].flatMap((of) => [...of.facts]));
    const source = readFileSync(join(PACKAGES, 'core/src/arch/facts.ts'), 'utf8');
    const marked = [...source.matchAll(/Not asked(?:(?!\*\/)[\s\S])*\*\/\s+readonly (\w+):/g)].map(([, name]) => name!);
    const unasked = Object.keys(GENERIC_FACTS).filter((name) => !asked.has(name as never));
    expect(unasked.sort()).toEqual(marked.sort());
  });
});

/** Files of the kernel that a comment names. */
const PATH = /\b(?:mm|kernel|fs|lib|include|arch|drivers)\/(?:[\w*./-]+\.[chS]|Kconfig)\b/g;

describe('a function of the kernel', () => {
  const functions = [...calls.functions.values()].filter(({ file }) => !file.startsWith('reason/'));
  const header = new Map(
    sourcesOf(KERNEL).map((file) => [
      file,
      /\/\*\*[\s\S]*?\*\//.exec(readFileSync(join(KERNEL, file), 'utf8'))?.[0] ?? '',
    ]),
  );
  /** The functions and files that it says it comes from; null: it is ours. */
  const originOf = (comment: string, file: string): { names: string[]; files: string[] } | null => {
    if (/\bOurs:/.test(comment)) return null;
    const files = comment.match(PATH) ?? header.get(file)!.match(PATH) ?? [];
    return {
      names: [...comment.matchAll(/\b(\w+)\(\)|\b([A-Z_]{4,}\b)/g)].map(([, f, macro]) => (f ?? macro)!),
      files,
    };
  };

  it('names where it comes from, a function and its file, or says that it is ours', () => {
    const without = functions.filter(({ comment, file }) => {
      const origin = originOf(comment, file);
      return origin !== null && (origin.names.length === 0 || origin.files.length === 0);
    });
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  const trees = (process.env.LINUX_SOURCE ?? '').split(':').filter((tree) => existsSync(join(tree, 'mm/memory.c')));
  it.skipIf(trees.length === 0)('comes from where it says (LINUX_SOURCE: trees of kernels, with : between)', () => {
    const known = new Map<string, string>();
    const filesOf = (tree: string, path: string): string[] => {
      if (!path.includes('*')) return [join(tree, path)];
      const [before, after] = path.split('*') as [string, string];
      return readdirSync(join(tree, before)).map((name) => join(tree, before, name, after));
    };
    const text = (path: string): string => {
      const found = known.get(path);
      if (found !== undefined) return found;
      const files = trees.flatMap((tree) => filesOf(tree, path)).filter((file) => existsSync(file));
      known.set(path, files.map((file) => readFileSync(file, 'utf8')).join('\n'));
      return known.get(path)!;
    };
    const has = (name: string, files: readonly string[]): boolean =>
      files.some((file) => new RegExp(`\\b${name}\\b`).test(text(file)));
    const wrong = functions.filter(({ comment, file }) => {
      const origin = originOf(comment, file);
      return origin !== null && !origin.names.some((name) => has(name, origin.files));
    });
    expect(wrong.map(({ id, comment }) => `${id}: ${comment.trim()}`)).toEqual([]);
    const tables: [string, KernelFacts | (typeof PARTS)[keyof typeof PARTS]][] = [
      ...Object.entries(PARTS),
      ...Object.entries(MECHANISMS),
    ];
    expect(tables.filter(([, of]) => !has(of.function, [of.file])).map(([name]) => name)).toEqual([]);
    // every function and symbol that an omission speaks of is one of the kernel's
    const places = ['mm/*', 'include/linux/*', 'kernel/fork.c', 'fs/*', 'arch/x86/mm/*', 'arch/x86/include/asm/*'];
    const words = new Set(
      places
        .flatMap((place) => trees.flatMap((tree) => filesOf(tree, place)))
        .filter((file) => /\.[ch]$/.test(file))
        .flatMap((file) => readFileSync(file, 'utf8').match(/\w+/g) ?? []),
    );
    const spoken = tables.flatMap(([, { omits }]) =>
      omits.flatMap((omitted) => omitted.match(/\b\w*_\w+|\b\w+(?=\(\))/g) ?? []),
    );
    expect(spoken.length).toBeGreaterThan(50);
    expect([...new Set(spoken)].filter((word) => !words.has(word) && !/^fails_after$|^map_vma$/.test(word))).toEqual(
      [],
    );
  });
});
