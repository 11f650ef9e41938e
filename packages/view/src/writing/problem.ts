// SPDX-License-Identifier: GPL-2.0-or-later
/** What went wrong with a log, as who edits it is told. */
import { codeOf, LogError } from '@specialbit/events';

/** What is wrong with a log, or was with a request. */
export interface Problem {
  /** Line of the log; 0 where it is about none. */
  readonly line: number;
  /** Member of that line's record; empty: the whole line. */
  readonly path: string;
  readonly message: string;
  /** As `specialbit errors` has it; `internal` for a fault of ours. */
  readonly code: string;
}

/** `file`: the log's name, where messages begin with it. */
export function problemOf(error: unknown, file?: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error) ?? 'internal';
  if (error instanceof LogError) {
    const { line, path, expected, found } = error;
    return { line, path, message: `expected ${expected}, found ${found}`, code };
  }
  // as in `FILE:1: arch: ...`, which is about the header
  const name = file !== undefined && message.startsWith(`${file}:`) ? file : (/^[^:]*/.exec(message)?.[0] ?? '');
  const rest = /^:(\d+): (?:([\w.[\]]+): )?/.exec(message.slice(name.length));
  if (rest === null) return { line: 0, path: '', message, code };
  return { line: Number(rest[1]), path: rest[2] ?? '', message: message.slice(name.length + rest[0].length), code };
}
