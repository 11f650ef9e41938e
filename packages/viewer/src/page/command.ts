// SPDX-License-Identifier: GPL-2.0-or-later
/** What is seen, as a command line: it prints what is copied as text. */
import type { TwinOf } from '../protocol.js';

/** What a command is made of. */
export interface Commanded {
  readonly file: string;
  readonly at: number;
  /** Null: those that the log itself names. */
  readonly lanes: readonly string[] | null;
  /** `1:ring[2]`, `P0`. */
  readonly subject: string | null;
}

/** `specialbit explain LOG 'ring[2]' --at N`. */
export function commandOf(of: TwinOf, { file, at, lanes, subject }: Commanded): string {
  const log = shell(file === '' ? 'log.jsonl' : file);
  const options = ['--at', String(at), ...(lanes === null ? [] : ['--lane', shell(lanes.join(','))])];
  const [, mm, what = ''] = /^(?:(\d+):)?(.*)$/s.exec(subject ?? '')!;
  const subjected = [shell(what), ...options, ...(mm === undefined ? [] : ['--mm', mm])];
  switch (of) {
    case 'replay':
      return ['specialbit replay', log, ...options].join(' ');
    case 'state':
      return ['specialbit replay', log, ...options, '--no-events'].join(' ');
    case 'compare':
      return ['specialbit compare', log, ...options].join(' ');
    case 'explain':
      return ['specialbit explain', log, ...subjected].join(' ');
    case 'blame':
      return ['specialbit blame', log, ...subjected, '--all'].join(' ');
  }
}

/** A word as a shell takes it. */
function shell(word: string): string {
  return /^[\w./,:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
