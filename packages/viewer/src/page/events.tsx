// SPDX-License-Identifier: GPL-2.0-or-later
/** The events of the log, each with what it returned and how it is marked. */
import { MARK } from '../protocol.js';
import * as actions from './actions.js';
import * as store from './store.js';
import { VirtualList } from './virtual-list.js';

/** Pixels of a row. */
const HEIGHT = 28;

export function Events() {
  const n = store.at.value;
  const { value: rows } = store.rows;
  void store.covered.value;
  return (
    <section class="events">
      <h2 class="label">Events</h2>
      <VirtualList
        count={store.length.value + 1}
        height={HEIGHT}
        current={n}
        label="Events"
        onRows={(from, to) => void actions.wantRows(Math.max(1, from), to)}
        row={(i) => (i === 0 ? <StartRow on={n === 0} /> : <Row number={i} on={n === i} row={rows.get(i)} />)}
      />
    </section>
  );
}

function StartRow({ on }: { readonly on: boolean }) {
  return (
    <div class={on ? 'event on' : 'event'} role="option" aria-selected={on} onClick={() => void actions.go(0)}>
      <span class="number">0</span>
      <span class="marks" />
      <span class="what faint">before the first event</span>
    </div>
  );
}

function Row({ number, on, row }: { number: number; on: boolean; row: ReturnType<typeof store.rows.value.get> }) {
  const mark = store.marks.value[number - 1] ?? 0;
  const later = number > store.at.value;
  const kind = row?.type === 'expect' ? ' expect' : '';
  return (
    <div
      class={`event${on ? ' on' : ''}${later ? ' later' : ''}${kind}`}
      role="option"
      aria-selected={on}
      title={row?.text}
      onClick={() => void actions.go(number)}
    >
      <span class="number">{number}</span>
      <Marks mark={mark} />
      <span class="what">{row?.text ?? ''}</span>
      {row !== undefined && <Returned row={row} mark={mark} />}
    </div>
  );
}

function Marks({ mark }: { readonly mark: number }) {
  return (
    <span class="marks">
      {(mark & MARK.parts) !== 0 && (
        <span class="parts" title="the lanes part here">
          ≠<span class="unseen"> the lanes part </span>
        </span>
      )}
      {(mark & (MARK.complains | MARK.dies)) !== 0 && (
        <span class="bad" title={(mark & MARK.dies) !== 0 ? 'a kernel dies here' : 'a kernel complains here'}>
          !<span class="unseen"> a kernel complains </span>
        </span>
      )}
    </span>
  );
}

function Returned({ row, mark }: { row: NonNullable<ReturnType<typeof store.rows.value.get>>; mark: number }) {
  if (row.type === 'expect') {
    const unmet = (mark & MARK.unmet) !== 0;
    return <span class={unmet ? 'ret bad' : 'ret'}>{unmet ? 'does not hold' : ''}</span>;
  }
  if (!row.failed) return null;
  return <span class="ret bad">{row.returned.length > 1 ? 'differ' : row.returned[0]}</span>;
}
