// SPDX-License-Identifier: GPL-2.0-or-later
/** Text of inputs in languages that have markup: nothing of it is any there. */
import { withoutSteering } from './steering.js';

/** In the text and in attributes of XML, SVG and HTML, and in HTML-like labels of DOT. */
export function xmlText(text: string): string {
  return withoutSteering(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** In a paragraph of Markdown. Brackets alone are no link: `ring[2]` stays what it is. */
export function markdownText(text: string): string {
  const plain = withoutSteering(text).replace(/[\\`*<]|&(?=#?\w+;)|(?<=\])[([]/g, '\\$&');
  return plain.replace(/(^|\W)(_+)(?=\w)/g, (_, before: string, run: string) => before + run.replaceAll('_', '\\_'));
}

/** In a cell of a Markdown table, shown as it is. */
export function markdownCell(text: string): string {
  const plain = withoutSteering(text.replace(/\s*\n\s*/g, ' '));
  return plain.replace(/[\\`*_<]|&(?=#?\w+;)|(?<=\])[([]/g, '\\$&').replaceAll('|', '\\|');
}

/** In a cell whose text is Markdown of ours: the table alone is kept whole. */
export function markdownOwnCell(markdown: string): string {
  return withoutSteering(markdown)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}

/** As code in a line of Markdown. */
export function markdownCode(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const plain = withoutSteering(text).replaceAll('\n', ' ');
  return ticks.length === 1 ? `${ticks}${plain}${ticks}` : `${ticks} ${plain} ${ticks}`;
}

/** As a block of code, between ticks that no line of it closes. */
export function markdownFence(lines: readonly string[]): string[] {
  const ticks = '`'.repeat(Math.max(2, ...lines.map(longestRun)) + 1);
  return [ticks, ...lines.map((line) => withoutSteering(line)), ticks];
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/** A string of DOT, quoted. */
export function dotString(text: string): string {
  return `"${withoutSteering(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
