// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneMoment } from '../../protocol.js';
import * as actions from '../actions.js';
import { firstVma } from '../store.js';

/** Of a process with more mappings than fit: which of them are shown, and the way to the others. */
export function VmaPager({ lane }: { readonly lane: LaneMoment }) {
  const { firstVma: first, totalVmas: total, vmas } = lane;
  if (vmas.length >= total) return null;
  const to = (n: number): void => {
    firstVma.value = Math.max(0, n);
    void actions.refresh();
  };
  return (
    <p class="pager">
      <button type="button" disabled={first === 0} onClick={() => to(first - vmas.length)}>
        before
      </button>
      <input
        type="range"
        min={0}
        max={total - vmas.length}
        value={first}
        aria-label="First of the VMAs that are shown"
        aria-valuetext={`VMA ${first + 1} of ${total}`}
        onInput={(event) => to(Number(event.currentTarget.value))}
      />
      <span>
        VMAs {(first + 1).toLocaleString('en')} to {(first + vmas.length).toLocaleString('en')} of{' '}
        {total.toLocaleString('en')}
      </span>
      <button type="button" disabled={first + vmas.length >= total} onClick={() => to(first + vmas.length)}>
        behind
      </button>
    </p>
  );
}
