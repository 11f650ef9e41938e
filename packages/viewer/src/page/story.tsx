// SPDX-License-Identifier: GPL-2.0-or-later
import * as store from './store.js';

/** What the log tells, in its own sentences. */
export function Story() {
  const { description } = store.opened.value!;
  if (description.length === 0) return null;
  return (
    <section class="story" tabIndex={0} aria-label="Story">
      <h2 class="label">Story</h2>
      {description.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
}
