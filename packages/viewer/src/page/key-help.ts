// SPDX-License-Identifier: GPL-2.0-or-later
/** What the keys do, in words. */

export interface KeyHelp {
  readonly keys: string;
  readonly text: string;
}

export const KEYS: readonly KeyHelp[] = [
  { keys: 'space  right', text: 'one event on' },
  { keys: 'b  left', text: 'one event back' },
  { keys: ']  [', text: 'next, previous event at which the lanes part' },
  { keys: '}  {', text: 'next, previous event at which a kernel complains, or an expectation does not hold' },
  { keys: 'n  N', text: 'next, previous event that changes what is selected' },
  { keys: 't  T', text: 'next, previous event that touches what is selected: looks at it, or writes it' },
  { keys: 'g  G', text: 'start, end' },
  { keys: ':', text: 'to the event of a number; Enter goes there, Escape does not' },
  { keys: 'p', text: 'play, stop' },
  { keys: 'x', text: 'only what differs' },
  { keys: 'e', text: 'edit the log; Escape and e leave the editor' },
  { keys: 'l  s', text: 'choose lanes, share' },
  { keys: 'arrows', text: 'from entry to entry, on one that was reached with Tab; Enter selects it' },
  { keys: '?', text: 'this help' },
];
