// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTree, learn } from './check-tree.js';
import { definitionsOf, findDefinitions } from './definitions.js';

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'specialbit-check-'));
  mkdirSync(join(tree, 'mm'));
  mkdirSync(join(tree, 'arch/toy'), { recursive: true });
});
afterEach(() => rmSync(tree, { recursive: true }));

const source = (file: string, text: string): void => writeFileSync(join(tree, file), text);
const cited = (names: readonly string[], symbols: readonly string[] = []) => ({
  functions: names.map((name) => ({ by: 'event x', function: name, file: 'mm/a.c' })),
  commits: [],
  symbols,
});

test('definitions are told from calls and declarations, and comments and spaces do not count', () => {
  const names = new Set(['one', 'two', 'THREE', 'mprotect', 'vm_area_struct']);
  const found = (text: string) =>
    Object.fromEntries([...definitionsOf(text, names)].map(({ name, definition }) => [name, definition]));
  const first = found(
    'int one(int a);\nstatic int one(int a)\n\t__must_hold(a)\n{\n\tif (two(a)) {\n\t\treturn 1;\n\t}\n}\n#define THREE(a) \\\n\t(a)\nSYSCALL_DEFINE3(mprotect, long, a)\n{\n}\nstruct vm_area_struct {\n\tint a;\n};\n',
  );
  expect(Object.keys(first).sort()).toEqual(['THREE', 'mprotect', 'one', 'vm_area_struct']);
  const again = found('static int one(int  a)\n{ /* why */ if (two(a)) { return 1; } }\n');
  expect(again.one!.body).toBe(first.one!.body);
  const other = found('static long one(int a)\n{\n\treturn 1;\n}\n');
  expect(other.one!.body).not.toBe(first.one!.body);
  expect(other.one!.signature).not.toBe(first.one!.signature);
});

test('a function stands, has changed, has other arguments, has moved, or is gone', () => {
  const names = ['stays', 'body', 'arguments', 'moves', 'goes'];
  source('mm/a.c', names.map((name) => `int ${name}(int a)\n{\n\treturn a;\n}\n`).join('\n'));
  const known = learn({}, '6.1', findDefinitions(tree, new Set(names)));
  source(
    'mm/a.c',
    'int stays(int a)\n{\n\treturn a;\n}\nint body(int a)\n{\n\treturn -a;\n}\nint arguments(long a)\n{\n\treturn a;\n}\n',
  );
  source('mm/b.c', 'int moves(int a)\n{\n\treturn a;\n}\n');
  source('mm/Kconfig', 'config KSM\n\tbool\n');
  const { functions, symbols, commits } = checkTree(tree, cited(names, ['CONFIG_KSM', 'CONFIG_GONE']), known, '6.1');
  expect(functions.map(({ function: name, standing, now }) => [name, standing, ...now])).toEqual([
    ['stays', 'stands', 'mm/a.c'],
    ['body', 'changed', 'mm/a.c'],
    ['arguments', 'signature', 'mm/a.c'],
    ['moves', 'moved', 'mm/b.c'],
    ['goes', 'gone'],
  ]);
  expect(symbols).toEqual([
    { symbol: 'CONFIG_KSM', found: true },
    { symbol: 'CONFIG_GONE', found: false },
  ]);
  expect(commits).toBeNull();
  const other = checkTree(tree, cited(['body']), known, '6.12');
  expect(other.functions.map(({ standing }) => standing)).toEqual(['unknown']);
});
