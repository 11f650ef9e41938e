// SPDX-License-Identifier: GPL-2.0-or-later
/** The extension: starts the language server, and runs the command in a terminal. */
import { commands, type ExtensionContext, type TextEditor, window, workspace } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

const ID = 'specialbit';
/** A request of the server's own: which event stands in a line. */
const EVENT_AT = 'specialbit/eventAt';

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const settings = workspace.getConfiguration(ID);
  const command = settings.get<string>('path', ID);
  const server = { command, args: ['lsp'], transport: TransportKind.stdio };
  const started = new LanguageClient(ID, 'specialbit', server, {
    documentSelector: [{ language: ID }],
    initializationOptions: { lanes: settings.get('lanes'), inlayHints: settings.get('inlayHints') },
    synchronize: { configurationSection: ID },
  });
  client = started;
  context.subscriptions.push(
    commands.registerTextEditorCommand('specialbit.view', async (editor) => {
      const number = await eventAt(started, editor);
      await inTerminal(command, ['view', ...(number === null ? [] : ['--at', String(number)])], editor);
    }),
    commands.registerTextEditorCommand('specialbit.replayHere', async (editor) => {
      const number = await eventAt(started, editor);
      await inTerminal(command, ['replay', ...(number === null ? [] : ['--at', String(number)])], editor);
    }),
  );
  try {
    await started.start();
  } catch {
    await window.showErrorMessage(`specialbit: cannot start "${command} lsp": install it, or set specialbit.path`);
  }
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

/** The event of the cursor's line; null where there is none, or nobody to ask. */
async function eventAt(server: LanguageClient, { document, selection }: TextEditor): Promise<number | null> {
  if (!server.isRunning()) return null;
  return server.sendRequest<number | null>(EVENT_AT, { uri: document.uri.toString(), line: selection.active.line });
}

/** The file as it is now, so that what is seen is what was written. No shell takes part: names can hold anything. */
async function inTerminal(command: string, args: readonly string[], { document }: TextEditor): Promise<void> {
  if (document.isUntitled || !(await document.save())) {
    await window.showInformationMessage('specialbit: save the log first');
    return;
  }
  const [name = '', ...rest] = args;
  const terminal = window.createTerminal({
    name: `specialbit ${name}`,
    shellPath: command,
    shellArgs: [name, ...rest, '--', document.uri.fsPath],
  });
  terminal.show();
}
