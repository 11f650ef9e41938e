// SPDX-License-Identifier: GPL-2.0-or-later
/** Keys: those of `specialbit step`, where it has them. */
import * as actions from './actions.js';
import * as store from './store.js';

export interface KeyHelp {
  readonly keys: string;
  readonly text: string;
}

const HANDLERS: Readonly<Record<string, () => unknown>> = {
  ' ': () => actions.go(store.at.value + 1),
  ArrowRight: () => actions.go(store.at.value + 1),
  ArrowLeft: () => actions.go(store.at.value - 1),
  j: () => actions.go(store.at.value + 1),
  k: () => actions.go(store.at.value - 1),
  b: () => actions.go(store.at.value - 1),
  g: () => actions.go(0),
  Home: () => actions.go(0),
  G: () => actions.go(store.length.value),
  End: () => actions.go(store.length.value),
  ']': () => actions.jump('forward', 'parting'),
  '[': () => actions.jump('backward', 'parting'),
  '}': () => actions.jump('forward', 'complaint'),
  '{': () => actions.jump('backward', 'complaint'),
  n: () => actions.jumpToChange('forward'),
  N: () => actions.jumpToChange('backward'),
  p: () => actions.play(),
  x: () => actions.toggle('differs'),
  e: () => actions.toggle('edit'),
  ':': () => document.getElementById('goto')?.focus(),
  '?': () => showPanel('help'),
  Escape: () => showPanel(null),
};

export const KEYS: readonly KeyHelp[] = [
  { keys: 'space  right', text: 'one event on' },
  { keys: 'b  left', text: 'one event back' },
  { keys: ']  [', text: 'next, last event at which the lanes part' },
  { keys: '}  {', text: 'next, last event at which a kernel complains, or an expectation does not hold' },
  { keys: 'n  N', text: 'next, last event that changes what is selected' },
  { keys: 'g  G', text: 'start, end' },
  { keys: ':', text: 'to the event of a number' },
  { keys: 'p', text: 'play, stop' },
  { keys: 'x', text: 'only what differs' },
  { keys: 'e', text: 'edit the log' },
  { keys: '?', text: 'this help' },
];

export function showPanel(panel: typeof store.panel.value): void {
  store.panel.value = store.panel.value === panel ? null : panel;
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target as HTMLElement;
    if (on.closest('input, textarea, select, .cm-editor') !== null) {
      if (event.key !== 'Escape') return;
      on.blur();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && on.closest('[role=listbox]') !== null) {
      event.preventDefault();
      void actions.go(store.at.value + by);
      return;
    }
    // a button is pressed with these, and a text is scrolled
    if (event.key === ' ' && on.closest('button, summary, a') !== null) return;
    const handler = Object.hasOwn(HANDLERS, event.key) ? HANDLERS[event.key] : undefined;
    if (handler === undefined || store.opened.value === null) return;
    event.preventDefault();
    void handler();
  });
}
