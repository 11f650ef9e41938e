// SPDX-License-Identifier: GPL-2.0-or-later
import type { LanePast } from '../../protocol.js';
import * as actions from '../actions.js';

/** Which events wrote it, the last first: each is a jump. */
export function History({ past }: { readonly past: LanePast | undefined }) {
  if (past === undefined) return <section class="history" aria-busy="true" />;
  if (past.history.length === 0) return null;
  return (
    <section class="history">
      <h3 class="label">Who wrote it</h3>
      <ol>
        {past.history.map(({ number, text, before, after }) => (
          <li key={number}>
            <button type="button" class="plain" onClick={() => void actions.jumpTo(number)}>
              <span class="number">{number}</span> <span class="code">{text}</span>
            </button>
            <p class="faint code">
              {before} → {after}
            </p>
          </li>
        ))}
      </ol>
      {past.moreHistory && <p class="faint">and more before that</p>}
    </section>
  );
}
