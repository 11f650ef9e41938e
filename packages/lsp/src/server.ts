// SPDX-License-Identifier: GPL-2.0-or-later
/** The language server: what an editor asks, and who answers. */
import type { Architecture } from '@specialbit/core/arch';
import { LaneNames } from '@specialbit/view';
import {
  type CancellationToken,
  CodeLensRefreshRequest,
  type Connection,
  createConnection,
  type InitializeResult,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { createProtocolConnection, StreamMessageWriter } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { inTurns } from './background.js';
import { eventAt } from './document.js';
import { completionsAt } from './features/completion.js';
import { diagnosticsOf } from './features/diagnostics.js';
import { hoverAt } from './features/hover.js';
import { definition, everywhere, fixed, locations, nameAt, rangeOf, renamed } from './features/labels.js';
import { hintsOf, lensesOf, WHY } from './features/lenses.js';
import { foldsOf, formatted, symbolsOf } from './features/outline.js';
import { OpenLogs } from './open-logs.js';
import { CheckedReader } from './reader.js';
import { Schemas } from './schemas.js';
import type { Session, Shop } from './session.js';

/** What a server is told when it starts. */
export interface ServerOptions {
  /** Every architecture that there is. */
  readonly architectures: () => readonly Architecture[];
  /** Lanes in place of those of the logs, unless the editor names others. */
  readonly lanes?: readonly string[] | undefined;
  readonly version: string;
  /** What the editor writes, and what it reads. */
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks which event, counted from 1, stands in a line, counted from 0: `{ uri, line }`; null where there is none. */
export const EVENT_AT = 'specialbit/eventAt';

/** Serves one editor. Resolves when it has said goodbye or gone away: to true where it said so before it went. */
export function serve(options: ServerOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const watchDog = { shutdownReceived: false, initialize: () => {}, exit: () => end() };
    const connect = (logger: Parameters<typeof createProtocolConnection>[2]) =>
      createProtocolConnection(new CheckedReader(options.input), new StreamMessageWriter(options.output), logger);
    const connection = createConnection(connect, watchDog) as unknown as Connection;
    const server = new Server(connection, options);
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      server.close();
      connection.dispose();
      resolve(watchDog.shutdownReceived);
    };
    options.input.once('end', end);
    options.input.once('close', end);
    // who reads no more is gone
    options.output.on('error', end);
  });
}

/** What an editor may be configured with. */
interface Settings {
  readonly lanes?: unknown;
  readonly inlayHints?: unknown;
}

class Server {
  private readonly documents = new TextDocuments(TextDocument);
  private readonly logs: OpenLogs;
  private readonly shop: Shop;
  private refreshes = false;
  private hints = true;

