// SPDX-License-Identifier: GPL-2.0-or-later
/** What went wrong, as the page is told. */
import { codeOf, LogError } from '@specialbit/events';
import type { Problem } from '../protocol.js';

export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error) ?? 'internal';
  if (error instanceof LogError) {
    const { line, path, expected, found } = error;
    return { line, path, message: `expected ${expected}, found ${found}`, code };
  }
  // as in `FILE:1: arch: ...`, which is about the header
  const line = /^[^:]*:(\d+): /.exec(message);
  return line === null
    ? { line: 0, path: '', message, code }
    : { line: Number(line[1]), path: '', message: message.slice(line[0].length), code };
}
