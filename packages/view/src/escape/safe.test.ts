// SPDX-License-Identifier: GPL-2.0-or-later
/** What is no program that compiles, and what the escapes make of text that looks like markup. */
import { expect, it } from 'vitest';
import { markdownCode, markdownRow, markdownText, xmlText } from './markup.js';
import { joined, markdownFile, markup, md } from './safe.js';

const title: string = 'a [link](javascript:alert(1)) <img src=x>';

it('a text as such is no Markdown, and no markup', () => {
  // @ts-expect-error: not escaped
  expect(md`# ${title}`).toBe(`# ${title}`);
  // @ts-expect-error: not escaped
  expect(markup`<b>${title}</b>`).toBe(`<b>${title}</b>`);
  // @ts-expect-error: of another medium
  expect(markup`<b>${markdownText('a')}</b>`).toBe('<b>a</b>');
  // @ts-expect-error: lines are Markdown
  expect(markdownFile([title])).toBe(`${title}\n`);
  // @ts-expect-error: cells are Markdown
  expect(markdownRow([title])).toContain('| a ');
  expect(md`# ${markdownText(title)}, ${2} of ${joined([markdownCode('a'), markdownCode('b')], ', ')}`).toBe(
    '# a [link]\\(javascript:alert(1)) \\<img src=x>, 2 of `a`, `b`',
  );
  expect(markup`<b>${xmlText('<a>')}</b>`).toBe('<b>&lt;a&gt;</b>');
});

it.each([
  ['one\n\n# two', 'one # two'],
  ['# one', '\\# one'],
  ['- one', '\\- one'],
  ['1. one', '1\\. one'],
  ['> one', '\\> one'],
  ['---', '\\---'],
  ['===', '\\==='],
  ['~~~', '\\~~~'],
  ['-EFAULT', '-EFAULT'],
  ['6.12 is 3', '6.12 is 3'],
])('%j in a line is %j', (text, written) => {
  expect(markdownText(text)).toBe(written);
});

it('a cell ends where its row says', () => {
  expect(markdownRow([markdownText('a|b'), markdownCode('c|d')])).toBe('| a\\|b | `c\\|d` |');
});
