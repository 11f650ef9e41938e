// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages of the atlas in Markdown. */
import { wrap } from '@specialbit/view';
import {
  joined,
  type Markdown,
  markdownCode,
  markdownFile,
  markdownRow,
  markdownRule,
  markdownText,
  md,
  ownMarkdown,
  reflowed,
} from '@specialbit/view/escape';
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
  const parts = [[md`# ${markdownText(title)}`], ...blocks.map((block) => blockLines(block, links))];
  return markdownFile(parts.flatMap((lines, i) => (i === 0 ? lines : [md``, ...lines])));
}

function blockLines(block: Block, links: LinkMaker): Markdown[] {
  switch (block.kind) {
    case 'heading':
      return [md`${ownMarkdown('#'.repeat(block.level))} ${markdownText(block.text)}`];
    case 'paragraph':
      return reflowed(lineText(block.line, links), (text) => wrap(text, WIDTH));
    case 'list':
      return block.items.flatMap((item) =>
        reflowed(md`- ${lineText(item, links)}`, (text) => wrap(text, WIDTH).map((l, i) => (i === 0 ? l : `  ${l}`))),
      );
    case 'table':
      return [
        markdownRow(block.head.map(markdownText)),
        markdownRule('l'.repeat(block.head.length)),
        ...block.rows.map((cells) => markdownRow(cells.map((cell) => lineText(cell, links)))),
      ];
  }
}

function lineText(line: Line, links: LinkMaker): Markdown {
  return joined(
    line.map((piece) => {
      if (typeof piece === 'string') return markdownText(piece);
      if ('code' in piece) return markdownCode(piece.code);
      return 'aside' in piece ? md` (${linked(piece.aside, links)})` : linked(piece, links);
    }),
  );
}

/** Where a link leads was made of the project's own names, and of what encodeLink() writes. */
function linked(source: Source, links: LinkMaker): Markdown {
  const text = markdownText(source.text);
  if ('log' in source) return md`[${text}](${ownMarkdown(links.log(source.log, source.events))})`;
  if ('page' in source) return md`[${text}](${ownMarkdown(source.page)}.md)`;
  return 'file' in source ? md`[${text}](${ownMarkdown(links.file(source.file))})` : text;
}
