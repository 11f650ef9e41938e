// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The editor of logs. A bundle of its own, loaded when somebody edits, and so without a word of the page: who makes one
 * gives it what it needs.
 */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { cursorIn, type LogWords, memberRange, namesFor, settingsAt } from '@specialbit/view/writing';

export interface EditorOptions {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** A line was chosen. */
  readonly onLine: (line: number) => void;
  readonly words: () => Promise<LogWords>;
  /** What the event of a line did. */
  readonly did: (line: number) => Promise<readonly string[]>;
}

export interface EditorProblem {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export interface Editor {
  setProblems(problems: readonly EditorProblem[]): void;
  /** Marks the line of the event where we stand. */
  setLine(line: number): void;
  /** Another text in its place, unless it is the same; nobody is told of a change. */
  setText(text: string): void;
  focus(): void;
  destroy(): void;
}

/** JSON, and comments that take a line. */
const logs = StreamLanguage.define({
  name: 'specialbit-log',
  token(stream: StringStream): string | null {
    if (stream.sol() && stream.match(/^\s*(?:#|\/\/).*/)) return 'comment';
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"/)) return 'string';
    if (stream.match(/^-?\d+(?:\.\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false|null)\b/)) return 'atom';
    stream.next();
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--faint)' },
  { tag: tags.propertyName, color: 'var(--soft)' },
  { tag: tags.string, color: 'var(--accent)' },
  { tag: tags.number, color: 'var(--special-ink)' },
  { tag: tags.atom, color: 'var(--special-ink)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-here': { backgroundColor: 'var(--parts-ground)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--page-fill) !important' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    maxWidth: '90ch',
  },
  '.cm-tooltip pre': { margin: '0', padding: '8px 12px', whiteSpace: 'pre-wrap', fontSize: '12px' },
});

const here = StateEffect.define<number>();
const hereField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, transaction) {
    let next = set.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(here)) continue;
      const { doc } = transaction.state;
      const valid = effect.value >= 1 && effect.value <= doc.lines;
      next = valid
        ? Decoration.set([Decoration.line({ class: 'cm-here' }).range(doc.line(effect.value).from)])
        : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A change that did not come from who writes. */
const given = Annotation.define<boolean>();

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightSpecialChars(),
        highlightActiveLine(),
        hereField,
        logs,
        syntaxHighlighting(colours),
        autocompletion({ override: [(context) => complete(context, options)] }),
        hoverTooltip((editor, at) => hover(editor, at, options), { hideOnChange: true }),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'The log as text', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            const told = update.transactions.some((transaction) => transaction.annotation(given) !== true);
            if (told) options.onChange(update.state.doc.toString());
          } else if (update.selectionSet)
            options.onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
        look,
      ],
    }),
  });
  return {
    setProblems: (problems) => view.dispatch(setDiagnostics(view.state, diagnostics(view.state, problems))),
    setLine: (line) => view.dispatch({ effects: here.of(line) }),
    setText: (text) => {
      if (view.state.doc.toString() === text) return;
      const head = Math.min(view.state.selection.main.head, text.length);
      const changes = { from: 0, to: view.state.doc.length, insert: text };
      view.dispatch({ changes, selection: { anchor: head }, annotations: given.of(true) });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** At the member that is wrong, where it stands in the line; else the whole line. */
function diagnostics({ doc }: EditorState, problems: readonly EditorProblem[]): Diagnostic[] {
  return (
    problems
      // what is about no line stands above the page
      .filter(({ line }) => line >= 1 && line <= doc.lines)
      .map(({ line, path, message }) => {
        const { from, text } = doc.line(line);
        const range = memberRange(text, path);
        return {
          from: from + range.from,
          to: from + range.to,
          severity: 'error' as const,
          message: path === '' ? message : `${path}: ${message}`,
        };
      })
  );
}

async function complete(context: CompletionContext, { words }: EditorOptions): Promise<CompletionResult | null> {
  const line = context.state.doc.lineAt(context.pos);
  const cursor = cursorIn(line.text, context.pos - line.from);
  if (cursor?.quoted !== true) return null;
  const { member, type, members, path } = cursor;
  const from = line.from + cursor.from;
  const typed = context.state.sliceDoc(from, context.pos);
  const all = await words();
  const ofType = <A>(table: Readonly<Record<string, A>>): A | undefined =>
    type !== undefined && Object.hasOwn(table, type) ? table[type] : undefined;
  if (member === undefined) {
    const known = type === undefined && path.length === 0 ? ['type'] : (ofType(all.members) ?? settingsAt(all, cursor));
    const options = known.filter((name) => !members.includes(name)).map((label) => ({ label, apply: `${label}":` }));
    // names of settings have slashes
    return options.length === 0 ? null : { from, options, validFor: /^[\w/-]*$/ };
  }
  const own = ofType(all.values) ?? {};
  const list = Object.hasOwn(own, member) ? own[member]! : namesFor(member, all, cursor);
  // flags are joined with |
  const last = typed.lastIndexOf('|');
  return list.length === 0
    ? null
    : { from: from + last + 1, options: list.map((label) => ({ label })), validFor: /^[\w.+/-]*$/ };
}

async function hover(view: EditorView, at: number, { did }: EditorOptions) {
  const line = view.state.doc.lineAt(at);
  const caret = view.state.doc.lineAt(view.state.selection.main.head);
  const { doc } = view.state;
  const lines = await did(line.number);
  // somebody writes meanwhile
  if (lines.length === 0 || view.state.doc !== doc) return null;
  return {
    pos: line.from,
    end: line.to,
    // it must not cover the line that is written
    above: caret.number > line.number,
    create: () => {
      const dom = document.createElement('pre');
      dom.textContent = lines.join('\n');
      return { dom };
    },
  };
}
