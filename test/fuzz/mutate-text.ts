// SPDX-License-Identifier: GPL-2.0-or-later
/** Texts as mailers, terminals, loggers, other processes, people and enemies leave them. */
import { HEX, MARKUP_TEXTS, NAMES, NUMBERS, STEERING_TEXTS } from './hostile.js';
import type { Random } from './random.js';

const PREFIXES = [
  '> ',
  '[  904.280569] ',
  '[    1.000000][    C0] ',
  '<6>[  123.456789] ',
  'Mar  6 10:13:53 host kernel: [8883126.929572] ',
  '&gt; ',
  '\u001b[31m',
  '    ',
  '\t',
];
const CHARACTERS = '0f x()<>=:,"\\-[]{}|/*;#\u0000\u001b\u202e9'.split('');

type Mutation = (lines: string[], random: Random) => string[];

const at = (lines: readonly string[], random: Random): number => random.below(lines.length);

const replaced = (lines: readonly string[], random: Random, edit: (line: string) => string): string[] =>
  lines.length === 0 ? [] : lines.with(at(lines, random), edit(lines[at(lines, random)]!));

/** Another number, or a text, in the place of one of a line's numbers. */
function otherNumber(line: string, random: Random): string {
  const numbers = [...line.matchAll(/0x[0-9a-f]+|[0-9a-f]{6,}|\d+/gi)];
  if (numbers.length === 0) return line;
  const { index, 0: text } = random.pick(numbers);
  return line.slice(0, index) + random.pick(random.once(2) ? HEX : NUMBERS) + line.slice(index + text.length);
}

/** Another word in the place of one of a line's. */
function otherWord(line: string, random: Random): string {
  const words = [...line.matchAll(/[A-Za-z_][\w./-]*/g)];
  if (words.length === 0) return line;
  const { index, 0: text } = random.pick(words);
  const other = random.pick([...STEERING_TEXTS, ...MARKUP_TEXTS, ...NAMES]).replaceAll('\n', ' ');
  return line.slice(0, index) + other + line.slice(index + text.length);
}

const MUTATIONS: readonly Mutation[] = [
  (lines, random) => replaced(lines, random, (line) => otherNumber(line, random)),
  (lines, random) => replaced(lines, random, (line) => otherNumber(line, random)),
  (lines, random) => replaced(lines, random, (line) => otherWord(line, random)),
  (lines, random) => replaced(lines, random, (line) => otherWord(line, random)),
  (lines, random) => {
    const prefix = random.pick(PREFIXES);
    const every = 1 + random.below(4);
    return lines.map((line, i) => (i % every === 0 ? prefix + line : line));
  },
  (lines, random) => {
    const column = 20 + random.below(80);
    return lines.flatMap((line) => (line.length <= column ? [line] : [line.slice(0, column), line.slice(column)]));
  },
  (lines, random) => lines.slice(random.below(lines.length)),
  (lines, random) => lines.slice(0, 1 + random.below(lines.length)),
  (lines, random) => replaced(lines, random, (line) => line.slice(0, random.below(line.length + 1))),
  (lines, random) => replaced(lines, random, (line) => line.slice(random.below(line.length + 1))),
  (lines, random) => lines.toSpliced(at(lines, random), 1),
  (lines, random) => lines.toSpliced(at(lines, random), 0, lines[at(lines, random)] ?? ''),
  (lines, random) => lines.toSpliced(at(lines, random), 0, lines[at(lines, random)] ?? '', random.pick(STEERING_TEXTS)),
  (lines, random) => {
    const n = at(lines, random);
    return [...lines.slice(n), ...lines.slice(0, n)];
  },
  (lines, random) => {
    const n = random.below(4);
    return lines.flatMap((line, i) => [line, lines[(i + n) % lines.length]!]);
  },
  (lines, random) =>
    replaced(lines, random, (line) => {
      const column = random.below(line.length + 1);
      return line.slice(0, column) + random.pick(CHARACTERS) + line.slice(column + random.below(2));
    }),
  (lines, random) => replaced(lines, random, (line) => line.repeat(1 + random.below(random.once(20) ? 3000 : 3))),
  (lines) => lines.map((line) => `${line}\r`),
  (lines) => lines.map((line) => line.replaceAll('<', '&lt;').replaceAll('=', '=3D')),
];

/** At most so many lines: a text is to be read in milliseconds. */
const LINES = 300;

export function mutateText(text: string, random: Random): string {
  let lines = text.split('\n');
  const from = lines.length > LINES ? random.below(lines.length - LINES) : 0;
  lines = lines.slice(from, from + LINES);
  for (let n = random.below(6); n > 0; n--)
    lines = random
      .pick(MUTATIONS)(lines, random)
      .slice(0, 2 * LINES);
  return lines.join('\n');
}
