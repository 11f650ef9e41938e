// SPDX-License-Identifier: GPL-2.0-or-later
/** What a user presses. */

export type Key =
  | { readonly name: 'char'; readonly char: string }
  | {
      readonly name:
        | 'up'
        | 'down'
        | 'left'
        | 'right'
        | 'pageup'
        | 'pagedown'
        | 'home'
        | 'end'
        | 'enter'
        | 'escape'
        | 'backspace'
        | 'tab'
        | 'backtab'
        | 'interrupt'
        | 'suspend'
        | 'redraw'
        | 'clear'
        | 'unknown';
    };
