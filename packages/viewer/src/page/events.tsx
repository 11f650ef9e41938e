// SPDX-License-Identifier: GPL-2.0-or-later
/** The events of the log, each with what it returned and how it is marked. */
import { MARK } from '../protocol.js';
import type { SeenOnKernel } from '../share/seen.js';
import * as actions from './actions.js';
import * as store from './store.js';
import { VirtualList } from './virtual-list.js';

/** Pixels of a row. */
const HEIGHT = 28;

export function Events() {
  const { differs } = store.switches.value;
  return differs && store.opened.value!.lanes.length > 1 ? <Parting /> : <All />;
}

const numbersFrom = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** Room for the longest number of a list. */
const digitsOf = (length: number): string => `--digits: ${Math.max(3, String(length).length)}`;

function All() {
  const n = store.here.value;
  const { value: rows } = store.rows;
  const { value: length } = store.length;
  const unread = store.opened.value!.unread > 0 ? 1 : 0;
  void store.covered.value;
  return (
    <section class="events" style={digitsOf(length)}>
      <h2 class="label">Events</h2>
      <Kernels />
      <VirtualList
        count={length + 1 + unread}
        height={HEIGHT}
        current={n}
        label="Events"
        onRows={(from, to) => void actions.wantRows(numbersFrom(Math.max(1, from), Math.min(to, length)))}
        row={(i) => {
          if (i === 0) return <StartRow on={n === 0} />;
          return i > length ? <Unread /> : <Row number={i} on={n === i} row={rows.get(i)} />;
        }}
      />
    </section>
  );
}

/** Only those at which the lanes part, and the one where we stand. */
function Parting() {
  const n = store.here.value;
  const { value: rows } = store.rows;
  const { value: marks } = store.marks;
  const { value: covered } = store.covered;
  const numbers: number[] = [];
  for (let i = 0; i < marks.length; i++) if ((marks[i]! & MARK.parts) !== 0 || i + 1 === n) numbers.push(i + 1);
  if (n === 0) numbers.unshift(0);
  const parting = store.parting.value.toLocaleString('en');
  const looking = covered < store.length.value ? `, ${covered.toLocaleString('en')} compared so far` : '';
  return (
    <section class="events" style={digitsOf(store.length.value)}>
      <h2 class="label">
        Events at which the lanes part: {parting} of {store.length.value.toLocaleString('en')}
        {looking}
      </h2>
      <VirtualList
        count={numbers.length}
        height={HEIGHT}
        current={Math.max(0, numbers.indexOf(n))}
        label="Events at which the lanes part"
        onRows={(from, to) => void actions.wantRows(numbers.slice(from, to + 1).filter((number) => number > 0))}
        row={(i) => {
          const number = numbers[i] ?? 0;
          return number === 0 ? (
            <StartRow on={n === 0} />
          ) : (
            <Row number={number} on={n === number} row={rows.get(number)} />
          );
        }}
      />
    </section>
  );
}

/** What stands behind a line that cannot be read. */
function Unread() {
  const { unread, problems } = store.opened.value!;
  const first = Math.min(...problems.map(({ line }) => line));
  return (
    <div class="event unread" role="option" aria-selected={false} aria-disabled={true}>
      <span class="number" />
      <span class="marks bad">!</span>
      <span class="what">
        line {first} cannot be read: {unread === 1 ? 'it is' : `${unread.toLocaleString('en')} lines are`} not reached
      </span>
    </div>
  );
}

function StartRow({ on }: { readonly on: boolean }) {
  return (
    <div class={on ? 'event on' : 'event'} role="option" aria-selected={on} onClick={() => void actions.jumpTo(0)}>
      <span class="number">0</span>
      <span class="marks" />
      <span class="what faint">before the first event</span>
    </div>
  );
}

function Row({ number, on, row }: { number: number; on: boolean; row: ReturnType<typeof store.rows.value.get> }) {
  const mark = store.marks.value[number - 1] ?? 0;
  const later = number > store.here.value;
  const beyond = number > store.reach.value ? ' unread' : '';
  const kind = row?.type === 'expect' ? ' expect' : '';
  return (
    <div
      class={`event${on ? ' on' : ''}${later ? ' later' : ''}${kind}${beyond}`}
      role="option"
      aria-selected={on}
      title={row?.text}
      onClick={() => void actions.jumpTo(number)}
    >
      <span class="number">{number}</span>
      <Marks mark={mark} />
      <span class="what">{row?.text ?? ''}</span>
      <Seen number={number} />
      {row !== undefined && <Returned row={row} mark={mark} />}
    </div>
  );
}

const kernelName = ({ lane, release, date }: SeenOnKernel): string =>
  `${lane} (Linux ${release}${date === null ? '' : `, ${date}`})`;

/** The kernels that have carried the log out. */
function Kernels() {
  const { value: seen } = store.seen;
  if (seen.length === 0) return null;
  return (
    <p class="kernels">
      seen on a real kernel:{' '}
      {seen
        .map((one) => {
          const differ = one.differs.length === 0 ? '' : `, ${one.differs.length} otherwise`;
          return `${kernelName(one)}: ${one.agreed.length} events${differ}`;
        })
        .join('; ')}
    </p>
  );
}

/** Whether real kernels did this event as the model does. */
function Seen({ number }: { readonly number: number }) {
  const { value: seen } = store.seen;
  const differ = seen.filter(({ differs }) => differs.includes(number)).map(kernelName);
  const agree = seen.filter(({ agreed }) => agreed.includes(number)).map(kernelName);
  if (agree.length === 0 && differ.length === 0) return null;
  const text = [
    ...(agree.length === 0 ? [] : [`seen on a real kernel: ${agree.join(', ')}`]),
    ...(differ.length === 0 ? [] : [`a real kernel did otherwise: ${differ.join(', ')}`]),
  ].join('; ');
  return (
    <span class={differ.length === 0 ? 'kernel' : 'kernel bad'} title={text}>
      {differ.length === 0 ? '\u2713' : '\u2717'}
      <span class="unseen"> {text} </span>
    </span>
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
  if (row.number > store.reach.value)
    return (
      <span class="ret bad">{row.number === store.reach.value + 1 ? 'cannot be carried out' : 'not reached'}</span>
    );
  if (row.type === 'expect') {
    const unmet = (mark & MARK.unmet) !== 0;
    return <span class={unmet ? 'ret bad' : 'ret'}>{unmet ? 'does not hold' : ''}</span>;
  }
  if (!row.failed) return null;
  return <span class="ret bad">{row.returned.length > 1 ? 'differ' : row.returned[0]}</span>;
}
