// SPDX-License-Identifier: GPL-2.0-or-later
/** From the lines of anything pasted to the lines of reports, wrapped ones put together. */
import type { Line } from '../lines.js';
import { stripPrefixes } from '../paste/prefixes.js';
import { received } from '../paste/transfer.js';
import type { Problems } from '../problems.js';
import { recognise, ruleOf, type TokenType } from './tokens.js';

export interface Token {
  readonly type: TokenType;
  /** From where the line of this kind begins, wrapped lines joined. */
  text: string;
  readonly line: number;
  /** Input lines that it was made of. */
  lines: number;
  /** The CPU or task that printed it, where printk says so. */
  readonly caller?: string;
  /** A report has taken it. */
  used: boolean;
}

/** Every line counts as read here; `tally` puts right those that no report takes. */
export function tokensOf(input: readonly Line[], problems: Problems): Token[] {
  const tokens: Token[] = [];
  let open: Token | undefined;
  for (const { text, line, lines } of received(input)) {
    const { text: own, caller } = stripPrefixes(text);
    const found = recognise(own);
    if (found !== undefined) {
      open = { ...found, line, lines, used: false, ...(caller === undefined ? {} : { caller }) };
      tokens.push(open);
      continue;
    }
    const rest = own.trim();
    if (open !== undefined && rest !== '' && ruleOf(open.type).more?.test(rest) === true) {
      open.text += rest.startsWith(':') ? rest : ` ${rest}`;
      open.lines += lines;
      continue;
    }
    open = undefined;
    problems.skipped += lines;
  }
  return tokens;
}

/** Counts each token's lines as used, or as of no report. */
export function tally(tokens: readonly Token[], problems: Problems): void {
  for (const { used, lines } of tokens) {
    if (used) problems.read += lines;
    else problems.skipped += lines;
  }
}
