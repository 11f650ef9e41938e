// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneSelection } from '../../protocol.js';

/** From the top of the page table to the entry. */
export function Walk({ levels }: { readonly levels: LaneSelection['walk'] }) {
  return (
    <section class="walk">
      <h3 class="label">Way through the page table</h3>
      <ol>
        {levels.map(({ name, index, entries, bits, leaf, covers }) => (
          <li key={name} class={leaf ? 'leaf' : ''} title={`bits ${bits} of the address; one entry covers ${covers}`}>
            <span class="code">{name.toUpperCase()}</span>
            <span class="code number">[{index}]</span>
            <span class="faint number">of {entries}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
