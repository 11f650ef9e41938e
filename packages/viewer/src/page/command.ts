// SPDX-License-Identifier: GPL-2.0-or-later
/** What is seen, as a command line. */
import type { ViewState } from '../share/view-state.js';

/** `specialbit explain LOG --at N 'ring[2]'`, or of no page `specialbit replay LOG --at N --no-events`. */
export function commandOf({ file, lanes, at }: ViewState, subject: string | null): string {
  const log = shell(file === '' ? 'log.jsonl' : file);
  const options = [
    ...(at === null ? [] : ['--at', String(at)]),
    ...(lanes === null ? [] : ['--lane', shell(lanes.join(','))]),
  ];
  const page = subject === null ? null : /^(?:(\d+):)?(.*\[\d+\]|0x[0-9a-f]+)$/.exec(subject);
  if (page === null) return ['specialbit', 'replay', log, ...options, '--no-events'].join(' ');
  const mm = page[1] === undefined ? [] : ['--mm', page[1]];
  return ['specialbit', 'explain', log, ...options, ...mm, shell(page[2]!)].join(' ');
}

/** A word as a shell takes it. */
function shell(word: string): string {
  return /^[\w./,:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
