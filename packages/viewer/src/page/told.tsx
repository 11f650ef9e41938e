// SPDX-License-Identifier: GPL-2.0-or-later
import * as store from './store.js';

/** What became of a recording: one line, and behind it what was left out and chosen. */
export function Told() {
  if (store.reading.value)
    return (
      <p class="told" role="status">
        reading
      </p>
    );
  const [first, ...more] = store.told.value;
  if (first === undefined) return null;
  if (more.length === 0) return <p class="told">{first}</p>;
  return (
    <section class="told" aria-label="What became of the recording">
      <details>
        <summary>{first}</summary>
        <pre>{more.join('\n')}</pre>
      </details>
    </section>
  );
}
