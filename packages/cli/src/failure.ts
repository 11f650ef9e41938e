// SPDX-License-Identifier: GPL-2.0-or-later
/** What ends a command, in one line. */
import { codeOf } from '@specialbit/events';
import { InputError, UsageError } from '@specialbit/view';
import { withoutSteering } from '@specialbit/view/escape';
import { codeMark } from './exit.js';

export { EXIT } from './exit.js';
export { InputError, UsageError };

/** What is said of an error, without its code. Nothing of a stack, whatever it was; DEBUG=specialbit shows it. */
export function describeFailure(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined && code !== 'internal') return oneLine((error as Error).message);
  return oneLine(`internal error: ${error instanceof Error ? error.message : String(error)}`);
}

/** What is said of an error, and its code, which `specialbit errors` explains. */
export function failureText(error: unknown): string {
  return `${describeFailure(error)} ${codeMark(codeOf(error) ?? 'internal')}`;
}

/** The line that is shown for what a log can be read in spite of. */
export function warningLine(warning: Error): string {
  return `specialbit: warning: ${oneLine(warning.message)} ${codeMark(codeOf(warning) ?? 'internal')}\n`;
}

/** A name longer than this is shown by its two ends. */
const NAME = 200;
/** And so is a message. */
const MESSAGE = 2000;

function oneLine(text: string): string {
  // what is written out is longer than it was
  const line = withoutSteering(text.replace(/\s*\n\s*/g, ' ')).replace(/\S+/g, (word) => cut(word, NAME));
  return cut(line, MESSAGE);
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 24)}...${text.slice(-16)}`;
}
