// SPDX-License-Identifier: GPL-2.0-or-later
/** The way through vm_normal_page() as a tree, one column a lane: what was answered is lit, what was not is a stub. */
import type { LaneSelection, PathNode } from '../../protocol.js';
import { laneTitle } from '../lanes/lane-title.js';
import * as store from '../store.js';
import { pathRows } from './path-rows.js';

export function PathTree({ lanes }: { readonly lanes: readonly LaneSelection[] }) {
  if (lanes.every(({ path }) => path.length === 0)) return null;
  const rows = pathRows(lanes);
  const wheres = [...new Set(lanes.flatMap(({ where }) => (where === null ? [] : [where])))];
  return (
    <div class="paths">
      <p class="label">{wheres.join(', ')} asks</p>
      <ol class="path-rows">
        {rows.map(({ id, nodes, parts }) => (
          <li key={id} class={parts ? 'path-row parts' : 'path-row'}>
            <div class="columns">
              {nodes.map((node, i) => (
                <div key={lanes[i]!.lanes[0]} class="path-cell">
                  {node === null ? (
                    <Gap goesOn={goesOn(rows, id, i)} />
                  ) : (
                    <Node
                      node={node}
                      lane={laneTitle(store.opened.value!.lanes, lanes[i]!.lanes)}
                      last={isLast(lanes[i]!, node)}
                    />
                  )}
                </div>
              ))}
            </div>
          </li>
        ))}
      </ol>
      <div class="columns">
        {lanes.map((lane) => (
          <p key={lane.lanes[0]} class={`answer ${lane.kind ?? 'none'}`}>
            {lane.kind === null || lane.path.length === 0 ? lane.verdict : answerOf(lane)}
          </p>
        ))}
      </div>
    </div>
  );
}

const answerOf = ({ kind }: LaneSelection): string => store.choices.value?.kinds[kind!].text ?? '';
const isLast = ({ path }: LaneSelection, node: PathNode): boolean => path.at(-1) === node;

/** The lane asks something further down. */
function goesOn(rows: ReturnType<typeof pathRows>, id: string, lane: number): boolean {
  const at = rows.findIndex((row) => row.id === id);
  return rows.slice(at).some(({ nodes }) => nodes[lane] !== null);
}

function Gap({ goesOn: on }: { readonly goesOn: boolean }) {
  return <div class={on ? 'path-gap on' : 'path-gap'} />;
}

function Node({ node, lane }: { readonly node: PathNode; readonly lane: string; readonly last: boolean }) {
  const { question, answer, because, other } = node;
  return (
    <div class="node">
      <p class="question">
        <span class="code">{question}?</span>
        <strong class={answer ? 'yes' : 'no'}>{answer ? 'yes' : 'no'}</strong>
        <span class="unseen"> on {lane}</span>
      </p>
      <p class="because">{because}</p>
      <p class="stub">
        {answer ? 'no' : 'yes'} would lead to{' '}
        {other.verdict === null ? `${other.text}?` : `${other.verdict}: ${other.text}`}
      </p>
    </div>
  );
}
