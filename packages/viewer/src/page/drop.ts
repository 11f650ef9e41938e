// SPDX-License-Identifier: GPL-2.0-or-later
/** Files that are dropped on the page, and what is pasted where nobody writes. */
import * as actions from './actions.js';
import * as store from './store.js';

/** What a paste without a name is called in messages. */
const PASTED = 'the paste';

export function openPasted(text: string): void {
  if (text.trim() !== '') void actions.openFiles([{ name: PASTED, data: text }]);
}

export function openList(files: Iterable<File>): void {
  void actions.openFiles([...files].map((file) => ({ name: file.name, data: file })));
}

export function listenToDrops(): void {
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const given = event.dataTransfer;
    if (given === null) return;
    if (given.files.length > 0) openList(given.files);
    else openPasted(given.getData('text'));
  });
  addEventListener('paste', (event) => {
    const on = event.target as HTMLElement;
    // what is open is not exchanged by a slip of the hand
    if (!store.idle.value || on.closest('input, textarea, .cm-editor') !== null) return;
    if (event.clipboardData === null) return;
    if (event.clipboardData.files.length > 0) openList(event.clipboardData.files);
    else openPasted(event.clipboardData.getData('text'));
  });
}
