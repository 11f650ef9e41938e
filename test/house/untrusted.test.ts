// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What comes from outside has one way in and one way out. In: whoever parses JSON is on a list, with what checks the shape.
 * Out: streams are written to in one place, and each language that has markup or steers is escaped in one place.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../packages', import.meta.url));

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^[^/]+\/src\/.*\.tsx?$/.test(file) && !/\.(test|testkit)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8').replace(/^\s*(?:\*|\/\/).*$/gm, '') }));

const having = (pattern: RegExp): string[] =>
  sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : [])).sort();

it('standard output and standard error are written to by the terminal alone', () => {
  // the command's first file says what no terminal is left to say; a server's standard output is its protocol
  expect(having(/(?:process\.)?std(?:out|err)\.write\(|(?<![.\w])console\.(?:log|error|warn|info|debug)\(/)).toEqual([
    'cli/src/bin.ts',
    'cli/src/mcp/server.ts',
  ]);
  // streams that take what was made harmless, and nothing else
  expect(having(/: .*ShownStream\b/)).toEqual(['cli/src/step/screen.ts', 'cli/src/terminal.ts']);
  // a whole screen, whose lines screen-text.ts makes harmless
  expect(having(/process\.stdout as/)).toEqual(['cli/src/step/command.ts']);
});

it('characters that steer are listed once', () => {
  expect(having(/u202[a-e]|u206[6-9]/i)).toEqual(['view/src/escape/steering.ts']);
});

it('markup is escaped in one place', () => {
  expect(having(/&lt;|'\\\\\|'/)).toEqual(['view/src/escape/markup.ts']);
  expect(having(/replaceAll\('\|', ', '\)/)).toEqual(['advice/src/atlas/rst.ts']);
  expect(having(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML/)).toEqual([]);
});

it('what is safe to write is made by the escapes: who says so of another text says why', () => {
  // to say it of any text is a word of the types alone
  expect(having(/[)`\]\w] as (?:Markdown|Markup|Shown)(?:\[\])?[;)]/)).toEqual([
    'cli/src/untrusted.ts',
    'view/src/escape/markup.ts',
    'view/src/escape/safe.ts',
  ]);
  expect(having(/\bown(?:Markdown|Markup)\(/)).toEqual(
    [
      // links, of names of the project and what encodeLink() writes
      'advice/src/atlas/markdown.ts',
      // the page's own files, packed; a link without "<"
      'cli/src/page/files.ts',
      // summaries of the catalogue
      'cli/src/errors/command.ts',
      // blanks and dashes
      'cli/src/export/markdown.ts',
      // links, likewise
      'cli/src/search/ledger-text.ts',
    ].sort(),
  );
  // tables of Markdown are made of it
  expect(having(/'\| ?---/)).toEqual([]);
});

/** Who parses JSON in the packages that read what comes from outside, and what looks at the shape of what comes out of it. */
const PARSERS: Readonly<Record<string, string>> = {
  'events/src/node/cache/cache-file.ts': 'its own, by its SHA-256',
  'events/src/read/decoder.ts': 'io-ts: codecs of events and header',
  'events/src/read/remembered.ts': 'io-ts: codecs of events',
  'importers/src/node/meta.ts': 'io-ts: meta',
  'importers/src/proc/snapshot.ts': 'io-ts: dump-records.ts',
  'queue/src/messages.ts': 'io-ts: works, tasks and results',
  'search/src/sweep/corpus.ts': 'decodeEvent',
  'search/src/sweep/state-file.ts': 'members one by one, then decodeEvent',
};

it('whoever parses JSON has something that checks it', () => {
  const readers = having(/JSON\.parse\(/).filter((file) =>
    /^(?:core|decode|events|importers|queue|scan|search)\//.test(file),
  );
  expect(readers).toEqual(Object.keys(PARSERS).sort());
});
