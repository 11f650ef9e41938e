// SPDX-License-Identifier: GPL-2.0-or-later
/** How differences and answers look: a colour each, and a sign, since not everybody sees colours. */
import type { EntryRow, FrameBox, Mark } from './picture.js';

/** Borders, for light backgrounds; each is told apart in grey, too, by its sign. */
export const MARK_COLORS: Readonly<Record<Mark, string>> = {
  '': '#555555',
  '+': '#1a7f37',
  '~': '#9a6700',
  '-': '#cf222e',
};
const MARK_WORDS = { '+': 'new', '~': 'changed', '-': 'gone' } as const;

/** `[+] `, before a text. */
export function sign(mark: Mark): string {
  return mark === '' ? '' : `[${mark}] `;
}

const VERDICT_FILLS: Readonly<Record<string, string>> = { page: '#ddf4ff', NULL: '#fff8c5', bad: '#ffebe9' };

/** The background of an entry, by vm_normal_page()'s answer. */
export function entryFill(row: EntryRow): string {
  return VERDICT_FILLS[row.verdict] ?? '#ffffff';
}

/** That of a frame: with a struct page, or without. */
export function frameFill(frame: FrameBox): string {
  return frame.valid ? '#ddf4ff' : '#f6f8fa';
}

/** An entry in one line. */
export function rowText(row: EntryRow): string {
  const pages = row.pages > 1 ? `${row.pages} pages` : '';
  const verdict = row.verdict === '' || row.verdict === '-' ? '' : `normal: ${row.verdict}`;
  return sign(row.mark) + [row.at, row.bits, verdict, pages].filter((part) => part !== '').join('  ');
}

/** What the signs mean; empty where there is one panel alone. */
export function legend(panels: number): string {
  if (panels < 2) return '';
  const words = Object.entries(MARK_WORDS).map(([mark, word]) => `[${mark}] ${word}`);
  return `against the first panel: ${words.join(', ')}`;
}
