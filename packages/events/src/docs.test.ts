// SPDX-License-Identifier: GPL-2.0-or-later
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EVENT_CODECS } from './codecs/event.js';
import { LOG_ERRORS } from './errors/catalogue.js';
import { formatLog } from './format.js';
import { parseLog } from './read/parse-log.js';

const document = await readFile(new URL('../../../docs/log-format.md', import.meta.url), 'utf8');
const blocks = [...document.matchAll(/^```jsonl\n([\s\S]*?)^```$/gm)].map((match) => ({
  block: match[1]!,
  line: document.slice(0, match.index).split('\n').length + 1,
}));

describe('docs/log-format.md', () => {
  it.each(blocks)('line $line', ({ block }) => {
    const log = parseLog(block.includes('"specialbit"') ? block : `{"specialbit":1}\n${block}`);
    expect(log.diagnostics).toEqual([]);
    expect(parseLog([...formatLog(log.header, log.events)].join('')).events).toEqual(log.events);
  });

  it('has an example of every event', () => {
    const absent = [...EVENT_CODECS.keys()].filter(
      (type) => !blocks.some(({ block }) => block.includes(`"type":"${type}"`)),
    );
    expect(absent).toEqual([]);
  });

  it('has a row for every error', () => {
    for (const [code, { summary, remedy }] of Object.entries(LOG_ERRORS)) {
      expect(document).toContain(`| \`${code}\` | ${summary} ${remedy} |`);
    }
  });
});
