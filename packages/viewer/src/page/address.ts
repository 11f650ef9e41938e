// SPDX-License-Identifier: GPL-2.0-or-later
/** The address holds all of what is seen: it is read at the start and when somebody changes it, and kept up to date. */
import { batch, effect } from '@preact/signals';
import { codeOf } from '@specialbit/events';
import { decodeLink, encodeLink, packLog } from '../share/link.js';
import * as actions from './actions.js';
import * as store from './store.js';

/** Milliseconds after which a change is written into the address. */
const LATER = 200;
/** An address of more characters takes the browser so long that it is written only when somebody stays. */
const HEAVY = 20_000;
const MUCH_LATER = 2000;

/** Browsers cut off, or refuse, addresses of more characters. */
const LONGEST = 2_000_000;

/** Logs of more characters are not packed to find out: no address has them. */
const PACKED = 16_000_000;

let written = '';
/** The last log that was packed: while one travels it stays the same. */
let packed: { readonly log: string; readonly text: Promise<string> } | null = null;

function pack(log: string): Promise<string> {
  if (packed?.log !== log) packed = { log, text: packLog(log) };
  return packed.text;
}

/** Opens what the address holds, else what the file or the server that the page came from brings with it. */
export async function openAddress(): Promise<void> {
  const hash = location.hash.slice(1);
  const own = ownLink();
  const link = hash === '' ? own : hash;
  written = hash;
  if (link === null) {
    if (!store.idle.peek()) actions.close();
    return;
  }
  try {
    const state = await decodeLink(link);
    // somebody went back once more meanwhile
    if (written !== hash) return;
    const embed = state.switches.embed || new URLSearchParams(location.search).has('embed');
    await actions.restore({ ...state, switches: { ...state.switches, embed } });
    // it is where the browser stands already
    actions.journey.take();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    store.problem.value = { line: 0, path: '', message, code: codeOf(error) ?? 'internal' };
  }
}

/** A link in the page itself: of a report, or of `specialbit view`. */
function ownLink(): string | null {
  return document.getElementById('link')?.textContent?.trim() || null;
}

/** Where a server says so: opens the log anew when its file changes, and stays where we are. */
export async function followFile(): Promise<void> {
  const own = ownLink();
  if (own === null || document.getElementById('link')?.dataset.live === undefined) return;
  const { log: first } = await decodeLink(own);
  batch(() => {
    store.fileLog.value = first;
    // what an address holds besides was edited, or the file has changed since: that is asked
    if (store.logText.value === first) store.settled.value = first;
  });
  new EventSource('live').addEventListener('changed', async () => {
    const answer = await fetch('link');
    const text = await answer.text();
    if (!answer.ok) {
      store.problem.value = { line: 0, path: '', message: text, code: 'input.unreadable' };
      return;
    }
    const { log } = await decodeLink(text);
    if (log === store.fileLog.value) return;
    const untouched = store.logText.value === store.fileLog.value;
    store.fileLog.value = log;
    if (!untouched) return;
    await actions.takeFile();
    actions.say('the file changed');
  });
}

/** The link of what is seen now. */
export async function linkNow(): Promise<string> {
  const page = location.href.replace(/#.*$/s, '');
  const state = store.viewState.value;
  const log = store.held.value ? await actions.heldText() : state.log;
  return `${page}#${await encodeLink({ ...state, log }, pack)}`;
}

export function followAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The log that this was said of. */
  let tooLong: unknown = '';
  effect(() => {
    const state = store.viewState.value;
    clearTimeout(timer);
    timer = setTimeout(
      async () => {
        if (store.idle.value && location.hash === '') return;
        // an editor that was emptied: the address keeps what was in it
        if (state.decode === null && state.log.trim() === '' && state.switches.edit) return;
        const long = store.held.value || state.log.length > PACKED;
        const hash = store.idle.value || long ? '' : await encodeLink(state, pack);
        if (long || hash.length > LONGEST) {
          const log = store.held.value ? store.opened.peek() : state.log;
          if (tooLong !== log) actions.say('the log is too long for an address: a reload will not bring it back');
          tooLong = log;
          return;
        }
        if (store.viewState.peek() !== state || hash === written) return;
        const address = hash === '' ? location.pathname + location.search : `#${hash}`;
        // the page around an embedded one has its own Back
        const own = actions.journey.take() && !state.switches.embed;
        written = hash;
        if (own) history.pushState(null, '', address);
        else history.replaceState(null, '', address);
      },
      written.length > HEAVY ? MUCH_LATER : LATER,
    );
  });
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== written) void openAddress();
  });
}
