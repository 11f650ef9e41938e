// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneSelection } from '../../protocol.js';
import * as actions from '../actions.js';

/** Who has references of the frame. */
export function Holders({ lane }: { readonly lane: LaneSelection }) {
  if (lane.holders.length === 0) return null;
  return (
    <section class="holders">
      <h3 class="label">Who holds the frame</h3>
      <table>
        <tbody>
          {lane.holders.map(({ refs, text, jump }) => (
            <tr key={text}>
              <td class="number">{refs}</td>
              <td>
                {jump === null ? (
                  text
                ) : (
                  <button type="button" class="plain" onClick={() => void actions.select(jump)}>
                    {text}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