  constructor(
    private readonly connection: Connection,
    private readonly options: ServerOptions,
  ) {
    const { architectures } = options;
    this.shop = { architectures, lanes: new LaneNames(architectures), schemas: new Schemas() };
    this.logs = new OpenLogs(
      this.shop,
      (uri, session) => this.tell(uri, session),
      (error) => connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    this.configured({ lanes: options.lanes });
    this.listen();
  }

  close(): void {
    this.logs.closeAll();
  }

  private listen(): void {
    const { connection, documents, logs } = this;
    connection.onInitialize(({ initializationOptions, capabilities }) => {
      this.refreshes = capabilities.workspace?.codeLens?.refreshSupport === true;
      if (initializationOptions !== undefined && initializationOptions !== null) this.configured(initializationOptions);
      return this.capabilities();
    });
    connection.onDidChangeConfiguration((changed: { readonly settings?: unknown } | null) => {
      const own = (changed?.settings as { readonly specialbit?: Settings } | null | undefined)?.specialbit;
      if (own !== undefined && own !== null) this.configured(own);
    });
    documents.onDidChangeContent(({ document }) => logs.changed(document));
    documents.onDidClose(({ document }) => {
      logs.closed(document.uri);
      this.send(connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }));
    });
    this.answer();
    documents.listen(connection);
    connection.listen();
  }

  private answer(): void {
    const { connection, shop } = this;
    const session = ({ textDocument }: { readonly textDocument: { readonly uri: string } }) =>
      this.logs.session(textDocument.uri);
    connection.onCompletion((asked) => {
      const open = session(asked);
      return open === undefined ? [] : completionsAt(open, shop, asked.position);
    });
    connection.onHover(async (asked, token) => {
      const near = await this.near(asked.textDocument.uri, asked.position.line, token);
      return near === undefined ? null : hoverAt(near, asked.position);
    });
    connection.onCodeLens((asked) => {
      const open = session(asked);
      return open === undefined ? [] : lensesOf(open, asked.textDocument.uri);
    });
    connection.languages.inlayHint.on(async (asked, token) => {
      if (!this.hints) return [];
      const near = await this.near(asked.textDocument.uri, asked.range.start.line, token);
      return near === undefined ? [] : hintsOf(near, asked.range);
    });
    connection.onDocumentSymbol((asked) => {
      const open = session(asked);
      return open === undefined ? [] : symbolsOf(open.document);
    });
    connection.onFoldingRanges((asked) => {
      const open = session(asked);
      return open === undefined ? [] : foldsOf(open.document);
    });
    connection.onDocumentFormatting((asked) => {
      const open = session(asked);
      return open === undefined ? [] : formatted(open.document);
    });
    connection.onDocumentRangeFormatting((asked) => {
      const open = session(asked);
      return open === undefined ? [] : formatted(open.document, asked.range.start.line, asked.range.end.line);
    });
    this.answerNames(session);
    connection.onRequest(EVENT_AT, ({ uri, line }: { readonly uri: string; readonly line: number }) => {
      const open = this.logs.session(uri);
      return (open === undefined ? undefined : eventAt(open.document, line))?.number ?? null;
    });
    connection.onExecuteCommand(async ({ command, arguments: given = [] }, token) => {
      const [uri, line] = given as readonly unknown[];
      if (command === WHY && typeof uri === 'string' && typeof line === 'number') await this.why(uri, line, token);
      return null;
    });
  }

  private answerNames(
    session: (asked: { readonly textDocument: { readonly uri: string } }) => Session | undefined,
  ): void {
    const { connection } = this;
    type At = { readonly textDocument: { readonly uri: string }; readonly position: Parameters<typeof nameAt>[1] };
    const found = (asked: At) => {
      const document = session(asked)?.document;
      const name = document === undefined ? undefined : nameAt(document, asked.position);
      return document === undefined || name === undefined ? undefined : { document, name };
    };
    connection.onDefinition((asked) => {
      const at = found(asked);
      const given = at === undefined ? undefined : definition(at.document, at.name);
      return given === undefined ? null : locations(asked.textDocument.uri, [given]);
    });
    connection.onReferences((asked) => {
      const at = found(asked);
      if (at === undefined) return [];
      const all = everywhere(at.document, at.name.kind, at.name.name);
      return locations(
        asked.textDocument.uri,
        asked.context.includeDeclaration ? all : all.filter(({ gives }) => !gives),
      );
    });
    connection.onDocumentHighlight((asked) => {
      const at = found(asked);
      return at === undefined
        ? []
        : everywhere(at.document, at.name.kind, at.name.name).map((one) => ({ range: rangeOf(one) }));
    });
    connection.onPrepareRename((asked) => {
      const at = found(asked);
      if (at === undefined) return null;
      const no = fixed(at.document, at.name);
      if (no !== undefined) throw refusal(no);
      return { range: rangeOf(at.name), placeholder: at.name.name };
    });
    connection.onRenameRequest((asked) => {
      const at = found(asked);
      if (at === undefined) return null;
      const edits = renamed(at.document, at.name, asked.newName);
      if (typeof edits === 'string') throw refusal(edits);
      return { changes: { [asked.textDocument.uri]: edits } };
    });
  }

  private near(uri: string, line: number, token: CancellationToken): Promise<Session | undefined> {
    return this.logs.sessionNear(uri, line, () => token.isCancellationRequested);
  }

  /** Says why lanes part at a line, in a message. */
  private async why(uri: string, line: number, token: CancellationToken): Promise<void> {
    const session = this.logs.session(uri);
    const numbered = session === undefined ? undefined : eventAt(session.document, line);
    if (session === undefined || numbered === undefined) return;
    const causes = await inTurns(session.findings.causes(numbered.number), () => token.isCancellationRequested);
    if (causes === undefined) return;
    const texts = causes.map((found) => `${found.headline}; cause: ${found.cause} (${found.proof})`);
    texts.push(...(session.findings.at(numbered.number)?.complaints ?? []));
    if (texts.length === 0) return;
    const message = `event ${numbered.number}\n${texts.join('\n')}`;
    // to be seen, not to be answered
    this.send(this.connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message }));
  }

  private tell(uri: string, session: Session): void {
    this.send(this.connection.sendDiagnostics({ uri, diagnostics: diagnosticsOf(session) }));
    if (this.refreshes && session.findings.complete)
      this.send(this.connection.sendRequest(CodeLensRefreshRequest.type));
  }

  /** Who is gone hears no more. */
  private send(sent: Promise<unknown>): void {
    sent.catch(() => {});
  }

  /** What is no list of names, or names alone, is passed over. */
  private configured({ lanes, inlayHints }: Settings): void {
    if (typeof inlayHints === 'boolean') this.hints = inlayHints;
    const list = typeof lanes === 'string' ? lanes.split(',') : lanes;
    if (!Array.isArray(list)) return;
    const names = list.filter((name): name is string => typeof name === 'string' && name.trim() !== '');
    this.logs.show(names.length === 0 ? undefined : names);
  }

  private capabilities(): InitializeResult {
    return initialized(this.options.version);
  }
}

/** What the server answers to `initialize`: its name, and what it can do. */
export function initialized(version: string): InitializeResult {
  return {
    serverInfo: { name: 'specialbit', version },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: ['"', '|', '{', ',', ':'] },
      hoverProvider: true,
      codeLensProvider: {},
      inlayHintProvider: true,
      renameProvider: { prepareProvider: true },
      definitionProvider: true,
      referencesProvider: true,
      documentHighlightProvider: true,
      documentSymbolProvider: true,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      foldingRangeProvider: true,
      executeCommandProvider: { commands: [WHY] },
    },
  };
}

const refusal = (message: string): ResponseError => new ResponseError(LSPErrorCodes.RequestFailed, message);
