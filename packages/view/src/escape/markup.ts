// SPDX-License-Identifier: GPL-2.0-or-later
/** Text of inputs in languages that have markup: nothing of it is any there. */
import type { Markdown, Markup } from './safe.js';
import { withoutSteering } from './steering.js';

/** In the text and in attributes of XML, SVG and HTML, and in HTML-like labels of DOT. */
export function xmlText(text: string): Markup {
  return withoutSteering(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;') as Markup;
}

/** In a line of Markdown, of a paragraph, a heading, an item or a cell. Brackets alone are no link: `ring[2]` stays what it is. */
export function markdownText(text: string): Markdown {
  const line = withoutSteering(text.replace(/\s*\n\s*/g, ' '));
  const plain = line.replace(/[\\`*<]|&(?=#?\w+;)|(?<=\])[([]/g, '\\$&');
  return plain
    .replace(/(^|\W)(_+)(?=\w)/g, (_, before: string, run: string) => before + run.replaceAll('_', '\\_'))
    .replace(/^(?=(?:[#>+=-]+|~{3,})(?:\s|$))/, '\\')
    .replace(/^(\d+)(?=[.)](?:\s|$))/, '$1\\') as Markdown;
}

/** A cell: what would end it is escaped. */
const cell = (markdown: Markdown): string =>
  withoutSteering(markdown)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');

/** A row of a table. */
export function markdownRow(cells: readonly Markdown[]): Markdown {
  return `| ${cells.map(cell).join(' | ')} |` as Markdown;
}

/** The line below the head of a table: of each column `l` or `r`. */
export function markdownRule(columns: string): Markdown {
  return `|${[...columns].map((side) => (side === 'r' ? ' ---: |' : ' --- |')).join('')}` as Markdown;
}

/** As code in a line of Markdown. */
export function markdownCode(text: string): Markdown {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const plain = withoutSteering(text).replaceAll('\n', ' ');
  return (ticks.length === 1 ? `${ticks}${plain}${ticks}` : `${ticks} ${plain} ${ticks}`) as Markdown;
}

/** As a block of code, between ticks that no line of it closes. */
/** `language`: the program's own word. */
export function markdownFence(lines: readonly string[], language = ''): Markdown[] {
  const ticks = '`'.repeat(Math.max(2, ...lines.map(longestRun)) + 1);
  return [ticks + language, ...lines.map((line) => withoutSteering(line)), ticks] as Markdown[];
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/** A string of DOT, quoted. */
export function dotString(text: string): string {
  return `"${withoutSteering(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
