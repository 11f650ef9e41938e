// SPDX-License-Identifier: GPL-2.0-or-later
/** In a frame: the way to the whole page. */
import { useState } from 'preact/hooks';
import { encodeLink } from '../share/link.js';
import * as store from './store.js';

export function WholePage() {
  const [link, setLink] = useState('#');
  const find = async (): Promise<void> => {
    const state = store.viewState.value;
    const whole = { ...state, switches: { ...state.switches, embed: false } };
    setLink(`${location.href.replace(/[?#].*$/s, '')}#${await encodeLink(whole)}`);
  };
  return (
    <footer class="whole-page">
      <a href={link} target="_blank" rel="noopener" onFocus={() => void find()} onPointerEnter={() => void find()}>
        open in specialbit
      </a>
    </footer>
  );
}
