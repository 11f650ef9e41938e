// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneMoment } from '../../protocol.js';

/** RSS, process by process. */
export function Counters({ lane, differs }: { readonly lane: LaneMoment; readonly differs: boolean }) {
  const several = new Set(lane.counters.map(({ mm }) => mm)).size > 1;
  const shown = lane.counters.filter((c) => (differs ? c.differs : c.value !== 0 || c.changed || c.differs));
  if (shown.length === 0) return null;
  return (
    <dl class="counters">
      {shown.map((c) => (
        <div key={`${c.mm} ${c.name}`} class={`${c.changed ? 'changed ' : ''}${c.differs ? 'differs' : ''}`}>
          <dt class="code">
            {several && <span class="faint">mm {c.mm} </span>}
            {c.name}
          </dt>
          <dd>{c.value.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}
