// SPDX-License-Identifier: GPL-2.0-or-later
import * as actions from './actions.js';
import { showPanel } from './keys.js';
import * as store from './store.js';
import { switchTheme, theme } from './theme.js';

/** What is open, and what can be done with it. */
export function Header() {
  const opened = store.opened.value;
  return (
    <header class="header">
      <button type="button" class="brand" onClick={actions.close}>
        specialbit
      </button>
      {(opened !== null || store.logText.value !== '') && (
        <h1 class="title">{opened?.title ?? (store.file.value || 'A log')}</h1>
      )}
      <div class="tools">
        {opened !== null && (
          <>
            <button type="button" onClick={() => showPanel('lanes')} aria-expanded={store.panel.value === 'lanes'}>
              Lanes <span class="badge">{opened.lanes.length}</span>
            </button>
            <Switch name="differs" text="Only what differs" />
            <Switch name="edit" text="Edit" />
            <button type="button" onClick={() => showPanel('share')} aria-expanded={store.panel.value === 'share'}>
              Share
            </button>
            <button type="button" onClick={() => showPanel('help')} aria-expanded={store.panel.value === 'help'}>
              Keys
            </button>
          </>
        )}
        <button
          type="button"
          onClick={switchTheme}
          aria-label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
        >
          {theme.value === 'dark' ? 'Light' : 'Dark'}
        </button>
      </div>
    </header>
  );
}

function Switch({ name, text }: { readonly name: 'differs' | 'alike' | 'edit'; readonly text: string }) {
  const on = store.switches.value[name];
  return (
    <button
      type="button"
      id={`switch-${name}`}
      class={on ? 'switch on' : 'switch'}
      aria-pressed={on}
      onClick={() => actions.toggle(name)}
    >
      {text}
    </button>
  );
}
