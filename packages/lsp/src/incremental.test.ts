// SPDX-License-Identifier: GPL-2.0-or-later
/** What is said of a log after many edits is what would be said of it had it been opened as it is. */
import { readFileSync } from 'node:fs';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { LaneNames } from '@specialbit/view';
import { expect, it } from 'vitest';
import { diagnosticsOf } from './features/diagnostics.js';
import { hoverAt } from './features/hover.js';
import { lensesOf } from './features/lenses.js';
import { symbolsOf } from './features/outline.js';
import { Schemas } from './schemas.js';
import { Session, type Shop } from './session.js';

const known = [...x86, ...nospecial];
const shop: Shop = { architectures: () => known, lanes: new LaneNames(() => known), schemas: new Schemas() };
const LANES = ['x86_64', 'arm'];
const read = (name: string): string =>
  readFileSync(new URL(`../../../examples/${name}.jsonl`, import.meta.url), 'utf8');

/** A small generator of numbers, so that each run is the same. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = [
  '"',
  '{',
  '}',
  '\n',
  ',',
  'bo[0]',
  '#',
  '\u0000',
  '[[[[',
  '{"type":"exit"}\n',
  '\r\n',
  '{"specialbit":1}\n',
  'é',
];

function edited(lines: readonly string[], draw: (below: number) => number, original: readonly string[]): string[] {
  const next = [...lines];
  const at = draw(next.length + 1);
  const line = next[at] ?? '';
  const cut = draw(line.length + 1);
  const what = draw(6);
  if (what === 0) next.splice(at, 1);
  else if (what === 1) next.splice(at, 0, original[draw(original.length)]!);
  else if (what === 2) next[at] = line.slice(0, cut) + PIECES[draw(PIECES.length)]! + line.slice(cut);
  else if (what === 3) next[at] = line.slice(0, cut);
  // and back to what it was, as one that undoes does
  else return what === 4 ? [...original] : next.map((own, i) => (i === at ? (original[i] ?? own) : own));
  return next.join('\n').split('\n');
}

const all = (steps: Iterable<void>): void => {
  for (const _ of steps);
};

function said(session: Session): unknown {
  all(session.findings.play());
  const { document } = session;
  const hovers = document.lines.map((_, line) => hoverAt(session, { line, character: 0 }));
  return [diagnosticsOf(session), lensesOf(session, 'log'), symbolsOf(document), hovers];
}

it.each([
  ['s01-same-driver', 1],
  ['s10-binder', 2],
])('%s, edited', (name, seed) => {
  const original = read(name).split('\n');
  const draw = numbers(seed);
  let lines = original;
  let session = Session.open(shop, 'log', lines.join('\n'), LANES);
  for (let round = 0; round < 60; round++) {
    lines = edited(lines, draw, original);
    session = Session.open(shop, 'log', lines.join('\n'), LANES, session);
    // sometimes one types on before anything was played
    if (draw(3) === 0) continue;
    const fresh = Session.open(shop, 'log', lines.join('\n'), LANES);
    expect(said(session), lines.join('\n')).toEqual(said(fresh));
  }
});
