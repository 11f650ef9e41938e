// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the page begins: the engine, the address, the first drawing. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import * as actions from './actions.js';
import { followAddress, followFile, openAddress } from './address.js';
import { App } from './app.js';
import { listenToDrops } from './drop.js';
import { followSize } from './embed.js';
import { EngineClient, startWorker } from './engine-client.js';
import { loadExamples } from './examples.js';
import { listenToKeys } from './keys.js';
import * as store from './store.js';
import { followTheme } from './theme.js';
import { makeVisible, visible } from './visible.js';
import './style/base.css';
import './style/frame.css';
import './style/events.css';
import './style/lanes.css';
import './style/selection.css';
import './style/decode.css';

const client = new EngineClient(await startWorker(), actions.onSurvey);
actions.connect(client);
followTheme();
makeVisible();
followSize();
listenToKeys();
listenToDrops();
effect(() => {
  const title = store.decoding.value === null ? (store.opened.value?.title ?? null) : 'Decode';
  document.title = title === null ? 'specialbit' : `${visible(title)} - specialbit`;
});
render(<App />, document.getElementById('root')!);
const choices = client.call('choices').then((all) => {
  store.choices.value = all;
});
await choices;
await openAddress();
store.booting.value = false;
followAddress();
await followFile();
await loadExamples();
