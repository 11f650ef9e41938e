// SPDX-License-Identifier: GPL-2.0-or-later
/** Which architectures and kernels are shown: by search over all of them. */
import { useState } from 'preact/hooks';
import * as actions from '../actions.js';
import * as store from '../store.js';
import { Dialog } from './dialog.js';

export function LanesChooser() {
  const opened = store.opened.value!;
  const choices = store.choices.value;
  const [wanted, setWanted] = useState<readonly string[]>(opened.lanes.map(({ name }) => name));
  const [search, setSearch] = useState('');
  const [kernel, setKernel] = useState('');
  if (choices === null) return null;
  const words = search.toLowerCase().split(/\s+/);
  const found = choices.architectures.filter(({ name, title, aliases, special }) => {
    const text = `${name} ${title} ${aliases.join(' ')} ${special ? 'special bit' : 'no special bit'}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const laneOf = (name: string): string => (kernel === '' ? name : `${name}@${kernel}`);
  const flip = (lane: string): void =>
    setWanted(wanted.includes(lane) ? wanted.filter((name) => name !== lane) : [...wanted, lane]);
  return (
    <Dialog title="Lanes">
      <p class="chosen">
        {wanted.map((lane) => (
          <button key={lane} type="button" class="chip" onClick={() => flip(lane)} aria-label={`take ${lane} away`}>
            {lane} <span aria-hidden="true">×</span>
          </button>
        ))}
      </p>
      <div class="search">
        <input
          type="search"
          placeholder="Search architectures"
          aria-label="Search architectures"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <label>
          on kernel{' '}
          <select value={kernel} onChange={(event) => setKernel(event.currentTarget.value)}>
            <option value="">of the log</option>
            {choices.kernels.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          onClick={() => setWanted([...new Set([...wanted, ...found.map(({ name }) => laneOf(name))])])}
        >
          Add all {found.length}
        </button>
      </div>
      <ul class="choices">
        {found.map(({ name, title, special }) => (
          <li key={name}>
            <label>
              <input type="checkbox" checked={wanted.includes(laneOf(name))} onChange={() => flip(laneOf(name))} />
              <span class="code">{laneOf(name)}</span>
              <span class="faint">{title}</span>
              {special && <span class="bit">special bit</span>}
            </label>
          </li>
        ))}
      </ul>
      <footer>
        <button type="button" onClick={() => done(opened.ownLanes)}>
          Those of the log
        </button>
        <button type="button" onClick={() => done(['all'])}>
          All that differ
        </button>
        <button type="button" class="main-action" disabled={wanted.length === 0} onClick={() => done(wanted)}>
          Show {wanted.length} {wanted.length === 1 ? 'lane' : 'lanes'}
        </button>
      </footer>
    </Dialog>
  );
}

function done(lanes: readonly string[]): void {
  store.panel.value = null;
  const own = store.opened.value!.ownLanes;
  const same = lanes.length === own.length && lanes.every((lane, i) => lane === own[i]);
  void actions.setLanes(same ? null : lanes);
}
