// SPDX-License-Identifier: GPL-2.0-or-later
/** The facts of mechanisms in words. */
import type { Profile } from '@specialbit/core';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, table, wrap } from '../text/table.js';
import { kernelFacts, type NamedFacts, partsOf } from './kernel-facts.js';

/** One line for each event and each part: its kernel function, and how much it asks and omits. */
export function factsTable({ color }: Painted, profile?: Profile): string[] {
  const all = kernelFacts(profile);
  const rows = (kind: NamedFacts['kind'], title: string): string[][] => [
    [title, 'kernel function', 'file', 'asks', 'omits'].map(color.dim),
    ...all
      .filter((facts) => facts.kind === kind)
      .map(({ name, function: kernelFunction, file, comes, features, facts, omits }) => [
        name,
        kernelFunction,
        comes === undefined ? file : `comes with ${comes}`,
        String(features.length + facts.length),
        String(omits.length),
      ]),
  ];
  const options = { align: 'lllrr' };
  return [...table(rows('event', 'event'), options), '', ...table(rows('part', 'part'), options)];
}

/** Everything of one event or part, and of the parts that it goes through. */
export function factsLines(facts: NamedFacts, painted: Painted, profile?: Profile): string[] {
  const { color } = painted;
  const lines = [...ownLines(facts, painted)];
  for (const part of partsOf(facts, profile)) lines.push('', ...ownLines(part, painted));
  if (facts.through.length > 0)
    lines.splice(1, 0, ...wrap(`through ${facts.through.join(', ')}`, MAIL_WIDTH, '    ').map(color.dim));
  return lines;
}

function ownLines(
  { name, kind, function: kernelFunction, file, comes, features, facts, omits }: NamedFacts,
  { color }: Painted,
): string[] {
  const what = name === kernelFunction ? '' : `: ${kernelFunction}()`;
  const where = comes === undefined ? file : `which comes with ${comes}`;
  const lines = [color.bold(`${kind === 'part' ? 'part ' : ''}${name}${what}, ${where}`)];
  if (features.length > 0) lines.push(...wrap(`asks a kernel for ${features.join(', ')}`, MAIL_WIDTH, '    '));
  if (facts.length > 0) lines.push(...wrap(`asks an architecture for ${facts.join(', ')}`, MAIL_WIDTH, '    '));
  for (const omitted of omits) {
    const [first, ...more] = wrap(omitted, MAIL_WIDTH - 10);
    lines.push(`    omits ${first}`, ...more.map((line) => `          ${line}`));
  }
  if (omits.length === 0) lines.push('    omits nothing of its own');
  return lines;
}
