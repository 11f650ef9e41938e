// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries as boxes that can be read: the page, the letter of its kind, the frame, its count. */
import { CELL, type Cells, KINDS, type VmaCells } from '../../protocol.js';
import * as actions from '../actions.js';
import * as store from '../store.js';
import { subjectOf } from './subject.js';

export function CellGrid({ vma }: { readonly vma: VmaCells }) {
  const { cells } = vma;
  const { differs } = store.switches.value;
  const small = cells.page.length > 64;
  const subject = store.subject.value;
  const boxes = [];
  for (let i = 0; i < cells.page.length; i++) {
    if (differs && (cells.bits[i]! & CELL.differs) === 0) continue;
    const name = subjectOf(vma, cells.page[i]!);
    boxes.push(<Cell key={cells.page[i]} cells={cells} i={i} name={name} on={name === subject} small={small} />);
  }
  return <div class={small ? 'cells small' : 'cells'}>{boxes}</div>;
}

interface Shown {
  readonly cells: Cells;
  readonly i: number;
  readonly name: string;
  readonly on: boolean;
  readonly small: boolean;
}

function Cell({ cells, i, name, on, small }: Shown) {
  const kind = KINDS[cells.kind[i]!]!;
  const bits = cells.bits[i]!;
  const pages = cells.pages[i]!;
  const count = cells.count[i]!;
  const frame = cells.frames![i]!;
  const { sign = '', text = '' } = store.choices.value?.kinds[kind] ?? {};
  const page = cells.page[i]!;
  const range = pages === 1 ? `[${page}]` : `[${page}..${page + pages - 1}]`;
  const counted = count < 0 ? '' : `, counted ${count}`;
  const changed = (bits & CELL.changed) !== 0 ? ', changed by this event' : '';
  const differs = (bits & CELL.differs) !== 0 ? ', the lanes differ' : '';
  const wide = pages > 1 ? ' wide' : '';
  const marks = `${(bits & CELL.changed) !== 0 ? ' changed' : ''}${(bits & CELL.differs) !== 0 ? ' differs' : ''}`;
  return (
    <button
      type="button"
      class={`cell ${kind}${wide}${marks}`}
      aria-pressed={on}
      title={`${name}: ${text}${frame === '' ? '' : `, maps ${frame}`}${counted}${changed}${differs}`}
      onClick={() => void actions.select(name)}
    >
      {!small && <span class="page">{range}</span>}
      <span class="sign">{sign}</span>
      {!small && <span class="frame">{frame || (kind === 'none' ? 'none' : '')}</span>}
      <span class="count">{count < 0 ? '' : count}</span>
      <span class="unseen">
        {text}
        {counted}
        {changed}
        {differs}
      </span>
    </button>
  );
}
