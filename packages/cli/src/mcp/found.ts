// SPDX-License-Identifier: GPL-2.0-or-later
/** The log that a search or a shrinking printed, as a log of its own. */

const EVENT = /^ {2}(\{"type":.*\})$/;

/** `from`: a log whose header it has. Undefined where nothing was found. */
export function foundLog(printed: string, from: string): string | undefined {
  const lines = printed.split('\n');
  const first = lines.findIndex((line) => EVENT.test(line));
  const header = from.split('\n').find((line) => /^\s*\{/.test(line));
  if (first < 0 || header === undefined) return undefined;
  const events: string[] = [];
  for (const line of lines.slice(first)) {
    const event = EVENT.exec(line)?.[1];
    if (event === undefined) break;
    events.push(event);
  }
  return `${[header.trim(), ...events].join('\n')}\n`;
}
