// SPDX-License-Identifier: GPL-2.0-or-later
import { useRef } from 'preact/hooks';
import type { LaneMoment } from '../../protocol.js';
import * as actions from '../actions.js';

/** Of each frame the row that it is drawn in: its own while it is here, else that of one that went. */
function useSlots(labels: readonly string[]): readonly number[] {
  const before = useRef<ReadonlyMap<string, number>>(new Map());
  const kept = new Set(labels.map((label) => before.current.get(label)));
  let next = 0;
  const free = (): number => {
    while (kept.has(next)) next++;
    return next++;
  };
  const slots = labels.map((label) => before.current.get(label) ?? free());
  before.current = new Map(labels.map((label, i) => [label, slots[i]!]));
  return slots;
}

export interface Shown {
  readonly lane: LaneMoment;
  /** Only what differs. */
  readonly differs: boolean;
  /** What is selected. */
  readonly subject: string | null;
}

/** Page frames with their counts. */
export function Frames({ lane, differs, subject }: Shown) {
  const frames = differs ? lane.frames.filter((frame) => frame.differs) : lane.frames;
  const slots = useSlots(frames.map(({ label }) => label));
  if (frames.length === 0) return null;
  return (
    <table class="frames">
      <thead>
        <tr>
          <th scope="col">Frame</th>
          <th scope="col">refcount</th>
          <th scope="col">mapcount</th>
          <th scope="col">flags</th>
        </tr>
      </thead>
      <tbody>
        {frames.map(({ label, pfn, valid, count, mapcount, flags, leaked, changed, differs: apart }, i) => (
          <tr key={slots[i]} class={`${changed ? 'changed ' : ''}${apart ? 'differs' : ''}`}>
            <th scope="row">
              <button
                type="button"
                class="plain code"
                title={`pfn ${pfn}`}
                aria-pressed={subject === label}
                onClick={() => void actions.select(label)}
              >
                {label}
              </button>
            </th>
            {valid ? (
              <>
                <td>{count}</td>
                <td>{mapcount}</td>
                <td class="text">
                  {flags.join(' ')}
                  {leaked && <strong class="bad"> leaked</strong>}
                </td>
              </>
            ) : (
              <td class="text faint" colSpan={3}>
                no struct page
              </td>
            )}
          </tr>
        ))}
      </tbody>
      {lane.moreFrames > 0 && <caption class="faint">and {lane.moreFrames.toLocaleString('en')} more</caption>}
    </table>
  );
}
