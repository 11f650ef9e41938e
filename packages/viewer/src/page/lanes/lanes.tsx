// SPDX-License-Identifier: GPL-2.0-or-later
/** The lanes side by side: mappings with their entries, frames, counters. */
import { Fragment } from 'preact';
import type { LaneMoment } from '../../protocol.js';
import { Later } from '../parts/later.js';
import * as store from '../store.js';
import { Counters } from './counters.js';
import { Frames } from './frames.js';
import { breakable, columnsOf, laneTitle } from './lane-title.js';
import { Legend } from './legend.js';
import { VmaBlock } from './vma-block.js';
import { VmaPager } from './vma-pager.js';

export function Lanes() {
  const moment = store.moment.value;
  if (moment === null) return null;
  return (
    <section class="lanes-part" aria-label="Lanes">
      <div class={columnsOf(moment.lanes.length)}>
        {moment.lanes.map((lane) => (
          <Lane key={lane.lanes[0]} lane={lane} />
        ))}
      </div>
      <Legend />
    </section>
  );
}

/** Names whose line breaks between two of them, and within one where it is longer than the line. */
const Names = ({ text }: { readonly text: string }) => (
  <>
    {text.split(/(?<=,) /).map((name, at) => (
      <Fragment key={at}>
        {at > 0 && ' '}
        <span class="one-name">
          {breakable(name).map((piece, i) => (
            <Fragment key={i}>
              {i > 0 && <wbr />}
              {piece}
            </Fragment>
          ))}
        </span>
      </Fragment>
    ))}
  </>
);

function Lane({ lane }: { readonly lane: LaneMoment }) {
  const all = store.opened.value!.lanes;
  const first = all[lane.lanes[0]!]!;
  const bits = new Set(lane.lanes.map((i) => all[i]!.special));
  const bit = bits.size > 1 ? 'with and without special bit' : first.special ? 'special bit' : 'no special bit';
  const kernels = [...new Set(lane.lanes.map((i) => all[i]!.kernel))];
  const { differs } = store.switches.value;
  const vmas = differs ? lane.vmas.filter((vma) => vma.differs) : lane.vmas;
  const several = new Set(lane.vmas.map(({ mm }) => mm)).size > 1;
  return (
    <article class="lane" aria-label={`lane ${first.name}`}>
      <header class="lane-head">
        <h3 class="lane-name" title={laneTitle(all, lane.lanes, 100)}>
          <Names text={laneTitle(all, lane.lanes, 3)} />
        </h3>
        <p class="lane-what">
          {lane.lanes.length > 1 ? `${lane.lanes.length} lanes show the same` : first.title}
          {', '}
          {kernels.length > 3 ? `${kernels.length} kernels` : kernels.join(', ')}
        </p>
        <p class={bit === 'special bit' ? 'bit' : 'bit no'}>{bit}</p>
      </header>
      <VmaPager lane={lane} />
      {vmas.map((vma) => (
        <VmaBlock key={vma.key} vma={vma} several={several} alone={lane.lanes.length === 1} />
      ))}
      {vmas.length === 0 && <p class="faint">{differs ? 'no mapping differs' : 'nothing is mapped'}</p>}
      <Later>
        <Frames lane={lane} differs={differs} subject={store.subject.value} />
        <Counters lane={lane} differs={differs} />
      </Later>
      {lane.notes.length > 0 && (
        <ul class="notes">
          {lane.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </article>
  );
}
