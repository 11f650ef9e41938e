// SPDX-License-Identifier: GPL-2.0-or-later
/** As much of the editor's interface as the extension and its client ask for, with one log open, and what they do with it. */
import { createRequire } from 'node:module';

export interface Extension {
  activate(context: object): Promise<void>;
  deactivate(): Promise<void>;
}

export interface Told {
  readonly commands: string[];
  /** What the editor shows people. */
  readonly messages: string[];
  /** Messages of diagnostics with their lines, counted from 0. */
  readonly diagnostics: (readonly [line: number, message: string])[];
}

/** Loads the code of an extension as the editor does. `path`: what its setting says where the command is. */
export function loaded(
  code: string,
  log: { readonly file: string; readonly text: string },
  path: string,
): readonly [Extension, Told] {
  const told: Told = { commands: [], messages: [], diagnostics: [] };
  const module = { exports: {} as Extension };
  const own = createRequire(import.meta.url);
  const run = new Function('require', 'exports', 'module', code) as (...given: unknown[]) => void;
  const editor = stub(log, path, told);
  run((name: string) => (name === 'vscode' ? editor : own(name)), module.exports, module);
  return [module.exports, told];
}

const disposable = { dispose: () => {} };
/** An event that never happens, and whatever registers something. */
const quiet = (): object => disposable;

class Emitter {
  private readonly heard: ((value: unknown) => void)[] = [];
  readonly event = (listener: (value: unknown) => void): object => {
    this.heard.push(listener);
    return disposable;
  };
  fire(value: unknown): void {
    for (const listener of this.heard) listener(value);
  }
  dispose(): void {}
}

/** What is made of positions, ranges and diagnostics: what it was made of. */
class Made {
  readonly of: readonly unknown[];
  constructor(...of: readonly unknown[]) {
    this.of = of;
  }
}

/** The members that are told, and of all others something that can be made, called, or asked for a word. */
function open(members: object, other: (key: string) => unknown): object {
  return new Proxy(members, {
    get: (own, key) => (key in own ? Reflect.get(own, key) : typeof key === 'string' ? other(key) : undefined),
  });
}

function stub(log: { readonly file: string; readonly text: string }, path: string, told: Told): object {
  const uri = { toString: () => `file://${log.file}`, scheme: 'file', fsPath: log.file, path: log.file };
  const document = { uri, languageId: 'specialbit', version: 1, getText: () => log.text, fileName: log.file };
  const say = async (text: string): Promise<void> => void told.messages.push(text);
  const command = (name: string): object => {
    told.commands.push(name);
    return disposable;
  };
  const set = (_: unknown, found: readonly { readonly of: readonly unknown[] }[] = []): void => {
    for (const { of } of found) told.diagnostics.push([(of[0] as Made).of[0] as number, String(of[1])]);
  };
  const collection = { set, delete: () => {}, clear: () => {}, ...disposable };
  const channel = open({ logLevel: 3, onDidChangeLogLevel: quiet, ...disposable }, () => () => {});
  const classes = new Map<string, object>();
  const classOf = (name: string): object => {
    const known = classes.get(name) ?? open(class extends Made {}, (key) => key);
    classes.set(name, known);
    return known;
  };
  const members = {
    version: '1.91.0',
    EventEmitter: Emitter,
    Disposable: open(class extends Made {}, () => quiet),
    CancellationTokenSource: class {
      readonly token = { isCancellationRequested: false, onCancellationRequested: quiet };
      cancel(): void {}
      dispose(): void {}
    },
    env: { appName: 'stub', language: 'en' },
    Uri: { parse: () => uri, file: () => uri },
    commands: open({ registerTextEditorCommand: command, registerCommand: command }, () => quiet),
    window: open(
      {
        ...{
          showErrorMessage: say,
          showInformationMessage: say,
          createOutputChannel: () => channel,
          visibleTextEditors: [],
        },
        tabGroups: open({ all: [] }, () => quiet),
      },
      () => quiet,
    ),
    workspace: open(
      {
        getConfiguration: () => ({ get: (key: string, otherwise: unknown) => (key === 'path' ? path : otherwise) }),
        ...{ workspaceFolders: undefined, textDocuments: [document], notebookDocuments: [] },
      },
      () => quiet,
    ),
    languages: open({ match: () => 10, createDiagnosticCollection: () => collection }, () => quiet),
  };
  return open(members, (key) => (key === '__esModule' ? true : classOf(key)));
}
