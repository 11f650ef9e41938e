// SPDX-License-Identifier: GPL-2.0-or-later
/** Keys: those of `specialbit step`, where it has them. */
import * as actions from './actions.js';
import * as store from './store.js';

const HANDLERS: Readonly<Record<string, () => unknown>> = {
  ' ': () => actions.go(store.at.value + 1),
  ArrowRight: () => actions.go(store.at.value + 1),
  ArrowLeft: () => actions.go(store.at.value - 1),
  j: () => actions.go(store.at.value + 1),
  k: () => actions.go(store.at.value - 1),
  b: () => actions.go(store.at.value - 1),
  g: () => actions.jumpTo(0),
  Home: () => actions.jumpTo(0),
  G: () => actions.jumpTo(store.reach.value),
  End: () => actions.jumpTo(store.reach.value),
  ']': () => actions.jump('forward', 'parting'),
  '[': () => actions.jump('backward', 'parting'),
  '}': () => actions.jump('forward', 'complaint'),
  '{': () => actions.jump('backward', 'complaint'),
  n: () => actions.jumpToSubject('forward', 'changed'),
  N: () => actions.jumpToSubject('backward', 'changed'),
  t: () => actions.jumpToSubject('forward', 'touch'),
  T: () => actions.jumpToSubject('backward', 'touch'),
  p: () => actions.play(),
  x: () => actions.toggle('differs'),
  e: () => switchEditor(),
  l: () => showPanel('lanes'),
  s: () => showPanel('share'),
  ':': () => document.getElementById('goto')?.focus(),
  '?': () => showPanel('help'),
  Escape: () => showPanel(null),
};

export function showPanel(panel: typeof store.panel.value): void {
  store.panel.value = store.panel.value === panel ? null : panel;
}

/** From entry to entry, for who came to one by keys; behind a click the arrows go on travelling. */
function moveAmongCells(on: HTMLElement, key: string): boolean {
  if (!/^Arrow/.test(key) || !on.matches('.cell:focus-visible')) return false;
  const cells = [...on.parentElement!.querySelectorAll<HTMLElement>('.cell')];
  const at = cells.indexOf(on);
  const row = cells.filter(({ offsetTop }) => offsetTop === cells[0]!.offsetTop).length;
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[key] ?? 0;
  cells[at + by]?.focus();
  return true;
}

/** The editor on or off: the keyboard goes with it. */
function switchEditor(): void {
  const leaves = store.switches.value.edit;
  void actions.toggle('edit');
  if (leaves) requestAnimationFrame(() => document.querySelector<HTMLElement>('[role=listbox]')?.focus());
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target as HTMLElement;
    if (store.panel.value !== null && event.key !== 'Escape') return;
    if (on.closest('.cm-editor') !== null) {
      // its own Escape closes what it has open; the next one leaves it, for where the editor is switched off
      if (event.key === 'Escape' && !event.defaultPrevented) document.getElementById('switch-edit')?.focus();
      return;
    }
    if (on.closest('input, textarea, select') !== null && !(on instanceof HTMLInputElement && on.type === 'range'))
      return;
    // the slider has its own keys
    if (on instanceof HTMLInputElement && /^(?:Arrow|Home|End|Page)/.test(event.key)) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && on.closest('[role=listbox]') !== null) {
      event.preventDefault();
      void actions.go(store.at.value + by);
      return;
    }
    if (moveAmongCells(on, event.key)) {
      event.preventDefault();
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
