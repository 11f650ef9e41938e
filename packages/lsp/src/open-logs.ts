// SPDX-License-Identifier: GPL-2.0-or-later
/** The logs that an editor has open: each is read when somebody asks, and played when nobody does. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { inTurns } from './background.js';
import { Session, type Shop } from './session.js';

/** Milliseconds without a change until a log is played. */
const QUIET = 150;

interface OpenLog {
  session: Session | undefined;
  /** The version of the text that the session is of. */
  version: number;
  timer: NodeJS.Timeout | undefined;
  readonly document: TextDocument;
}

export class OpenLogs {
  private readonly logs = new Map<string, OpenLog>();
  /** Lanes that were asked for in place of a log's own. */
  private lanes: readonly string[] | undefined;

  /** `played`: told of a log when it was read, and again when it was played to its end. */
  constructor(
    private readonly shop: Shop,
    private readonly played: (uri: string, session: Session) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The log has another text, or is new. */
  changed(document: TextDocument): void {
    const known = this.logs.get(document.uri);
    clearTimeout(known?.timer);
    const log: OpenLog = {
      session: known?.session,
      version: known?.version ?? -1,
      timer: setTimeout(() => void this.play(document.uri).catch(this.failed), QUIET),
      document,
    };
    this.logs.set(document.uri, log);
  }

  closed(uri: string): void {
    clearTimeout(this.logs.get(uri)?.timer);
    this.logs.delete(uri);
  }

  closeAll(): void {
    for (const uri of [...this.logs.keys()]) this.closed(uri);
  }

  /** Lanes for all logs from now on; undefined: each has its own. */
  show(lanes: readonly string[] | undefined): void {
    this.lanes = lanes;
    for (const log of this.logs.values()) {
      log.version = -1;
      this.changed(log.document);
    }
  }

  /** The log as it is now; undefined where it is not open. */
  session(uri: string): Session | undefined {
    const log = this.logs.get(uri);
    if (log === undefined) return undefined;
    const { document } = log;
    if (log.session === undefined || log.version !== document.version) {
      log.session = Session.open(this.shop, uri, document.getText(), this.lanes, log.session);
      log.version = document.version;
    }
    return log.session;
  }

  /** As `session`, with worlds near the event of a line; undefined where the log has changed meanwhile, or nobody waits. */
  async sessionNear(uri: string, line: number, stopped: () => boolean): Promise<Session | undefined> {
    const session = this.session(uri);
    if (session === undefined) return undefined;
    const before = session.document.events.findLast((event) => event.line <= line + 1)?.number ?? 0;
    const gone = (): boolean => stopped() || this.session(uri) !== session;
    await inTurns(session.warm(before), gone);
    return gone() ? undefined : session;
  }

  private async play(uri: string): Promise<void> {
    const session = this.session(uri);
    if (session === undefined) return;
    this.played(uri, session);
    const { findings, document } = session;
    const gone = (): boolean => {
      const log = this.logs.get(uri);
      return log?.session !== session || log.version !== log.document.version;
    };
    await inTurns(session.names(), gone);
    await inTurns(findings.play(), gone);
    if (gone()) return;
    this.played(uri, session);
    await inTurns(session.warm(document.events.length), gone);
  }
}
