// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EVENT_MEMBERS } from '../codecs/event.js';
import { descriptionsSource, typesDocs } from './types-docs.testkit.js';

const docs = typesDocs(readFileSync(new URL('../types.ts', import.meta.url), 'utf8'));

it('is what types.ts says', async () => {
  await expect(descriptionsSource(docs)).toMatchFileSnapshot('descriptions.ts');
});

it('knows the members that have a word of documentation', () => {
  expect(docs.mmap!.file).toBe('Name of a file of the header (`files`); absent: anonymous.');
  expect(docs.mmap!.mm).toBe('The address space that acts.');
  expect(docs.fork!['']).toMatch(/^`fork\(\)`: process `child` gets a copy/);
  expect(docs.get_user_pages!.hold).toMatch(/^Keep the pins/);
  for (const [type, members] of Object.entries(EVENT_MEMBERS)) {
    if (['read', 'exec'].includes(type)) continue; // they store no value
    for (const member of Object.keys(docs[type] ?? {}).filter((key) => !['', 'type', 'op'].includes(key)))
      expect(members, `${type} has ${member}`).toContain(member);
  }
});
