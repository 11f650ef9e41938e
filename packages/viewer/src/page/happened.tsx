// SPDX-License-Identifier: GPL-2.0-or-later
/** What the last event did: what it was, what it returned in each lane, and how the lanes part over it. */
import { useState } from 'preact/hooks';
import type { Expected, Parting } from '../protocol.js';
import { laneTitle } from './lanes/lane-title.js';
import * as store from './store.js';

export function Happened() {
  const moment = store.moment.value;
  const opened = store.opened.value!;
  if (moment === null) return <section class="happened" aria-busy="true" />;
  const { n, event, expected } = moment;
  const partings = store.partings.value?.n === n ? store.partings.value.list : null;
  const parts = partings === null ? moment.parting !== null : partings.length > 0;
  const returns = [...new Set(moment.lanes.map(({ returned }) => returned))];
  return (
    <section class="happened" aria-live="polite">
      <p class="label">
        {n === 0 ? 'Before the first event' : `Event ${n}`}
        {parts && <span class="parting-word">the lanes part here</span>}
      </p>
      <h2 class="code">{n === 0 ? 'nothing has happened yet' : (event?.text ?? '')}</h2>
      {expected !== null && <ExpectedOf expected={expected} />}
      {n > 0 && expected === null && (
        <p class="returns">
          {returns.length === 1 ? (
            <Return text={returns[0]!} failed={moment.lanes[0]!.failed} />
          ) : (
            moment.lanes.map((lane) => (
              <span key={lane.lanes[0]} class="return-of">
                <span class="faint">{laneTitle(opened.lanes, lane.lanes)}</span>{' '}
                <Return text={lane.returned} failed={lane.failed} />
              </span>
            ))
          )}
        </p>
      )}
      {partings?.map((parting) => (
        <PartingOf key={parting.headline} parting={parting} />
      ))}
      {partings === null && moment.parting !== null && (
        <div class="parting" aria-busy="true">
          <p class="headline">{moment.parting}</p>
          <p class="cause faint">the cause is being looked for</p>
        </div>
      )}
    </section>
  );
}

function Return({ text, failed }: { readonly text: string; readonly failed: boolean }) {
  return <span class={failed ? 'code bad' : 'code'}>returns {text}</span>;
}

/** How an expectation turned out, and what of it is not so. */
function ExpectedOf({ expected: { holds, word, texts } }: { readonly expected: Expected }) {
  return (
    <div class={holds ? 'expected' : 'expected unmet'}>
      <p class={holds ? 'faint' : 'bad'}>this {word.startsWith('about') ? `is ${word}` : word}</p>
      {texts.length > 0 && (
        <ul class="code">
          {texts.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** More than this is folded: a sentence may name dozens of lanes. */
const LONG = 700;

/** What differs, and behind it how that was proved. */
const causeParts = (cause: string): string[] => cause.split(/ (?=Proved: )/);

/** Sentences of a cause: what differs, and how it was proved. */
function PartingOf({ parting }: { readonly parting: Parting }) {
  const [all, setAll] = useState(false);
  const long = parting.headline.length + parting.cause.length > LONG;
  return (
    <div class={long && !all ? 'parting folded' : 'parting'}>
      <p class="headline">{parting.headline}</p>
      {causeParts(parting.cause).map((part) => (
        <p key={part} class="cause">
          {part}
        </p>
      ))}
      {long && (
        <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'less' : 'all of it'}
        </button>
      )}
    </div>
  );
}
