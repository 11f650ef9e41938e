// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneMoment } from '../../protocol.js';
import * as actions from '../actions.js';
import * as store from '../store.js';

/** Page frames with their counts. */
export function Frames({ lane }: { readonly lane: LaneMoment }) {
  const { differs } = store.switches.value;
  const frames = differs ? lane.frames.filter((frame) => frame.differs) : lane.frames;
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
        {frames.map(({ label, pfn, valid, count, mapcount, flags, leaked, changed, differs: apart }) => (
          <tr key={label} class={`${changed ? 'changed ' : ''}${apart ? 'differs' : ''}`}>
            <th scope="row">
              <button
                type="button"
                class="plain code"
                title={`pfn ${pfn}`}
                aria-pressed={store.subject.value === label}
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
