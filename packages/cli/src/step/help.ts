// SPDX-License-Identifier: GPL-2.0-or-later
/** What `?` shows. */
import { CONDITION_FORMS } from '@specialbit/view';

const KEYS: readonly (readonly [string, string])[] = [
  ['space  s  l  right  down', 'one event on'],
  ['b  h  left  up', 'one event back'],
  ['g  home, G  end', 'to the start, to the end'],
  ['17 enter, :+10, :-10', 'to the moment after event 17; 10 on; 10 back'],
  ['/  r', 'run to where something becomes true'],
  ['\\  R', 'the same, backwards'],
  ['n, N', 'again; again in the other direction'],
  ['], [', 'to the next event at which the lanes part; to the last'],
  ['tab', 'the next lane'],
  ['c', 'all lanes side by side, where they differ'],
  ['d', 'what changed since the event before, or since the mark'],
  ['m, M', 'marks this moment for d; forgets the mark'],
  ['w', 'who wrote this PTE, counter or frame last; enter goes there'],
  ['pageup, pagedown', 'scroll the large pane'],
  ['escape', 'back to the state; gives up a search'],
  ['?', 'this help'],
  ['q', 'quit'],
];

export function helpLines(): string[] {
  const widest = Math.max(...KEYS.map(([keys]) => keys.length));
  const forms = Math.max(...CONDITION_FORMS.map(([form]) => form.length));
  return [
    ...KEYS.map(([keys, what]) => `  ${keys.padEnd(widest)}  ${what}`),
    '',
    'What / and \\ run to:',
    ...CONDITION_FORMS.map(([form, what]) => `  ${form.padEnd(forms)}  ${what}`),
    '',
    'What w asks about: ring[2], 1:ring[2], 0x20001000, ring.vm_flags, P0,',
    'P0.mapcount, MM_ANONPAGES, 1:rss',
    '',
    'PTEs have five letters: P present, W writable, D dirty, Y young, S special.',
    'Marked are events at which the lanes part (!), and what the event changed (*).',
  ];
}
