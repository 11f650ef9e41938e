// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines that fit a screen. */
import { width } from '@specialbit/view';
import { harmless, RESET } from '../untrusted.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const PIECES = /\u001b\[[0-9;]*m|./gsu;
/** Cut to the columns, colours kept and ended; with blanks up to there when `pad`. */
export function fit(text: string, columns: number, pad = false): string {
  // what a log says must not steer the terminal
  const safe = harmless(text.replaceAll('\n', ' ').replaceAll('\t', ' '));
  if (width(safe) <= columns) return pad ? safe + ' '.repeat(columns - width(safe)) : safe;
  let out = '';
  let used = 0;
  let colored = false;
  for (const [piece] of safe.matchAll(PIECES)) {
    if (piece.length > 1 && piece.startsWith('\u001b')) {
      out += piece;
      colored = true;
      continue;
    }
    if (used >= columns - 1) continue;
    out += piece;
    used++;
  }
  return `${out}${columns > 0 ? '~' : ''}${colored ? RESET : ''}`;
}

/** Exactly `rows` lines from `from` on. */
export function window(lines: readonly string[], from: number, rows: number): string[] {
  const shown = lines.slice(from, from + rows);
  return [...shown, ...new Array<string>(Math.max(0, rows - shown.length)).fill('')];
}

/** `-- state ----------`. */
export function rule(title: string, columns: number): string {
  return `-- ${title} ${'-'.repeat(Math.max(0, columns - title.length - 4))}`.slice(0, columns);
}
