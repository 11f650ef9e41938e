// SPDX-License-Identifier: GPL-2.0-or-later
/** Values of entries on any architectures side by side, and reports of kernels: what `specialbit decode` says. */
import type { DecodedEntryView } from '../protocol.js';
import { DECODED_ON } from '../share/view-state.js';
import * as actions from './actions.js';
import { linkNow } from './address.js';
import { openPasted } from './drop.js';
import { Bits } from './selection/bits.js';
import * as store from './store.js';

const LEVELS = ['pte', 'pmd', 'pud', 'p4d', 'pgd'] as const;

export function Decode() {
  const view = store.decoded.value;
  const { embed } = store.switches.value;
  return (
    <main class="decode">
      <h1 class={embed ? 'unseen' : ''}>What is this entry?</h1>
      {!embed && <Asked />}
      {store.problem.value?.code === 'input.recording' && <Recording />}
      {view !== null && (
        <>
          {view.undecided !== null && <p class="bad">{view.undecided}</p>}
          <div class={view.values ? 'explained' : 'explained report-first'}>
            {!view.values && <Report text={view.text} />}
            {view.entries.length > 0 && (
              <div class="scroll" tabIndex={0} role="group" aria-label="The entries, one by one">
                <div class="columns">
                  {view.entries.map((entry, i) => (
                    <Entry key={i} entry={entry} all={view.entries} words={view.values} />
                  ))}
                </div>
              </div>
            )}
          </div>
          {view.values && <Unfit text={view.text} />}
          {!embed && <Taken />}
        </>
      )}
    </main>
  );
}

/** What was given to be decoded is a recording: it can be played. */
function Recording() {
  return (
    <p class="copies">
      <button type="button" onClick={() => openPasted(store.decoding.value ?? '')}>
        Open the recording
      </button>
      <span class="faint">as the start page does: it becomes a log, which is played</span>
    </p>
  );
}

/** What is asked, and of which architectures. */
function Asked() {
  const text = store.decoding.value!;
  const lines = text.split('\n').length;
  const values = store.decoded.value?.values !== false;
  const change = (set: () => void): void => {
    set();
    void actions.decode();
  };
  const names = store.laneNames.value?.join(',') ?? (values ? DECODED_ON.join(',') : '');
  // a browser completes a field as a whole: the last name of several
  const before = names.slice(0, names.lastIndexOf(',') + 1);
  return (
    <form class="asked" onSubmit={(event) => event.preventDefault()}>
      <label class="field wide">
        values, or the report of a kernel
        <textarea
          id="decode-text"
          class="code"
          rows={Math.max(1, Math.min(12, lines))}
          spellcheck={false}
          value={text}
          onInput={(event) => {
            const { value } = event.currentTarget;
            change(() => {
              store.decoding.value = value;
            });
          }}
        />
      </label>
      <label class="field">
        {values ? 'architectures, with commas' : 'architecture, if not as the report says'}
        <input
          id="decode-lanes"
          type="search"
          class="code"
          list="architectures"
          value={names}
          onInput={(event) => {
            const { value } = event.currentTarget;
            change(() => {
              store.laneNames.value = value.trim() === '' ? null : value.split(',').map((name) => name.trim());
            });
          }}
        />
        <datalist id="architectures">
          {store.choices.value?.architectures.map(({ name, title }) => (
            <option key={name} value={before + name}>
              {title}
            </option>
          ))}
        </datalist>
      </label>
      {values && (
        <label class="field">
          level
          <select
            id="decode-level"
            value={store.level.value ?? 'pte'}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change(() => {
                store.level.value = value === 'pte' ? null : value;
              });
            }}
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {level}
              </option>
            ))}
          </select>
        </label>
      )}
    </form>
  );
}

interface Shown {
  readonly entry: DecodedEntryView;
  readonly all: readonly DecodedEntryView[];
  /** Nothing else says in words what it is. */
  readonly words: boolean;
}

function Entry({ entry, all, words }: Shown) {
  const special = entry.yes.includes('special');
  return (
    <article class="lane" aria-label={`on ${entry.lane}`}>
      <header class="lane-head">
        <h2 class="lane-name">{entry.lane}</h2>
        <p class="lane-what">{entry.title}</p>
      </header>
      {words && (
        <>
          <p class={special ? 'verdict special' : 'verdict'}>{entry.summary}</p>
          {entry.yes.length > 0 && (
            <p class="tests">
              {entry.yes.join(', ')}
              <span class="faint">; not {entry.no.join(', ')}</span>
            </p>
          )}
        </>
      )}
      {entry.bits.length > 0 && <Bits lane={entry} lanes={all} />}
    </article>
  );
}

function Report({ text }: { readonly text: string }) {
  return (
    <section class="report" tabIndex={0} aria-label="The report, explained">
      <pre>{text}</pre>
    </section>
  );
}

/** Architectures whose entries are too narrow: the only lines of the text that no column has. */
function Unfit({ text }: { readonly text: string }) {
  const lines = text.split('\n').filter((line) => /^\S.*: expected at most \d+ bits/.test(line));
  if (lines.length === 0) return null;
  return (
    <ul class="unfit">
      {lines.map((line) => (
        <li key={line} class="code">
          {line}
        </li>
      ))}
    </ul>
  );
}

/** What can be taken away. */
function Taken() {
  const view = store.decoded.value!;
  const copy = (text: string): Promise<void> =>
    navigator.clipboard
      .writeText(text)
      .then(() => actions.say(`copied, ${text.length.toLocaleString('en')} characters`));
  return (
    <p class="copies">
      {view.playable && (
        <button
          type="button"
          onClick={() => void actions.openFiles([{ name: 'report', data: store.decoding.value! }], true)}
        >
          Play it as a log
        </button>
      )}
      <button type="button" onClick={() => void linkNow().then(copy)}>
        Copy link
      </button>
      <button type="button" onClick={() => void copy(view.text)}>
        Copy as text
      </button>
      <button type="button" onClick={() => void copy(view.command)}>
        Copy as command
      </button>
    </p>
  );
}
