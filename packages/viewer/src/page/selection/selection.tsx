// SPDX-License-Identifier: GPL-2.0-or-later
/** What is selected: why it is what it is, in each lane. */
import type { LanePast, LaneSelection, PastView, SelectionView } from '../../protocol.js';
import * as actions from '../actions.js';
import { Icon } from '../icon.js';
import { columnsOf, laneTitle } from '../lanes/lane-title.js';
import { Later } from '../parts/later.js';
import * as store from '../store.js';
import { Bits } from './bits.js';
import { History } from './history.js';
import { Holders } from './holders.js';
import { PathTree } from './path-tree.js';
import { Walk } from './walk.js';

/** With all that it shows, so that it can be drawn later than what is above it. */
export function SelectionPart() {
  return (
    <Later>
      <Selection view={store.selection.value} past={store.past.value} />
    </Later>
  );
}

interface Shown {
  readonly view: SelectionView | null;
  readonly past: PastView | null;
}

function Selection({ view, past }: Shown) {
  if (view === null) return null;
  if (view.absent !== null) return <Absent subject={view.subject} why={view.absent} />;
  const page = view.kind === 'page';
  const pastOf = (lane: LaneSelection): LanePast | undefined =>
    past?.n === view.n && past.subject === view.subject
      ? past.lanes.find(({ lanes }) => lanes[0] === lane.lanes[0])
      : undefined;
  return (
    <section class="selection" aria-label={`About ${view.subject}`}>
      <header class="selection-head">
        <h2>
          {page ? 'Is ' : 'Who holds '}
          <span class="code">{view.subject}</span>
          {page ? ' a normal page?' : '?'}
        </h2>
        <span class="travel">
          <button type="button" title="N" onClick={() => void actions.jumpToSubject('backward', 'changed')}>
            <Icon name="back" /> previous change
          </button>
          <button type="button" title="n" onClick={() => void actions.jumpToSubject('forward', 'changed')}>
            next change <Icon name="on" />
          </button>
        </span>
      </header>
      <div class={columnsOf(view.lanes.length)}>
        {view.lanes.map((lane) => (
          <p key={lane.lanes[0]} class={`verdict ${lane.kind ?? ''}`}>
            <span class="verdict-lane">{laneTitle(store.opened.value!.lanes, lane.lanes)}</span>
            {lane.verdict}
          </p>
        ))}
      </div>
      {page && <PathTree lanes={view.lanes} />}
      <div class={columnsOf(view.lanes.length)}>
        {view.lanes.map((lane) => (
          <Details key={lane.lanes[0]} lane={lane} lanes={view.lanes} past={pastOf(lane)} />
        ))}
      </div>
    </section>
  );
}

/** What was chosen is not there: it comes later, or is gone. */
function Absent({ subject, why }: { readonly subject: string; readonly why: string }) {
  return (
    <section class="selection" aria-label={`About ${subject}`}>
      <header class="selection-head">
        <h2>
          <span class="code">{subject}</span> is not there at this moment
        </h2>
        <span class="travel">
          <button type="button" onClick={() => void actions.select(null)}>
            Choose nothing
          </button>
        </span>
      </header>
      <p class="faint">{why}</p>
    </section>
  );
}

interface Detailed {
  readonly lane: LaneSelection;
  readonly lanes: readonly LaneSelection[];
  /** Undefined while it is looked for. */
  readonly past: LanePast | undefined;
}

function Details({ lane, lanes, past }: Detailed) {
  return (
    <div class="details">
      {lanes.length > 1 && lane.lanes.length === 1 && (
        <p class="label of-lane">on {laneTitle(store.opened.value!.lanes, lane.lanes)}</p>
      )}
      {lane.lanes.length > 1 && (
        <p class="label">
          on {laneTitle(store.opened.value!.lanes, lane.lanes.slice(0, 1))}, the first of {lane.lanes.length}
        </p>
      )}
      {lane.bits.length > 0 && <Bits lane={lane} lanes={lanes} />}
      {lane.walk.length > 0 && <Walk levels={lane.walk} />}
      <Holders lane={lane} past={past} />
      <History past={past} />
    </div>
  );
}
