// SPDX-License-Identifier: GPL-2.0-or-later
/** On an empty line: an event of each type with what it cannot be without; where there is no header yet, a header. */
import { type CompletionItem, CompletionItemKind, InsertTextFormat, type Position } from 'vscode-languageserver';
import type { LogDocument } from '../document.js';
import type { Schemas } from '../schemas.js';
import { docsAt } from './member-docs.js';

/** What may be written for a member; what is not here is a number. */
const SAMPLES: Readonly<Record<string, string>> = {
  prot: 'rw',
  frame: 'P0',
  advice: 'MADV_DONTNEED',
  vm_flags: 'VM_READ|VM_WRITE',
  op: 'read',
  name: 'a',
  option: 'PR_SET_MEMORY_MERGE',
  key: 'enabled',
  value: 'always',
};
/** Where the cursor goes next in a snippet, and what is there until somebody writes. */
const stop = (n: number, text: string): string => `\${${n}:${text}}`;

/** Members that are objects or arrays. */
const NESTED: Readonly<Record<string, string>> = { ops: '{}' };

export function skeletons(document: LogDocument, schemas: Schemas, { line }: Position): CompletionItem[] {
  const { headerLine } = document;
  const width = document.lines[line]?.text.length ?? 0;
  const item = (label: string, newText: string, doc: string | undefined): CompletionItem => ({
    label,
    kind: CompletionItemKind.Snippet,
    insertTextFormat: InsertTextFormat.Snippet,
    filterText: label,
    textEdit: { range: { start: { line, character: 0 }, end: { line, character: width } }, newText },
    ...(doc === undefined ? {} : { documentation: { kind: 'markdown', value: doc } }),
  });
  if (headerLine < 0 || line < headerLine)
    return [
      item('{"specialbit":1}', `{"specialbit":1,"title":"${stop(1, 'title')}"}`, docsAt([], undefined, true)?.['']),
    ];
  const label = lastGiven(document, line, 'mapping') ?? 'a';
  const file = lastGiven(document, line, 'file') ?? 'dev';
  return Object.entries(schemas.required()).map(([type, names]) => {
    const members = names.map((name, i) => {
      const nested = NESTED[name];
      if (nested !== undefined) return `,"${name}":${nested.replaceAll('}', '\\}')}`;
      const text = /^(?:at|to)$/.test(name) ? label : name === 'file' ? file : SAMPLES[name];
      return `,"${name}":${text === undefined ? stop(i + 1, '1') : `"${stop(i + 1, text)}"`}`;
    });
    return item(type, `{"type":"${type}"${members.join('')}}`, docsAt([], type, false)?.['']);
  });
}

/** The name that was given last before a line. */
function lastGiven({ lines }: LogDocument, line: number, kind: 'mapping' | 'file'): string | undefined {
  for (let i = Math.min(line, lines.length) - 1; i >= 0; i--) {
    const given = lines[i]!.names.findLast((one) => one.gives && one.kind === kind);
    if (given !== undefined) return given.name;
  }
  return undefined;
}
