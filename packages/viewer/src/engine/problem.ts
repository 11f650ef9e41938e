// SPDX-License-Identifier: GPL-2.0-or-later
/** What went wrong, as the page is told. */
import { codeOf, LogError } from '@specialbit/events';
import type { Problem } from '../protocol.js';

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
