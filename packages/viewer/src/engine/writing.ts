// SPDX-License-Identifier: GPL-2.0-or-later
/** What helps to write a log: its words, and what a line did. */
import { eventDid, type LogWords, logWords } from '@specialbit/view/writing';
import { choices } from './choices.js';
import { eventsBefore } from './events-of.js';
import type { Session } from './session.js';

export function wordsOf({ log, lanes }: Session, text: string): LogWords {
  const names = choices().architectures.map(({ name }) => name);
  return logWords(log.header, lanes[0]?.lane, names, text);
}

export function didAt({ log, lanes }: Session, line: number): string[] {
  const numbered = log.events.at(eventsBefore(log.events, line).length);
  return numbered?.line === line ? eventDid(lanes, numbered) : [];
}
