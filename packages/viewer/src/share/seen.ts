// SPDX-License-Identifier: GPL-2.0-or-later
/** What real kernels did with the events of a log, as a link holds it: of a proof only what the page shows. */
import { InputError } from '@specialbit/view';

/** A lane of which there is a proof. */
export interface SeenOnKernel {
  readonly lane: string;
  /** The kernel that was booted, `6.12.117`, and the day; null: the proof does not say. */
  readonly release: string;
  readonly date: string | null;
  /** Numbers of the events that the kernel carried out as the model does, and of those that it did not, ascending. */
  readonly agreed: readonly number[];
  readonly differs: readonly number[];
}

const NUMBERS = /^(?:\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*)?$/;
/** Events of one proof; the laboratory plays no longer logs. */
const MOST = 100_000;

/** `x86_64@6.12~6.12.117~2026-11-30~1-4,6~5`, with `;` between lanes. */
export function encodeSeen(seen: readonly SeenOnKernel[]): string {
  return seen
    .map(({ lane, release, date, agreed, differs }) =>
      [lane, release, date ?? '', runs(agreed), runs(differs)].join('~'),
    )
    .join(';');
}

/** Throws InputError. */
export function decodeSeen(text: string): SeenOnKernel[] {
  return text.split(';').map((part) => {
    const parts = part.split('~');
    const [lane = '', release = '', date = '', agreed = '', differs = ''] = parts;
    const fits = /^[\w.@+-]+$/.test(lane) && /^[\w.+-]+$/.test(release) && /^(?:\d{4}-\d\d-\d\d)?$/.test(date);
    if (!fits || parts.length !== 5 || !NUMBERS.test(agreed) || !NUMBERS.test(differs))
      throw new InputError(
        'input.link',
        `link: seen: expected lane~release~date~events~events, found ${JSON.stringify(part.slice(0, 80))}`,
      );
    return { lane, release, date: date === '' ? null : date, agreed: numbers(agreed), differs: numbers(differs) };
  });
}

function runs(ascending: readonly number[]): string {
  const found: [number, number][] = [];
  for (const n of ascending) {
    const last = found.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

function numbers(text: string): number[] {
  const found: number[] = [];
  for (const run of text === '' ? [] : text.split(',')) {
    const [from = 0, to = from] = run.split('-').map(Number);
    for (let n = from; n <= to && found.length < MOST; n++) found.push(n);
  }
  return found;
}
