// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be taken away: a link, text for a mail, a command, a picture. */
import { useEffect, useState } from 'preact/hooks';
import * as actions from '../actions.js';
import { linkNow } from '../address.js';
import { commandOf } from '../command.js';
import * as store from '../store.js';
import { Dialog } from './dialog.js';

export function Share() {
  const [link, setLink] = useState('');
  useEffect(() => void linkNow().then(setLink), []);
  const several = (store.opened.value?.lanes.length ?? 0) > 1;
  return (
    <Dialog title="Share">
      <label class="field">
        Link <span class="faint">{link.length.toLocaleString('en')} characters; the log is in it</span>
        <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="copies">
        <Copy text="Copy link" of={async () => link} />
        <Copy text="Copy replay as text" of={() => actions.copyTwin('replay')} />
        <Copy text="Copy state as text" of={() => actions.copyTwin('state')} />
        {several && <Copy text="Copy comparison as text" of={() => actions.copyTwin('compare')} />}
        {store.selection.value?.kind === 'page' && (
          <Copy text={`Copy why ${store.subject.value}`} of={() => actions.copyTwin('explain')} />
        )}
        <Copy text="Copy as command" of={async () => commandOf(store.viewState.value, store.subject.value)} />
        <button type="button" onClick={() => void savePicture()}>
          Save picture (SVG)
        </button>
      </div>
      <pre class="command">{commandOf(store.viewState.value, store.subject.value)}</pre>
    </Dialog>
  );
}

function Copy({ text, of }: { readonly text: string; readonly of: () => Promise<string> }) {
  return (
    <button
      type="button"
      onClick={async () => {
        const copied = await of();
        await navigator.clipboard.writeText(copied);
        actions.say(`copied, ${copied.length.toLocaleString('en')} characters`);
        store.panel.value = null;
      }}
    >
      {text}
    </button>
  );
}

async function savePicture(): Promise<void> {
  const url = URL.createObjectURL(new Blob([await actions.picture()], { type: 'image/svg+xml' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = `${store.file.value.replace(/\.jsonl$/, '') || 'specialbit'}.svg`;
  anchor.click();
  URL.revokeObjectURL(url);
}
