// SPDX-License-Identifier: GPL-2.0-or-later
/** What of a log is listed, folded, and put in canonical form. */
import { formatEvent, formatHeader } from '@specialbit/events';
import { eventText } from '@specialbit/view';
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type Range,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver';
import type { DocumentLine, LogDocument } from '../document.js';

const wholeLine = (line: number, text: string): Range => ({
  start: { line, character: 0 },
  end: { line, character: text.length },
});

/** The header, mappings, threads, and expectations; what else happens is no symbol. */
export function symbolsOf({ lines, header, headerLine }: LogDocument): DocumentSymbol[] {
  const symbols: DocumentSymbol[] = [];
  let thread: { readonly symbol: DocumentSymbol; readonly children: DocumentSymbol[] } | undefined;
  for (const [line, own] of lines.entries()) {
    const range = wholeLine(line, own.text);
    if (line === headerLine && header !== undefined) {
      symbols.push({ name: header.title ?? 'header', kind: SymbolKind.Module, range, selectionRange: range });
      continue;
    }
    const { event } = own;
    if (event === undefined) continue;
    if (event.type === 'thread.end') {
      if (thread !== undefined) thread.symbol.range = { start: thread.symbol.range.start, end: range.end };
      thread = undefined;
      continue;
    }
    if (event.type === 'thread.begin') {
      const children: DocumentSymbol[] = [];
      const symbol = {
        name: event.name,
        kind: SymbolKind.Function,
        range: { ...range },
        selectionRange: range,
        children,
      };
      symbols.push(symbol);
      thread = { symbol, children };
      continue;
    }
    const symbol = symbolOf(own, line, range);
    if (symbol !== undefined) (thread?.children ?? symbols).push(symbol);
  }
  return symbols;
}

function symbolOf(own: DocumentLine, line: number, range: Range): DocumentSymbol | undefined {
  const event = own.event!;
  if (event.type === 'expect') {
    const detail = eventText(event).replace(/^expect\s*/, '');
    return { name: 'expect', detail, kind: SymbolKind.Boolean, range, selectionRange: range };
  }
  const given = own.names.find(({ kind, gives }) => kind === 'mapping' && gives);
  if (given === undefined || given.name === '') return undefined;
  const selectionRange = { start: { line, character: given.from }, end: { line, character: given.to } };
  return { name: given.name, detail: event.type, kind: SymbolKind.Variable, range, selectionRange };
}

/** Threads, and runs of comments. */
export function foldsOf({ lines }: LogDocument): FoldingRange[] {
  const folds: FoldingRange[] = [];
  let comment = -1;
  let thread = -1;
  const endComment = (end: number): void => {
    if (comment >= 0 && end > comment) folds.push({ startLine: comment, endLine: end, kind: FoldingRangeKind.Comment });
    comment = -1;
  };
  for (const [line, { text, kind, event }] of lines.entries()) {
    if (kind === 'none' && text.trim() !== '') {
      if (comment < 0) comment = line;
    } else endComment(line - 1);
    if (event?.type === 'thread.begin') thread = line;
    if (event?.type === 'thread.end' && thread >= 0) {
      folds.push({ startLine: thread, endLine: line });
      thread = -1;
    }
  }
  endComment(lines.length - 1);
  return folds;
}

/** Each line in canonical form; comments, blank lines and what cannot be read stay as they are. */
export function formatted({ lines, header, headerLine }: LogDocument, from = 0, to = lines.length - 1): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let line = Math.max(0, from); line <= Math.min(to, lines.length - 1); line++) {
    const { text, kind, event } = lines[line]!;
    const canonical =
      line === headerLine && header !== undefined
        ? formatHeader(header)
        : kind === 'event' && event !== undefined
          ? formatEvent(event)
          : text;
    if (canonical !== text) edits.push({ range: wholeLine(line, text), newText: canonical });
  }
  return edits;
}
