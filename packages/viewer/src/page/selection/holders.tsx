// SPDX-License-Identifier: GPL-2.0-or-later
import type { LanePast, LaneSelection } from '../../protocol.js';
import * as actions from '../actions.js';

/** Who has references of the frame, and since which event: each is a jump. */
export function Holders({ lane, past }: { readonly lane: LaneSelection; readonly past: LanePast | undefined }) {
  if (lane.holders.length === 0) return null;
  return (
    <section class="holders">
      <h3 class="label">Who holds the frame</h3>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">references</th>
            <th scope="col">holder</th>
          </tr>
        </thead>
        <tbody>
          {lane.holders.map(({ refs, text, jump }, i) => (
            <tr key={text}>
              <td class="number">{refs}</td>
              <td class="holder">
                {jump === null ? (
                  text
                ) : (
                  <button type="button" class="plain" onClick={() => void actions.select(jump)}>
                    {text}
                  </button>
                )}
                <p class="since">{past === undefined ? ' ' : <Since number={past.since[i] ?? null} />}</p>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Since({ number }: { readonly number: number | null }) {
  if (number === null) return <span class="faint">since long before</span>;
  if (number === 0) return <span class="faint">from the start</span>;
  return (
    <button type="button" class="plain" onClick={() => void actions.jumpTo(number)}>
      since event {number}
    </button>
  );
}
