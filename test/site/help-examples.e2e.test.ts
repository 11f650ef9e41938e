// SPDX-License-Identifier: GPL-2.0-or-later
/** Every example of a help is a command that runs: what is on the page of a command, and quick. */
import { describe, expect, it, vi } from 'vitest';
import { namesIn } from '../../tools/site/src/made/commands.js';
import { examplesOf, needs, wordsOf } from '../../tools/site/src/made/examples.js';
import { specialbit } from '../pasted/in-process.testkit.js';

/** Run by tests of their own, and when the site is made: they take seconds each. */
const SLOW = /^specialbit (?:advise|atlas|scan|verify|gallery run|arch check|arch diff|mapcount|reproduce) /;

async function helpOf(...words: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    await specialbit(...words, '--help');
  } finally {
    write.mockRestore();
  }
  return text;
}

const names = namesIn(await helpOf());
const helps: string[] = [];
for (const name of names) {
  const text = await helpOf(name);
  helps.push(text);
  for (const below of namesIn(text)) helps.push(await helpOf(name, below));
}
const examples = [...new Set(helps.flatMap(examplesOf))];

describe('the help', () => {
  it('has examples of every command', () => {
    const without = names.filter((name) => !examples.some((example) => example.includes(`specialbit ${name}`)));
    expect(without).toEqual([]);
    expect(examples.length).toBeGreaterThan(80);
  });

  it.each(examples.filter((command) => needs(command) === undefined && !SLOW.test(command)))('%s', async (command) => {
    const { code, err } = await specialbit(...wordsOf(command)!);
    expect(code, err).not.toBe(2);
  });
});
