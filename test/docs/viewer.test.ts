// SPDX-License-Identifier: GPL-2.0-or-later
/** What docs/viewer.md says of keys and links is so. */
import { readFileSync } from 'node:fs';
import { decodeLink, EMPTY, encodeLink, LINK_VERSION } from '@specialbit/viewer';
import { expect, it } from 'vitest';
import { KEYS } from '../../packages/viewer/src/page/key-help.js';

const text = readFileSync(new URL('../../docs/viewer.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, without its head. */
function table(head: string): string[][] {
  const lines = text.slice(text.indexOf(`| ${head} |`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it('has every key, as the help of the page has it', () => {
  const keys = (written: string): string => [...written.matchAll(/`([^`]+)`/g)].map(([, key]) => key).join('  ');
  expect(table('keys').map(([written, does]) => ({ keys: keys(written!), text: does }))).toEqual(KEYS);
});

it('has every member of a link, and the version that is written', async () => {
  const plain = { ...EMPTY, level: 'pmd' } as const;
  const links = [
    await encodeLink({ ...plain, decode: '8000000008000227' }),
    await encodeLink({ ...plain, decode: 'BUG: Bad page map in process a' }),
  ];
  const link = await encodeLink({
    ...EMPTY,
    ...{ file: 'a.jsonl', log: '{"specialbit":1}\n', lanes: ['arm'], at: 1, select: 'ring[0]' },
    switches: { ...EMPTY.switches, differs: true },
  });
  const members = [link, ...links].flatMap((one) => [...one.matchAll(/(?:^|&)(\w+)=/g)].map(([, name]) => name!));
  const told = table('member').flatMap(([names]) => [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  expect(told.sort()).toEqual([...new Set(members)].sort());
  expect(text).toContain(`| \`v\` | the version of the format, \`${LINK_VERSION}\``);
});

it('has in the README a link of S01 as it is now', async () => {
  const root = new URL('../../', import.meta.url);
  const [link] = /https:\/\/specialbit\.github\.io\/specialbit\/#\S+/.exec(
    readFileSync(new URL('README.md', root), 'utf8'),
  )!;
  expect(link!.length).toBeLessThan(2000);
  expect(await decodeLink(link!)).toEqual({
    ...EMPTY,
    ...{ file: 's01-same-driver.jsonl', lanes: ['arm-lpae', 'arm'], at: 2, select: 'bo[0]' },
    log: readFileSync(new URL('examples/s01-same-driver.jsonl', root), 'utf8'),
  });
});
