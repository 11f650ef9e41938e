// SPDX-License-Identifier: GPL-2.0-or-later
/** docs/plugin-authoring.md, followed word for word: the files are written, the commands run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binOf, Console, parseConsole } from './console.testkit.js';
import { type PackedFolder, packedFolder, root } from './packed.testkit.js';

interface Block {
  readonly line: number;
  readonly language: string;
  readonly file: string | undefined;
  readonly replace: string | undefined;
  readonly text: string;
}

function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    file: /file=(\S+)/.exec(match[2] ?? '')?.[1],
    replace: /replace=(\S+)/.exec(match[2] ?? '')?.[1],
    text: match[3] ?? '',
  }));
}

/** The line of `file` that begins as `line` does, replaced. */
function replaceLine(text: string, line: string): string {
  const start = line.slice(0, line.indexOf(':') + 1);
  const lines = text.split('\n');
  const at = lines.findIndex((old) => old.startsWith(start));
  expect(at, `a line that starts with ${start}`).toBeGreaterThanOrEqual(0);
  lines[at] = line;
  return lines.join('\n');
}

let folder: PackedFolder;
beforeAll(() => {
  folder = packedFolder();
}, 120_000);
afterAll(() => folder?.remove());

/** Every command prints what is shown below it. */
function follow(shell: Console, text: string): void {
  for (const shown of parseConsole(text)) {
    expect(`${shown.command}: ${shell.run(shown) ?? 'as shown'}`).toBe(`${shown.command}: as shown`);
  }
}

describe('a plugin as `arch new` writes it', () => {
  it('builds, passes its tests and the kit, and can be used', () => {
    const shell = new Console(folder.path, binOf(folder.path));
    follow(
      shell,
      `$ npx specialbit arch new quark-9 --title "Quark 9"
...
$ cd arch-quark-9
$ npm run build
...
$ npm test
...
 ✓ src/quark-9.test.ts ...
...
$ npx specialbit arch check .
quark-9: Quark 9
with a special bit in a PTE

89 checks hold, 0 deviate as the layout says, 2 do not apply, 0 fail
$ npx specialbit arch encode quark-9 12345 --plugin .
...
`,
    );
  });
  it('is not written over something', () => {
    const shell = new Console(folder.path, binOf(folder.path));
    follow(
      shell,
      `$ npx specialbit arch new quark-9  # exits with 2
specialbit: arch-quark-9: exists and is not empty [input.folder]
$ npx specialbit arch new Quark  # exits with 2
specialbit: expected a name of small letters and digits such as quark or quark-pae, found "Quark" [usage.value]
`,
    );
  });
});

describe('docs/plugin-authoring.md', () => {
  let shell: Console;
  beforeAll(() => {
    shell = new Console(folder.path, binOf(folder.path));
  });

  const all = blocks(readFileSync(join(root, 'docs/plugin-authoring.md'), 'utf8'));
  it('has files and commands', () => {
    expect(all.filter((block) => block.file !== undefined).length).toBeGreaterThan(3);
    expect(all.filter((block) => block.language === 'console').length).toBeGreaterThan(5);
  });

  for (const block of all) {
    it(`line ${block.line}: ${block.file ?? block.replace ?? block.language}`, () => {
      if (block.file !== undefined) writeFileSync(join(shell.folder, block.file), block.text);
      else if (block.replace !== undefined) {
        const path = join(shell.folder, block.replace);
        writeFileSync(path, replaceLine(readFileSync(path, 'utf8'), block.text.trimEnd()));
      } else {
        expect(block.language).toBe('console');
        follow(shell, block.text);
      }
    });
  }
});
