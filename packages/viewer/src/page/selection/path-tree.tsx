// SPDX-License-Identifier: GPL-2.0-or-later
/** The way through vm_normal_page() as a tree, one column a lane: what was answered is lit, what was not is a stub. */
import type { LaneSelection, PathNode } from '../../protocol.js';
import { columnsOf, laneTitle } from '../lanes/lane-title.js';
import * as store from '../store.js';
import { pathRows } from './path-rows.js';

export function PathTree({ lanes }: { readonly lanes: readonly LaneSelection[] }) {
  if (lanes.every(({ path }) => path.length === 0)) return null;
  const rows = pathRows(lanes);
  const wheres = [...new Set(lanes.flatMap(({ where }) => (where === null ? [] : [where])))];
  // up to where they part, if they do
  const parted = rows.findIndex(({ parts }) => parts);
  const alike = store.switches.value.differs && parted > 0 ? parted : 0;
  const name = (lane: LaneSelection): string => laneTitle(store.opened.value!.lanes, lane.lanes);
  return (
    <div class="paths">
      <p class="label">{wheres.join(', ')} asks</p>
      <ol class={`path-rows of-${lanes.length}`}>
        {lanes.length > 1 && (
          <li class="path-row path-lanes" aria-hidden="true">
            <div class={columnsOf(lanes.length)}>
              {lanes.map((lane, l) => (
                <p key={lane.lanes[0]} class="label" style={placeOf(l, 0)}>
                  on {name(lane)}
                </p>
              ))}
            </div>
          </li>
        )}
        {alike > 0 && (
          <li class="path-row">
            <p class="faint alike">
              {alike === 1 ? 'the first question is' : `the first ${alike} questions are`} answered alike
            </p>
          </li>
        )}
        {[...rows, { nodes: lanes.map(() => null), parts: false }].map(({ nodes, parts }, i) =>
          i < alike ? null : (
            <li key={i} class={parts ? 'path-row apart' : 'path-row'}>
              {parts && <p class="apart-word">≠ here the lanes part</p>}
              <div class={columnsOf(lanes.length)}>
                {nodes.map((node, l) => {
                  const lane = lanes[l]!;
                  const key = lane.lanes[0];
                  if (node !== null)
                    return <Node key={key} node={node} lane={name(lane)} first={i === 0} place={placeOf(l, i + 1)} />;
                  return lane.path.length === i && i > 0 ? (
                    <Answer key={key} lane={lane} place={placeOf(l, i + 1)} />
                  ) : (
                    <div key={key} />
                  );
                })}
              </div>
            </li>
          ),
        )}
      </ol>
    </div>
  );
}

/** Where a narrow page has one lane below the other: all of a lane before the next one. */
const placeOf = (lane: number, row: number): string => `--place: ${lane * 1000 + row}`;

interface Asked {
  readonly node: PathNode;
  readonly lane: string;
  readonly first: boolean;
  readonly place: string;
}

function Node({ node, lane, first, place }: Asked) {
  const { question, answer, because, other } = node;
  return (
    <div class={first ? 'node first' : 'node'} style={place}>
      <p class="question">
        <span class="code">{question}?</span> <strong class={answer ? 'yes' : 'no'}>{answer ? 'yes' : 'no'}</strong>
        <span class="unseen"> on {lane}</span>
      </p>
      <p class="because">{because}</p>
      <p class="stub">
        {answer ? 'no' : 'yes'}: {other.verdict === null ? `${other.text}?` : `${other.verdict}, ${other.text}`}
      </p>
    </div>
  );
}

function Answer({ lane, place }: { readonly lane: LaneSelection; readonly place: string }) {
  const text = lane.kind === null ? '' : store.choices.value?.kinds[lane.kind].text;
  return (
    <div class="answer-row" style={place}>
      <p class={`answer ${lane.kind ?? 'none'}`}>{text}</p>
    </div>
  );
}
