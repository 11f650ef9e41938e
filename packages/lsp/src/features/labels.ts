// SPDX-License-Identifier: GPL-2.0-or-later
/** Labels of mappings, frames and files: where they are given and used, and what they may be called instead. */
import { suggestion } from '@specialbit/events';
import type { Location, Position, Range, TextEdit } from 'vscode-languageserver';
import type { LogDocument } from '../document.js';
import type { NameAt, NameKind } from '../names.js';

/** A name and the line that it is in, from 0. */
export interface NameInLog extends NameAt {
  readonly line: number;
}

export const rangeOf = ({ line, from, to }: NameInLog): Range => ({
  start: { line, character: from },
  end: { line, character: to },
});

/** The name at a place; undefined where there is none. */
export function nameAt({ lines }: LogDocument, { line, character }: Position): NameInLog | undefined {
  const text = lines[line];
  const found = text === undefined ? [] : text.names;
  const name = found.find(({ from, to }) => character >= from && character <= to);
  return name === undefined ? undefined : { ...name, line };
}

/** Everywhere that a name stands, in the order of the log. */
export function everywhere({ lines }: LogDocument, kind: NameKind, name: string): NameInLog[] {
  const found: NameInLog[] = [];
  for (let line = 0; line < lines.length; line++) {
    for (const one of lines[line]!.names) if (one.name === name && one.kind === kind) found.push({ ...one, line });
  }
  return found;
}

/** Where it is given: the last place before the line that uses it, else the first one. */
export function definition(document: LogDocument, at: NameInLog): NameInLog | undefined {
  const given = everywhere(document, at.kind, at.name).filter(({ gives }) => gives);
  return given.findLast(({ line }) => line <= at.line) ?? given[0];
}

export const locations = (uri: string, names: readonly NameInLog[]): Location[] =>
  names.map((name) => ({ uri, range: rangeOf(name) }));

const FORMS: Readonly<Record<NameKind, readonly [form: RegExp, words: string]>> = {
  mapping: [/^[A-Za-z_][A-Za-z0-9_.:/@-]*$/, 'a letter, then letters, digits and _.:/@-'],
  frame: [/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/, 'a letter, then letters, digits and _'],
  file: [/^(?!__proto__$)[^"\\\p{Cc}]+$/u, 'a text without quotes'],
};
const WORDS: Readonly<Record<NameKind, string>> = { mapping: 'mapping', frame: 'frame', file: 'file' };

/** Why a name cannot be called otherwise at all; undefined where it can. */
export function fixed(document: LogDocument, { kind, name }: NameAt): string | undefined {
  if (everywhere(document, kind, name).some(({ gives }) => gives)) return undefined;
  const given = document.lines.flatMap((line) => line.names.filter((one) => one.gives && one.kind === kind));
  const hint = suggestion(
    name,
    given.map((one) => one.name),
  );
  return kind === 'frame'
    ? `${name} is a frame of the machine, and not named in this log`
    : `no ${WORDS[kind]} of this log is called ${name}${hint}`;
}

/** The changes that give a name another one, everywhere; or why not. */
export function renamed(document: LogDocument, at: NameInLog, newName: string): TextEdit[] | string {
  const { kind, name } = at;
  const [form, words] = FORMS[kind];
  if (!form.test(newName)) return `"${newName}" is no name of a ${WORDS[kind]}: ${words}`;
  const no = fixed(document, at);
  if (no !== undefined) return no;
  if (newName === name) return [];
  if (everywhere(document, kind, newName).length > 0) return `there is a ${WORDS[kind]} called ${newName} already`;
  return everywhere(document, kind, name).map((one) => ({ range: rangeOf(one), newText: newName }));
}
