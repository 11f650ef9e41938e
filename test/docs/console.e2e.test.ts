// SPDX-License-Identifier: GPL-2.0-or-later
/** Every command that a document shows is run, and has the output that the document says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';
import { outputMatches, shownCommands, specialbitArguments } from './console.testkit.js';

/** Documents whose commands read what is in the repository, and write nothing. */
const documents = [
  'README.md',
  'examples/README.md',
  'docs/advise.md',
  'docs/faq.md',
  'docs/implications.md',
  'docs/reproduce.md',
  'docs/claims.md',
  'docs/editors.md',
  'docs/gallery.md',
  'docs/scan.md',
  'docs/start/architecture-maintainer.md',
  'docs/start/driver-author.md',
  'docs/start/mm-developer.md',
  'docs/start/student.md',
  'docs/search.md',
  'docs/transcripts.md',
  'docs/verify.md',
  'docs/viewer.md',
  'packages/cli/README.md',
];
const withCommands = documents.filter((file) => shownCommands(join(root, file)).length > 0);

/** What documents show and tests do not run. */
const NOT_RUN = [/^git clone /, /^npm ci && npm run lint && npm test$/];

describe.each(withCommands)('%s', (document) => {
  it.each(shownCommands(join(root, document)))('line $line: $command', async ({ command, output }) => {
    const args = specialbitArguments(command);
    if (args === undefined) {
      expect(NOT_RUN.some((known) => known.test(command))).toBe(true);
      return;
    }
    const { code, out, err } = await specialbit(args, { codes: true });
    const all = out + err;
    if (!outputMatches(all, output)) expect(all).toBe(`${output.join('\n')}\n`);
    expect(err === '' || output.some((line) => line.startsWith('specialbit: '))).toBe(true);
    expect([0, 1]).toContain(code === 2 && err !== '' ? 0 : code);
  });
});

describe('the README', () => {
  const commands = shownCommands(join(root, 'README.md')).map(({ command }) => command);

  it('begins with one command that installs, builds and shows the main job', () => {
    expect(commands[0]).toMatch(/^npm ci && npm run build && npx specialbit compare examples\//);
  });

  it('has one command that installs and runs every test', () => {
    expect(commands).toContain('npm ci && npm run lint && npm test');
  });
});

describe('links between documents', () => {
  it.each([...documents, 'ARCHITECTURE.md', 'docs/mcp.md', 'docs/export.md', 'docs/corpus.md'])('%s', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const folder = join(root, document, '..');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(folder, target!)), `${document}: ${target}`).toBe(true);
    }
  });
});
