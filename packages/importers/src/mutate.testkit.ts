// SPDX-License-Identifier: GPL-2.0-or-later
/** What mailers, terminals, loggers and people do to a text before it is pasted. */
import fc from 'fast-check';

/** What stands before a line in a log, or in a mail. */
const PREFIXES = [
  '> ',
  '> > ',
  '| ',
  '[  904.280569] ',
  '[   69.035060] [ T2593] ',
  '[    1.000000][    C0] ',
  '<1>',
  '<6>[  123.456789] ',
  'Mar  6 10:13:53 host kernel: [8883126.929572] ',
  '18:49:56 kernel: ',
  'mars 06 10:13:53 hôte kernel[1]: ',
  '2024-01-01T10:00:00.123456+01:00 host kernel: ',
  'kern  :alert : [  101.000001] ',
  '[Mon Mar  6 10:13:53 2018] ',
  '01-01 12:00:00.000     0     0 E BUG     : ',
  '&gt; ',
  '\u001b[31m',
  '    ',
  '\t',
];
const FOREIGN = [
  '',
  'usb 1-1: new high-speed USB device number 2 using xhci_hcd',
  'audit: type=1400 audit(1.1:1): apparmor="DENIED"',
  'strace: Process 31545 attached',
  '$ cat trace',
  '# a comment',
  '--',
  '[snip]',
  'On Mon, Mar 6, 2018 at 10:13 AM Someone <someone@example.com> wrote:',
  '{"a":1}',
  '\u0000\u0001\ufffd',
  ')',
  '(',
  '= 0x7f0000000000',
  '<unfinished ...>',
];
const CHARACTERS = [
  '',
  ' ',
  '0',
  'f',
  'x',
  '(',
  ')',
  '<',
  '>',
  '=',
  ':',
  ',',
  '"',
  '\\',
  '-',
  '[',
  ']',
  '\u0000',
  '{',
  '}',
  '9999999999999999',
];

export type Mutation = (lines: readonly string[]) => string[];

const place = fc.nat(10_000);
const at = <T>(of: readonly T[], n: number): T => of[n % of.length]!;

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // a prefix before every line, or before some
  fc.tuple(fc.constantFrom(...PREFIXES), fc.nat(3)).map(
    ([prefix, every]): Mutation =>
      (lines) =>
        lines.map((line, i) => (i % (every + 1) === 0 ? prefix + line : line)),
  ),
  // wrapped at a column, as a mailer does, with or without the quote on what follows
  fc.tuple(fc.integer({ min: 20, max: 100 }), fc.constantFrom('', '> ', ' ')).map(
    ([column, quote]): Mutation =>
      (lines) =>
        lines.flatMap((line) => wrapped(line, column, quote)),
  ),
  // cut off: at the start, at the end, within
  place.map(
    (n): Mutation =>
      (lines) =>
        lines.slice(n % (lines.length + 1)),
  ),
  place.map(
    (n): Mutation =>
      (lines) =>
        lines.slice(0, n % (lines.length + 1)),
  ),
  fc.tuple(place, place).map(
    ([n, column]): Mutation =>
      (lines) =>
        replace(lines, n, (line) => line.slice(0, column % (line.length + 1))),
  ),
  fc.tuple(place, place).map(
    ([n, column]): Mutation =>
      (lines) =>
        replace(lines, n, (line) => line.slice(column % (line.length + 1))),
  ),
  // broken in two, or two made one
  fc.tuple(place, place).map(
    ([n, column]): Mutation =>
      (lines) =>
        lines.flatMap((line, i) =>
          i === n % lines.length
            ? [line.slice(0, column % (line.length + 1)), line.slice(column % (line.length + 1))]
            : [line],
        ),
  ),
  place.map(
    (n): Mutation =>
      (lines) =>
        lines.flatMap((line, i) =>
          i === n % lines.length ? [] : [i === (n + 1) % lines.length ? at(lines, n) + line : line],
        ),
  ),
  // lines of something else, lines twice, lines in another order, lines that are gone
  fc.tuple(place, fc.constantFrom(...FOREIGN)).map(
    ([n, line]): Mutation =>
      (lines) =>
        lines.toSpliced(n % (lines.length + 1), 0, line),
  ),
  fc.tuple(place, place).map(
    ([n, m]): Mutation =>
      (lines) =>
        lines.length === 0 ? [] : lines.toSpliced(n % lines.length, 0, at(lines, m)),
  ),
  fc.tuple(place, place).map(
    ([n, m]): Mutation =>
      (lines) =>
        lines.length === 0
          ? []
          : [...lines.slice(n % lines.length), ...lines.slice(0, n % lines.length)].toSpliced(m % lines.length, 1),
  ),
  // a text that another CPU or process writes at the same time
  fc.nat(3).map(
    (n): Mutation =>
      (lines) =>
        lines.flatMap((line, i) => [line, at(lines, i + n + 1)]),
  ),
  // a character for another
  fc.tuple(place, place, fc.constantFrom(...CHARACTERS)).map(
    ([n, column, character]): Mutation =>
      (lines) =>
        replace(
          lines,
          n,
          (line) =>
            line.slice(0, column % (line.length + 1)) + character + line.slice((column % (line.length + 1)) + 1),
        ),
  ),
  // transfer encodings
  fc.constant<Mutation>((lines) => lines.map((line) => line.replaceAll('=', '=3D'))),
  fc.constant<Mutation>((lines) => lines.map((line) => line.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))),
  fc.constant<Mutation>((lines) => lines.map((line) => `${line}\r`)),
);

function wrapped(line: string, column: number, quote: string): string[] {
  if (line.length <= column) return [line];
  const blank = line.lastIndexOf(' ', column);
  const cut = blank > 10 ? blank : column;
  return [
    line.slice(0, cut),
    ...wrapped(`${quote}${line.slice(cut + (blank > 10 ? 1 : 0))}`.slice(0, line.length - 1), column, quote),
  ];
}

const replace = (lines: readonly string[], n: number, edit: (line: string) => string): string[] =>
  lines.map((line, i) => (i === n % lines.length ? edit(line) : line));
