// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages of the atlas in Markdown. */
import { wrap } from '@specialbit/view';
import { markdownOwnCell } from '@specialbit/view/escape';
import type { Block, Line, Page, Source } from './doc.js';

export interface LinkMaker {
  /** The link that opens a log behind its last event. */
  readonly log: (log: string, events: number) => string;
  /** From the folder of the pages to a file of the project. */
  readonly file: (path: string) => string;
}

/** Columns of prose. */
const WIDTH = 128;

export function markdownPage({ title, blocks }: Page, links: LinkMaker): string {
  const parts = [`# ${escaped(title)}`, ...blocks.map((block) => blockText(block, links))];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Block, links: LinkMaker): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escaped(block.text)}`;
    case 'paragraph':
      return wrap(lineText(block.line, links), WIDTH).join('\n');
    case 'list':
      return block.items
        .map((item) =>
          wrap(`- ${lineText(item, links)}`, WIDTH)
            .map((l, i) => (i === 0 ? l : `  ${l}`))
            .join('\n'),
        )
        .join('\n');
    case 'table':
      return [
        row(block.head.map(escaped)),
        `|${block.head.map(() => ' --- ').join('|')}|`,
        ...block.rows.map((cells) => row(cells.map((cell) => markdownOwnCell(lineText(cell, links))))),
      ].join('\n');
  }
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function lineText(line: Line, links: LinkMaker): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return escaped(piece);
      if ('code' in piece) return `\`${piece.code}\``;
      return 'aside' in piece ? ` (${linked(piece.aside, links)})` : linked(piece, links);
    })
    .join('');
}

function linked(source: Source, links: LinkMaker): string {
  const text = escaped(source.text);
  if ('log' in source) return `[${text}](${links.log(source.log, source.events)})`;
  if ('page' in source) return `[${text}](${source.page}.md)`;
  return 'file' in source ? `[${text}](${links.file(source.file)})` : text;
}

/** An underscore within a word is none of Markdown's. */
const escaped = (text: string): string => text.replace(/[\\`*<[\]]|(?<!\w)_|_(?!\w)/g, '\\$&');
