// SPDX-License-Identifier: GPL-2.0-or-later
/** docs/export.md has every column of every table, with its type. UPDATE_DOCS=1 writes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type Column, TABLES } from './columns.js';

const file = fileURLToPath(new URL('../../../../../docs/export.md', import.meta.url));
const HEADING = '## Columns\n';

function documented(): string {
  const row = ({ name, type, says, nullable }: Column): string =>
    `| \`${name}\` | ${type}${nullable === true ? ', null' : ''} | ${says.replaceAll('|', '\\|')} |`;
  const tables = Object.entries(TABLES).map(([name, columns]) =>
    [`### ${name}`, '', '| column | type | |', '| --- | --- | --- |', ...columns.map(row), ''].join('\n'),
  );
  return `${HEADING}\n${tables.join('\n')}`;
}

it('docs/export.md has every column', () => {
  const text = readFileSync(file, 'utf8');
  const [before, after] = text.split(HEADING) as [string, string];
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, before + documented());
  else expect(HEADING + after).toBe(documented());
});

it('a column that can be null says when', () => {
  for (const [table, columns] of Object.entries(TABLES))
    for (const { name, says, nullable } of columns as readonly Column[])
      if (nullable === true && name !== 'crash_where') expect(`${table}.${name}: ${says}`).toMatch(/null/);
});
