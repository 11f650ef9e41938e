// SPDX-License-Identifier: GPL-2.0-or-later
import * as actions from './actions.js';
import { Decode } from './decode.js';
import { Edit } from './edit.js';
import { Events } from './events.js';
import { Happened } from './happened.js';
import { Header } from './header.js';
import { Lanes } from './lanes/lanes.js';
import { Help } from './parts/help.js';
import { LanesChooser } from './parts/lanes-chooser.js';
import { Share } from './parts/share.js';
import { Scrubber } from './scrubber.js';
import { SelectionPart } from './selection/selection.js';
import { Start } from './start.js';
import * as store from './store.js';
import { Story } from './story.js';
import { Told } from './told.js';
import { WholePage } from './whole-page.js';

/** The whole page. */
export function App() {
  const { embed, edit } = store.switches.value;
  const open = store.opened.value !== null || edit;
  return (
    <div class={embed ? 'app embed' : 'app'}>
      {!embed && <Header />}
      {store.opened.value !== null && <Scrubber />}
      <Conflict />
      <Problem />
      <Told />
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
              <SelectionPart />
            </div>
          </main>
        </div>
      ) : (
        store.logText.value === '' && !store.booting.value && (store.decoding.value === null ? <Start /> : <Decode />)
      )}
      {embed && <WholePage />}
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

/** The file that is served, and the log that is seen, are not the same, and somebody has to say which counts. */
function Conflict() {
  if (!store.conflict.value) return null;
  return (
    <div class="problem conflict" role="alert">
      <p>
        <strong>{store.file.value || 'The file'} has another log than the one you see here.</strong> What you see stays
        until you choose.
      </p>
      <p class="answers">
        <button type="button" onClick={() => void actions.takeFile()}>
          Take the file's
        </button>
        <button type="button" onClick={actions.keepMine}>
          Keep mine
        </button>
      </p>
    </div>
  );
}

/** Problems that are told of above the page; all of them stand in the margin of the editor. */
const SHOWN = 5;

function Problem() {
  const { value: all } = store.problems;
  const { value: stop } = store.stop;
  const { value: opened } = store.opened;
  if (all.length === 0) return null;
  const rest = all.length - SHOWN;
  return (
    <div class="problem" role="alert">
      {all.slice(0, SHOWN).map(({ line, path, message, code }) => (
        <p key={`${line} ${message}`}>
          <strong>{line === 0 ? 'Cannot be done' : `Line ${line}${path === '' ? '' : `, ${path}`}`}:</strong> {message}{' '}
          <span class="faint">[{code}]</span>
        </p>
      ))}
      {rest > 0 && (
        <p class="faint">
          and {rest.toLocaleString('en')} more
          {rest > 0 && !store.switches.value.edit ? ': edit the log to see them' : ''}
        </p>
      )}
      {stop !== null && (
        <p class="faint">
          No lane can carry out event {stop.number}: the log is played up to there, and what stands behind it is not
          reached.
        </p>
      )}
      {stop === null && opened !== null && opened.problems.length > 0 && (
        <p class="faint">The log is played up to there; what stands behind it is not reached.</p>
      )}
    </div>
  );
}
