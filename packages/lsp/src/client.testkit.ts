// SPDX-License-Identifier: GPL-2.0-or-later
/** An editor, as far as the server sees one. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import type {
  CodeLens,
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  Hover,
  InitializeResult,
  Location,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { serve } from './index.js';

const URI = 'file:///log.sb.jsonl';

export interface Editor {
  readonly ask: <A>(method: string, more?: object) => Promise<A>;
  readonly tell: (method: string, params: object) => Promise<void>;
  /** Opens a text; the place of `^` in it is the cursor. */
  readonly open: (text: string) => Promise<void>;
  readonly change: (text: string, version?: number) => Promise<void>;
  /** One change, as editors tell it. */
  readonly edit: (line: number, from: number, to: number, text: string) => Promise<void>;
  readonly at: (line: number, character: number) => object;
  readonly hover: (line: number, character?: number) => Promise<string>;
  readonly complete: () => Promise<CompletionItem[]>;
  readonly lenses: () => Promise<string[]>;
  /** The diagnostics when they were told so often as there are texts, read and played. */
  readonly diagnostics: () => Promise<readonly Diagnostic[]>;
  readonly shown: string[];
  readonly initialized: InitializeResult;
  readonly ended: Promise<boolean>;
  readonly hangUp: () => void;
  /** Writes what no client would. */
  readonly raw: (text: string) => void;
  /** Says goodbye as it is to be said. */
  readonly bye: () => Promise<void>;
  readonly cursor: () => { readonly line: number; readonly character: number };
}

/** A server in this process, and who talks to it. */
export async function editor(initializationOptions: object = {}): Promise<Editor> {
  const input = new PassThrough();
  const output = new PassThrough();
  const ended = serve({ architectures: () => [...x86, ...nospecial], version: '0', input, output });
  const client = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  let told: { readonly diagnostics: readonly Diagnostic[]; readonly times: number } = { diagnostics: [], times: 0 };
  const shown: string[] = [];
  client.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: Diagnostic[] }) => {
    told = { diagnostics, times: told.times + 1 };
    input.emit('told');
  });
  client.onNotification('window/showMessage', ({ message }: { message: string }) => void shown.push(message));
  client.onRequest('workspace/codeLens/refresh', () => null);
  client.listen();
  const capabilities = { workspace: { codeLens: { refreshSupport: true } } };
  const asked = { processId: null, rootUri: null, capabilities, initializationOptions };
  const initialized = await client.sendRequest<InitializeResult>('initialize', asked);
  await client.sendNotification('initialized', {});
  const textDocument = { uri: URI };
  let version = 1;
  let cursor = { line: 0, character: 0 };
  const ask = <A>(method: string, more: object = {}): Promise<A> =>
    client.sendRequest<A>(method.includes('/') ? method : `textDocument/${method}`, { textDocument, ...more });
  const tell = (method: string, params: object): Promise<void> => client.sendNotification(method, params);
  const at = (line: number, character: number): object => ({ position: { line, character } });
  const withoutCursor = (text: string): string => {
    const before = text.split('^')[0]!.split('\n');
    cursor = { line: before.length - 1, character: before.at(-1)!.length };
    return text.replace('^', '');
  };
  const change = async (text: string): Promise<void> => {
    version++;
    told = { ...told, times: 0 };
    const contentChanges = [{ text: withoutCursor(text) }];
    await tell('textDocument/didChange', { textDocument: { uri: URI, version }, contentChanges });
  };
  return {
    ask,
    tell,
    open: async (text) => {
      const document = { uri: URI, languageId: 'specialbit', version, text: withoutCursor(text) };
      told = { ...told, times: 0 };
      await tell('textDocument/didOpen', { textDocument: document });
    },
    change,
    edit: async (line, from, to, text) => {
      version++;
      told = { ...told, times: 0 };
      const range = { start: { line, character: from }, end: { line, character: to } };
      await tell('textDocument/didChange', { textDocument: { uri: URI, version }, contentChanges: [{ range, text }] });
    },
    at,
    hover: async (line, character = 0) => {
      const hover = await ask<Hover | null>('hover', at(line, character));
      return hover === null ? '' : (hover.contents as { readonly value: string }).value;
    },
    complete: () => ask<CompletionItem[]>('completion', { position: cursor }),
    lenses: async () => {
      const lenses = await ask<CodeLens[]>('codeLens');
      return lenses.map(({ range, command }) => `${range.start.line}: ${command!.title}`);
    },
    diagnostics: async () => {
      while (told.times < 2) await once(input, 'told');
      return told.diagnostics;
    },
    shown,
    initialized,
    ended,
    hangUp: () => void input.end(),
    raw: (text) => void input.write(text),
    bye: async () => {
      await client.sendRequest('shutdown');
      await client.sendNotification('exit');
    },
    cursor: () => cursor,
  };
}

/** The text with edits made. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const later = [...edits].sort(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  );
  for (const { range, newText } of later) {
    const line = lines[range.start.line]!;
    lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  }
  return lines.join('\n');
}

export const changesOf = (edit: WorkspaceEdit): readonly TextEdit[] => edit.changes?.[URI] ?? [];

export const placesOf = (found: readonly Location[] | null): string[] =>
  (found ?? []).map(({ range }) => `${range.start.line}:${range.start.character}-${range.end.character}`);

export const namesOfSymbols = (symbols: readonly DocumentSymbol[]): string[] => symbols.map(({ name }) => name);
