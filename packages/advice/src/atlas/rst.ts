// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The atlas as one document in reStructuredText, as Documentation/doc-guide/sphinx.rst asks for it: an SPDX line, "=" above and
 * below the title, "=" and "-" below sections, list tables, functions with () and no mark-up, lines of up to 80 columns.
 */
import { wrap } from '@specialbit/view';
import type { Block, Line, Page } from './doc.js';

const WIDTH = 78;

export function rstDocument(title: string, pages: readonly Page[]): string {
  const bar = '='.repeat(title.length);
  const parts = ['.. SPDX-License-Identifier: GPL-2.0', `${bar}\n${title}\n${bar}`];
  for (const [i, page] of pages.entries()) {
    if (i > 0) parts.push(underlined(page.title, '='));
    parts.push(...page.blocks.map((block) => blockText(block, i > 0)));
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const underlined = (text: string, letter: string): string => `${escaped(text)}\n${letter.repeat(escaped(text).length)}`;

/** `below`: headings of a page stand below that of the page. */
function blockText(block: Block, below: boolean): string {
  switch (block.kind) {
    case 'heading':
      return underlined(block.text, block.level === 2 ? (below ? '-' : '=') : below ? '~' : '-');
    case 'paragraph':
      return wrap(lineText(block.line), WIDTH).join('\n');
    case 'list':
      return block.items.map((item) => hanging(lineText(item), '* ', '  ')).join('\n');
    case 'table':
      return listTable(block.head, block.rows);
  }
}

/** A column whose cells are all empty without the links is left out. */
function listTable(head: readonly string[], rows: readonly (readonly Line[])[]): string {
  const kept = head.map((_, i) => rows.some((row) => lineText(row[i]!) !== ''));
  const cells = (texts: readonly string[]): string =>
    texts
      .filter((_, i) => kept[i])
      // an empty cell has nothing behind its mark: another hyphen would begin a list
      .map((text, i) => hanging(text, i === 0 ? '   * - ' : '     - ', '       ').trimEnd())
      .join('\n');
  return [
    '.. list-table::\n   :header-rows: 1\n',
    cells(head.map(escaped)),
    ...rows.map((row) => cells(row.map(lineText))),
  ].join('\n');
}

function hanging(text: string, first: string, rest: string): string {
  const lines = text === '' ? [''] : wrap(text, WIDTH - rest.length);
  return lines.map((line, i) => (i === 0 ? first : rest) + line).join('\n');
}

function lineText(line: Line): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return escaped(piece);
      if ('code' in piece) return /^\w+\(\)$/.test(piece.code) ? piece.code : `\`\`${piece.code}\`\``;
      // logs are the project's
      if ('aside' in piece)
        return 'log' in piece.aside || 'file' in piece.aside || 'page' in piece.aside
          ? ''
          : ` (${escaped(piece.aside.text)})`;
      if ('log' in piece) return '';
      return escaped(piece.text);
    })
    .join('')
    .trimEnd();
}

/** What would begin mark-up: an asterisk, a backquote, a bar, a name that ends in an underscore. */
const escaped = (text: string): string => text.replaceAll('|', ', ').replace(/[\\*`|]|_(?=\W|$)/g, '\\$&');
