// SPDX-License-Identifier: GPL-2.0-or-later
/** What is selected: why it is what it is, in each lane. */
import type { LaneSelection } from '../../protocol.js';
import * as actions from '../actions.js';
import { laneTitle } from '../lanes/lane-title.js';
import * as store from '../store.js';
import { Bits } from './bits.js';
import { History } from './history.js';
import { Holders } from './holders.js';
import { PathTree } from './path-tree.js';
import { Walk } from './walk.js';

export function Selection() {
  const view = store.selection.value;
  if (view === null) return null;
  const page = view.kind === 'page';
  return (
    <section class="selection" aria-label={`About ${view.subject}`}>
      <header class="selection-head">
        <h2>
          {page ? 'Is ' : 'Who holds '}
          <span class="code">{view.subject}</span>
          {page ? ' a normal page?' : '?'}
        </h2>
        <span class="travel">
          <button type="button" onClick={() => void actions.jumpToChange('backward')}>
            <span aria-hidden="true">◀</span> last change
          </button>
          <button type="button" onClick={() => void actions.jumpToChange('forward')}>
            next change <span aria-hidden="true">▶</span>
          </button>
        </span>
      </header>
      <div class="columns">
        {view.lanes.map((lane) => (
          <p key={lane.lanes[0]} class={`verdict ${lane.kind ?? ''}`}>
            <span class="verdict-lane">{laneTitle(store.opened.value!.lanes, lane.lanes)}</span>
            {lane.verdict}
          </p>
        ))}
      </div>
      {page && <PathTree lanes={view.lanes} />}
      <div class="columns">
        {view.lanes.map((lane) => (
          <Details key={lane.lanes[0]} lane={lane} lanes={view.lanes} />
        ))}
      </div>
    </section>
  );
}

function Details({ lane, lanes }: { readonly lane: LaneSelection; readonly lanes: readonly LaneSelection[] }) {
  return (
    <div class="details">
      {lane.lanes.length > 1 && (
        <p class="label">
          on {laneTitle(store.opened.value!.lanes, lane.lanes.slice(0, 1))}, the first of {lane.lanes.length}
        </p>
      )}
      {lane.bits.length > 0 && <Bits lane={lane} lanes={lanes} />}
      {lane.walk.length > 0 && <Walk levels={lane.walk} />}
      <Holders lane={lane} />
      <History lane={lane} />
    </div>
  );
}
