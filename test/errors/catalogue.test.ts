// SPDX-License-Identifier: GPL-2.0-or-later
/** Every error has a code, every code is in a catalogue, and every catalogue is in the documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inProcess as specialbit } from '../cli-time/in-process.testkit.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** They are caught where they are thrown, and nobody sees them. */
const CAUGHT = new Set(['KernelCrash', 'Enough', 'ArgumentError', 'NotAboutMemory', 'BudgetSpent']);
/** What the runner of a plugin's tests shows as a failed assertion. */
const ASSERTIONS = new Set(['LawBroken']);
/** What a class of errors may extend; ArchError has its codes without the package of the others. */
const CODED = new Set(['CodedError', 'OutOfRange']);

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = readdirSync(join(root, 'packages')).flatMap((name) => {
  const src = join(root, 'packages', name, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|testkit)\./.test(file))
    .map((file) => ({ path: relative(root, join(src, file)), text: readFileSync(join(src, file), 'utf8') }));
});

/** `file: what` for each match of `pattern` in the sources. */
function found(pattern: RegExp, what: (match: RegExpMatchArray) => string | undefined): string[] {
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const said = what(match);
      return said === undefined ? [] : [`${path}: ${said}`];
    }),
  );
}

const LOG = 'examples/s12-zero-page.jsonl';

const catalogue = JSON.parse((await specialbit(['errors', '--json'])).out) as Record<string, { kernel?: string }>;

describe('classes of errors', () => {
  it('have codes', () => {
    const without = found(/class (\w+)(?:<[^>]*>)? extends (\w+)/g, ([, name, base]) => {
      if (CODED.has(base!) || CODED.has(name!) || CAUGHT.has(name!) || ASSERTIONS.has(name!)) return undefined;
      if (!/Error$/.test(base!)) return undefined;
      return name === 'ArchError' || name === 'CodedError' ? undefined : `${name} extends ${base}`;
    });
    expect(without).toEqual([]);
  });

  it('are the only ones that are thrown', () => {
    expect(found(/new ((?:Range|Type|Syntax)?Error)\(/g, ([, name]) => `new ${name}`)).toEqual([]);
  });
});

describe('codes', () => {
  const given = (text: string): string[] => [
    ...[
      ...text.matchAll(/new (?:\w*Error|OutOfRange)\(\s*'([a-z.-]+)'/g),
      ...text.matchAll(/\bcode(?:: string)?(?::| =) '([a-z.-]+)'/g),
    ].map(([, code]) => code!),
  ];

  it('that errors are made with are in the catalogue', () => {
    const unknown = sources.flatMap(({ path, text }) =>
      given(text)
        .filter(
          (code) => catalogue[code] === undefined && !/^(frame|mapping|file|mm|address|child|event|range)$/.test(code),
        )
        .map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it('of the catalogue are those of errors', () => {
    // what says that a Node.js is too old comes before all that is compiled
    const start = readFileSync(join(root, 'packages/cli/bin/specialbit.js'), 'utf8');
    const all = [...sources.map(({ text }) => text), `'${/\[(usage\.node)\]/.exec(start)![1]}'`].join('\n');
    const kinds = sources.find(({ path }) => path.endsWith('kernel/base/errors.ts'))!.text;
    const unused = Object.keys(catalogue).filter((code) => {
      const kind = /^reference\.(.*)$/.exec(code)?.[1]?.replace('-', ' ');
      if (kind !== undefined) return !kinds.includes(`'${kind}'`);
      // once in its catalogue, and where it is given
      return all.split(`'${code}'`).length - 1 < (/\.|-/.test(code) ? 2 : 1);
    });
    expect(unused).toEqual([]);
  });

  it('name the function of the kernel where they speak of one', () => {
    for (const { kernel } of Object.values(catalogue)) {
      if (kernel !== undefined) expect(kernel).toMatch(/(\w+\(\)|\w+\[\]|struct \w+|[A-Z_]+\*?|\w+_t|\.h)/);
    }
  });
});

describe('docs/errors.md', () => {
  it('is what the command prints (specialbit errors --markdown > docs/errors.md)', async () => {
    const { out } = await specialbit(['errors', '--markdown']);
    expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(out);
  });
});

describe('errors that are shown', () => {
  it.each([
    [['replay', '/nowhere/x.jsonl'], 'file-unreadable'],
    [['replay', '--bogus'], 'usage.command'],
    [['nonsense'], 'usage.command'],
    [['replay', '--at', 'x', 'examples/gallery'], 'usage.value'],
    [['replay', '--arch', 'x87', LOG], 'usage.architecture'],
    [['compare', '--arch', 'arm', LOG], 'usage.architecture'],
    [['kernel', 'show', '2.4'], 'usage.kernel'],
    [['replay', 'README.md'], 'json-syntax'],
    [['arch', 'decode', 'x86_64', 'xyz'], 'usage.value'],
    [['arch', 'check', './nothing.js'], 'input.plugin'],
    [['arch', 'check', './test/conformance/fixtures/broken/special-lost.mjs'], 'layout.modify'],
    [['verify', '/nowhere'], 'input.unreadable'],
    [['verify', '--known', 'README.md', 'README.md'], 'input.known'],
    [['transcribe', 'README.md'], 'transcript.record'],
    [['gallery', 'show', 'S99'], 'usage.scenario'],
    [['errors', 'nothing-of-this'], 'usage.code'],
  ])('%j', async (args, code) => {
    const { code: exit, err } = await specialbit(args, true);
    expect(err).toMatch(/^specialbit: .* \[[a-z.-]+\]\n$/);
    expect(err).toContain(`[${code}]`);
    expect(catalogue).toHaveProperty([code]);
    expect(exit).toBe(2);
  });

  it('can be asked about, with the brackets too', async () => {
    for (const name of ['field-invalid', '[field-invalid]']) {
      const { out, code } = await specialbit(['errors', name]);
      expect(code).toBe(0);
      expect(out).toContain('The value of a field is not of its kind.');
    }
  });
});
