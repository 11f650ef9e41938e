// SPDX-License-Identifier: GPL-2.0-or-later
/** What the event of a line did on each lane, and what the member under the cursor is. */
import { eventDid, lineNodes } from '@specialbit/view/writing';
import { type Hover, MarkupKind, type Position } from 'vscode-languageserver';
import { eventAt } from '../document.js';
import type { Session } from '../session.js';
import { docsAt } from './member-docs.js';

export function hoverAt({ document, lanes, findings }: Session, { line, character }: Position): Hover | null {
  const text = document.lines[line];
  if (text === undefined || text.kind === 'none') return null;
  const numbered = eventAt(document, line);
  const parts: string[] = [];
  const member = memberDoc(text.text, text.kind === 'header', character);
  if (member !== undefined) parts.push(member);
  if (numbered !== undefined && lanes.length > 0) {
    parts.push(`event ${numbered.number}`, fenced(eventDid(lanes, numbered)));
    const parting = findings.at(numbered.number)?.parting;
    if (parting !== undefined && parting !== '') parts.push('lanes part here', fenced([parting]));
  } else if (text.kind === 'event') {
    parts.push(`not played: line ${document.firstBad + 1} cannot be read`);
  }
  return parts.length === 0 ? null : { contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n') } };
}

/** As it is: nothing that a log says is Markdown. */
function fenced(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** The documentation of the member, or of the type, at a place in a line. */
function memberDoc(text: string, header: boolean, character: number): string | undefined {
  const nodes = lineNodes(text);
  const node = nodes.findLast(({ keyFrom, keyTo, from, to, key }) => {
    if (key === 'type') return character >= keyFrom && character < to;
    return (keyFrom >= 0 && character >= keyFrom && character < keyTo) || (character === from && from === to);
  });
  if (node === undefined || node.key === '') return undefined;
  const type = nodes.find(({ parent, key }) => parent === node.parent && key === 'type')?.text;
  const docs = docsAt(node.parent === '' ? [] : node.parent.split('.'), type, header);
  if (docs === undefined) return undefined;
  const own = node.key === 'type' ? '' : node.key;
  const doc = Object.hasOwn(docs, own) ? docs[own] : undefined;
  return doc === undefined ? undefined : `**${node.key === 'type' ? (type ?? '') : node.key}**: ${doc}`;
}
