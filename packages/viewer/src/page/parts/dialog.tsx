// SPDX-License-Identifier: GPL-2.0-or-later
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { panel } from '../store.js';

/** A panel over the page, closed with Escape or by a click beside it. */
export function Dialog({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    panel.value = null;
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="dialog-body">
        <header>
          <h2>{title}</h2>
          <button type="button" onClick={close}>
            Close
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
