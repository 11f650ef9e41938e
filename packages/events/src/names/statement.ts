// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogEvent, Statement } from '../types.js';

const STATEMENTS: ReadonlySet<string> = new Set<Statement['type']>(['expect', 'thread.begin', 'thread.end']);

/** Whether an event changes nothing, whatever the world: it only states something. */
export function isStatement(event: LogEvent): event is Statement {
  return STATEMENTS.has(event.type);
}
