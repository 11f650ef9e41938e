// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be taken away: a link, and of each view the text for a mail, the command that prints it, and a picture. */
import { useEffect, useState } from 'preact/hooks';
import type { TwinOf } from '../../protocol.js';
import * as actions from '../actions.js';
import { linkNow } from '../address.js';
import { type Commanded, commandOf } from '../command.js';
import * as store from '../store.js';
import { Dialog } from './dialog.js';
import { textPicture } from './text-picture.js';

/** Longer links are cut off by some mail programs and trackers. */
const LONG = 2000;

export function Share() {
  const [link, setLink] = useState('');
  const [of, setOf] = useState<TwinOf>('state');
  const [text, setText] = useState('');
  useEffect(() => void linkNow().then(setLink), []);
  useEffect(() => {
    let gone = false;
    actions.copyTwin(of).then(
      (twin) => !gone && setText(twin),
      (error: unknown) => !gone && setText(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      gone = true;
    };
  }, [of]);
  const command = commandOf(of, seenNow());
  return (
    <Dialog title="Share">
      <label class="field">
        <span>
          Link{' '}
          <span class="faint">
            {link.length.toLocaleString('en')} characters; the log is in it, and nothing of it reaches a server
            {link.length > LONG && '; some programs cut off links of more than 2,000'}
          </span>
        </span>
        <span class="with-button">
          <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          <Copy text="Copy link" of={link} />
        </span>
      </label>
      <fieldset class="views">
        <legend>What is seen</legend>
        {viewsNow().map(([view, name]) => (
          <label key={view}>
            <input type="radio" name="view" checked={view === of} onChange={() => setOf(view)} /> {name}
          </label>
        ))}
      </fieldset>
      <pre class="twin" tabIndex={0} role="group" aria-label="As text">
        {text}
      </pre>
      <pre class="command">{command}</pre>
      <div class="copies">
        <Copy text="Copy as text" of={text} />
        <Copy text="Copy as command" of={command} />
        <button type="button" onClick={() => void savePicture(of, text)}>
          Save as picture (SVG)
        </button>
      </div>
    </Dialog>
  );
}

/** What the command prints, as far as there is something of it here. */
function viewsNow(): (readonly [TwinOf, string])[] {
  const { value: n } = store.at;
  const { value: selection } = store.selection;
  const { value: subject } = store.subject;
  const several = (store.opened.value?.lanes.length ?? 0) > 1;
  const chosen = selection !== null && selection.absent === null;
  return [
    ['state', `the state after event ${n}`],
    ['replay', `the events up to ${n}, and the state`],
    ...(several ? ([['compare', `how the lanes part, up to event ${n}`]] as const) : []),
    ...(chosen && selection.kind === 'page' ? ([['explain', `why ${subject} is what it is`]] as const) : []),
    ...(chosen ? ([['blame', `which events changed ${subject}`]] as const) : []),
  ];
}

function seenNow(): Commanded {
  const { value: opened } = store.opened;
  const named = opened?.namesLanes === true ? null : (opened?.lanes.map(({ name }) => name) ?? null);
  const { value: file } = store.file;
  return { file, at: store.at.value, lanes: store.laneNames.value ?? named, subject: store.subject.value };
}

function Copy({ text, of }: { readonly text: string; readonly of: string }) {
  return (
    <button
      type="button"
      onClick={() =>
        navigator.clipboard.writeText(of).then(
          () => actions.say(`copied, ${of.length.toLocaleString('en')} characters`),
          () => actions.say('the browser does not let this page copy: mark the text, and copy it'),
        )
      }
    >
      {text}
    </button>
  );
}

async function savePicture(of: TwinOf, text: string): Promise<void> {
  const svg = of === 'state' ? await actions.picture() : textPicture(text);
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = `${store.file.value.replace(/\.jsonl$/, '') || 'specialbit'}-${of}.svg`;
  anchor.click();
  URL.revokeObjectURL(url);
}
