// SPDX-License-Identifier: GPL-2.0-or-later
/** What stands above lines and behind them: that lanes part there, that a kernel complains, and what came back. */
import type { Returned } from '@specialbit/view';
import type { CodeLens, InlayHint, Range } from 'vscode-languageserver';
import { eventAt } from '../document.js';
import type { Session } from '../session.js';

/** The command that says why lanes part at a line. */
export const WHY = 'specialbit.why';

export function lensesOf({ document, findings }: Session, uri: string): CodeLens[] {
  const lenses: CodeLens[] = [];
  for (const [number, { parting, complaints }] of [...findings.all].sort(([a], [b]) => a - b)) {
    const numbered = document.events[number - 1];
    if (numbered === undefined) continue;
    const line = numbered.line - 1;
    const range: Range = { start: { line, character: 0 }, end: { line, character: 0 } };
    if (parting !== undefined) {
      const title = parting === '' ? 'lanes part here' : `lanes part here: ${parting}`;
      lenses.push({ range, command: { title, command: WHY, arguments: [uri, line] } });
    }
    for (const text of complaints) {
      lenses.push({
        range,
        command: { title: `kernel complains here: ${text}`, command: WHY, arguments: [uri, line] },
      });
    }
  }
  return lenses;
}

/** Lines at once for which what came back is shown. */
const MOST = 500;

/** Behind each line what the event returned, where it is more than 0. */
export function hintsOf({ document, lanes }: Session, { start, end }: Range): InlayHint[] {
  const last = Math.min(end.line, start.line + MOST, document.firstBad - 1);
  const events = Array.from({ length: Math.max(0, last - start.line + 1) }, (_, i) =>
    eventAt(document, start.line + i),
  );
  const found = events.filter((event) => event !== undefined);
  const [first] = found;
  if (first === undefined) return [];
  const each = lanes.map((lane) => lane.returned(first.number, found.at(-1)!.number));
  return found.flatMap(({ number, line }) => {
    const text = returnedText(each.map((list) => list[number - first.number]!));
    if (text === '') return [];
    const position = { line: line - 1, character: document.lines[line - 1]!.text.length };
    return [{ position, label: `= ${text}`, paddingLeft: true }];
  });
}

/** Addresses differ from lane to lane and say nothing: what is no failure is told once. */
function returnedText(each: readonly Returned[]): string {
  const texts = [...new Set(each.flatMap(({ text }) => (text === null ? [] : [text])))];
  if (texts.length === 0 || (texts.length === 1 && texts[0] === '0')) return '';
  const plain = each.every(({ failed }) => !failed) && texts.every((text) => text.startsWith('0x'));
  return plain ? texts[0]! : texts.join(' | ');
}
