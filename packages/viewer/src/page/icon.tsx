// SPDX-License-Identifier: GPL-2.0-or-later
/** Signs on buttons that travel. Each stands beside words, or in a button that has a name. */

const SHAPES = {
  start: 'M3 2h2v12H3zM11 2l2 2-4 4 4 4-2 2-6-6z',
  back: 'M9 2l2 2-4 4 4 4-2 2-6-6z',
  on: 'M7 2 5 4l4 4-4 4 2 2 6-6z',
  end: 'M11 2h2v12h-2zM5 2 3 4l4 4-4 4 2 2 6-6z',
  play: 'M4 2l10 6-10 6z',
  stop: 'M3 2h4v12H3zM9 2h4v12H9z',
} as const;

export function Icon({ name }: { readonly name: keyof typeof SHAPES }) {
  return (
    <svg class="sign" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  );
}
