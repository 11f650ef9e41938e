// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What inputs say must not steer a terminal: titles, names of files and processes, labels and bad lines can hold any
 * character. Everything that is written goes through `shown`, which lets only those sequences pass that this process made
 * itself: they carry a number that no input can know.
 */
import { type Shown, withoutSteeringBut } from '@specialbit/view/escape';
import pc from 'picocolors';

/** A text in a colour. */
type Paint = (text: string | number | null | undefined) => string;
/** What the command paints with; written out, so that the types of the package need no other. */
export type Colors = Readonly<Record<'bold' | 'cyan' | 'dim' | 'green' | 'inverse' | 'red' | 'yellow', Paint>>;

/**
 * A parameter in front of each sequence of ours, taken out again before it is written: nobody ever sees one that was drawn, so
 * that V8's generator, which the system's entropy seeds, will do. node:crypto takes every command 5 ms to load.
 */
const OWN = String(1e9 + Math.floor(9e9 * Math.random()));
const OURS = new RegExp(`\u001b\\[${OWN};`, 'g');
const butOurs = withoutSteeringBut(`\\u001b\\[${OWN};[0-9;]*m`);

/** Ends all colours, marked as ours. */
export const RESET = `\u001b[${OWN};0m`;

/** Colours of which `shown` knows that they are ours. */
export function ownColors(enabled: boolean): Colors {
  const plain = pc.createColors(enabled);
  if (!enabled) return plain;
  const own = Object.entries(plain).map(([name, paint]) => [
    name,
    typeof paint === 'function' ? (text: string | number | null | undefined) => marked(paint, String(text)) : paint,
  ]);
  return Object.fromEntries(own) as Colors;
}

/** What is painted may hold sequences of ours; all others are escaped before there are more of them. */
function marked(paint: (text: string) => string, text: string): string {
  return paint(shown(text)).replaceAll('\u001b[', `\u001b[${OWN};`);
}

/** The text as it may be written: sequences of ours, and no other. */
export function shown(text: string): Shown {
  return harmless(text).replace(OURS, '\u001b[') as Shown;
}

/** A text that steers, with the program's own sequences around what was made harmless. */
export function steering(words: TemplateStringsArray, ...parts: readonly (Shown | number)[]): Shown {
  return words.map((text, i) => `${text}${parts[i] ?? ''}`).join('') as Shown;
}

/** A stream that takes nothing else: what goes around `shown` does not compile. */
export interface ShownStream {
  write(text: Shown): boolean;
}

/** The same with our sequences still marked, for who goes on working with it. */
export function harmless(text: string): string {
  return butOurs(text);
}
