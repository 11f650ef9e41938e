// SPDX-License-Identifier: GPL-2.0-or-later
import { CELL, KINDS } from '../../protocol.js';
import * as store from '../store.js';

/** What the letters of the cells that are seen mean. */
export function Legend() {
  const choices = store.choices.value;
  const moment = store.moment.value;
  if (choices === null || moment === null) return null;
  const seen = new Set<number>();
  for (const lane of moment.lanes) for (const vma of lane.vmas) for (const kind of vma.cells.kind) seen.add(kind);
  seen.delete(0);
  const differs = moment.lanes.some(({ vmas }) =>
    vmas.some(({ cells }) => cells.bits.some((bits) => (bits & CELL.differs) !== 0)),
  );
  if (seen.size === 0) return null;
  return (
    <p class="legend">
      {[...seen].sort().map((kind) => {
        const { sign, text } = choices.kinds[KINDS[kind]!];
        return (
          <span key={kind}>
            <span class={`key ${KINDS[kind]}`}>{sign}</span> {text}
          </span>
        );
      })}
      <span>the number is the frame's reference count</span>
      {differs && <span>a corner: the lanes differ</span>}
    </p>
  );
}
