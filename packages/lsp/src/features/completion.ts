// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be written at the cursor: by the schema of the line, and by the names that the log and its machine have. */
import { EVENT_TYPES } from '@specialbit/events';
import type { JsonSchema } from '@specialbit/events/schema';
import { type Cursor, cursorIn, type LogWords, logWords, namesFor } from '@specialbit/view/writing';
import { type CompletionItem, CompletionItemKind, type Position, type TextEdit } from 'vscode-languageserver';
import type { Session, Shop } from '../session.js';
import { docsAt } from './member-docs.js';
import { skeletons } from './skeletons.js';

export function completionsAt(session: Session, shop: Shop, position: Position): CompletionItem[] {
  const { document } = session;
  const { line, character } = position;
  const { text } = document.lines[line] ?? { text: '' };
  if (text.trim() === '') return skeletons(document, shop.schemas, position);
  const cursor = cursorIn(text, character);
  if (cursor === undefined) return [];
  const header = document.headerLine < 0 || line <= document.headerLine;
  const edit = editor(text, line, character, cursor);
  const { member } = cursor;
  return member === undefined
    ? members(shop.schemas.object(header, cursor), cursor, header, edit)
    : values(shop.schemas.member(header, cursor, member), member, cursor, wordsOf(session, shop), edit);
}

/** From a word to the change that writes it, in quotes or not. */
type Editor = (word: string, quoted: boolean, colon?: boolean) => TextEdit;

function editor(text: string, line: number, character: number, cursor: Cursor): Editor {
  const closes = cursor.quoted && text[character] === '"';
  const end = closes ? character + 1 : character;
  const typed = text.slice(cursor.from, character);
  return (word, quoted, colon = false) => {
    const wanted = colon && !/^\s*:/.test(text.slice(end));
    // flags are joined with |
    const from = cursor.from + (cursor.quoted && quoted ? typed.lastIndexOf('|') + 1 : 0);
    const start = cursor.quoted && !quoted ? from - 1 : from;
    const newText = `${quoted && !cursor.quoted ? '"' : ''}${word}${quoted ? '"' : ''}${wanted ? ':' : ''}`;
    return { range: { start: { line, character: start }, end: { line, character: end } }, newText };
  };
}

function members(schema: JsonSchema | undefined, cursor: Cursor, header: boolean, edit: Editor): CompletionItem[] {
  const docs = docsAt(cursor.path, cursor.type, header);
  const required = schema?.required ?? [];
  return Object.entries(schema?.properties ?? {})
    .filter(([name, { deprecated }]) => !cursor.members.includes(name) && deprecated !== true)
    .map(([name]) => ({
      label: name,
      kind: CompletionItemKind.Property,
      // what an event cannot be without comes first
      ...(required.includes(name) ? { detail: 'required', sortText: `0${name}` } : { sortText: `1${name}` }),
      ...documented(docs?.[name]),
      filterText: cursor.quoted ? name : `"${name}`,
      textEdit: edit(name, true, true),
    }));
}

const documented = (doc: string | undefined): Pick<CompletionItem, 'documentation'> =>
  doc === undefined ? {} : { documentation: { kind: 'markdown', value: doc } };

function values(
  schema: JsonSchema | undefined,
  member: string,
  cursor: Cursor,
  words: LogWords,
  edit: Editor,
): CompletionItem[] {
  const known = schema === undefined ? [] : wordsIn(schema);
  const texts = known.filter((word) => typeof word === 'string');
  const names = namesOfMember(member, texts, words, cursor);
  const listed = names.map(
    (name): CompletionItem => ({
      label: name,
      kind: kindOf(member, texts.length > 0),
      ...documented(member === 'type' ? docsAt([], name, false)?.[''] : undefined),
      filterText: cursor.quoted ? name : `"${name}`,
      textEdit: edit(name, true),
    }),
  );
  if (cursor.quoted) return listed;
  const plain = known.filter((word) => typeof word !== 'string');
  return [
    ...listed,
    ...plain.map(
      (word): CompletionItem => ({
        label: String(word),
        kind: CompletionItemKind.Constant,
        textEdit: edit(String(word), false),
      }),
    ),
  ];
}

function namesOfMember(member: string, texts: readonly string[], words: LogWords, cursor: Cursor): readonly string[] {
  const { path, type } = cursor;
  if (member === 'type') return texts.length > 0 ? texts : EVENT_TYPES;
  const ofType = type !== undefined && Object.hasOwn(words.values, type) ? words.values[type]! : {};
  if (Object.hasOwn(ofType, member)) return ofType[member]!;
  if (texts.length > 0) return texts;
  // a call within mmap is about the mapping that is being made
  if (member === 'at' && path.includes('call')) return ['[0]'];
  return member === 'prot' ? ['r', 'rw', 'rx', 'rwx', 'none'] : namesFor(member, words, cursor);
}

function kindOf(member: string, words: boolean): CompletionItemKind {
  if (member === 'type') return CompletionItemKind.Function;
  const flags = words || /flags$|^set$|^clear$|^prot$/.test(member);
  return flags ? CompletionItemKind.EnumMember : CompletionItemKind.Variable;
}

/** Words that a schema takes as they are. */
function wordsIn({ enum: words, const: word, type, anyOf = [], items }: JsonSchema): readonly unknown[] {
  if (words !== undefined) return words;
  if (word !== undefined) return [word];
  if (type === 'boolean') return [true, false];
  return [...anyOf, ...(items === undefined || items === false ? [] : [items])].flatMap(wordsIn);
}

function wordsOf({ document, lanes }: Session, shop: Shop): LogWords {
  const names = shop.architectures().map(({ name }) => name);
  const words = logWords(document.header ?? { specialbit: 1 }, lanes[0]?.lane, names, '');
  const labels = new Set<string>();
  for (const line of document.lines) {
    for (const { kind, gives, name } of line.names) if (kind === 'mapping' && gives) labels.add(name);
  }
  return { ...words, labels: [...labels] };
}
