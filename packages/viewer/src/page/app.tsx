// SPDX-License-Identifier: GPL-2.0-or-later
import { Edit } from './edit.js';
import { Events } from './events.js';
import { Happened } from './happened.js';
import { Header } from './header.js';
import { Lanes } from './lanes/lanes.js';
import { Help } from './parts/help.js';
import { LanesChooser } from './parts/lanes-chooser.js';
import { Share } from './parts/share.js';
import { Scrubber } from './scrubber.js';
import { Selection } from './selection/selection.js';
import { Start } from './start.js';
import * as store from './store.js';
import { Story } from './story.js';

/** The whole page. */
export function App() {
  const { embed, edit } = store.switches.value;
  const open = store.opened.value !== null || (edit && store.logText.value !== '');
  return (
    <div class={embed ? 'app embed' : 'app'}>
      {!embed && <Header />}
      {store.opened.value !== null && <Scrubber />}
      <Problem />
      {open ? (
        <div class={edit ? 'body editing' : 'body'}>
          {!embed && (
            <aside class="side" aria-label={edit ? 'The log as text' : 'Events'}>
              {edit ? (
                <Edit />
              ) : (
                <>
                  <Story />
                  <Events />
                </>
              )}
            </aside>
          )}
          <main class="main">
            {embed && <h1 class="unseen">{store.opened.value?.title ?? 'A log'}</h1>}
            {store.opened.value !== null && <Happened />}
            <div class="scroll" tabIndex={0} role="group" aria-label="Lanes and what is selected">
              <Lanes />
              <Selection />
            </div>
          </main>
        </div>
      ) : (
        store.logText.value === '' && <Start />
      )}
      <Panel />
      <p class="said" role="status">
        {store.said.value}
      </p>
    </div>
  );
}

function Panel() {
  switch (store.panel.value) {
    case 'lanes':
      return <LanesChooser />;
    case 'share':
      return <Share />;
    case 'help':
      return <Help />;
    default:
      return null;
  }
}

/** What is said of a text that is no log at all. */
const NO_LOG = new Set(['json-syntax', 'json-not-object', 'header-missing', 'log-binary']);

function Problem() {
  const all = [...(store.problem.value === null ? [] : [store.problem.value]), ...(store.opened.value?.problems ?? [])];
  if (all.length === 0) return null;
  return (
    <div class="problem" role="alert">
      {all.slice(0, 5).map(({ line, path, message, code }) => (
        <p key={`${line} ${message}`}>
          <strong>{line === 0 ? 'Cannot be done' : `Line ${line}${path === '' ? '' : `, ${path}`}`}</strong> {message}{' '}
          <span class="faint">[{code}]</span>
        </p>
      ))}
      {all.some(({ code }) => NO_LOG.has(code)) && (
        <p class="faint">
          Recordings of other tools (strace, ftrace, perf, smaps) open with{' '}
          <span class="code">specialbit view FILE</span>; <span class="code">specialbit decode</span> explains reports
          of a kernel.
        </p>
      )}
      {store.opened.value !== null && store.opened.value.problems.length > 0 && (
        <p class="faint">The log is played up to there.</p>
      )}
    </div>
  );
}
