// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Characters that are not shown but obeyed, in any medium: control characters but tab and newline, what turns the direction
 * of a text, separators of lines, and what is no character at all. The one list of them.
 */

/** As a part of a regular expression with the flag `u`. */
const STEERING_CLASS =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff]|\\p{Surrogate}';

const STEERING = new RegExp(STEERING_CLASS, 'gu');

/** As JSON would have the character, so that JSON stays what it is. */
const seen = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with what steers written out. */
export function withoutSteering(text: string): string {
  return text.replace(STEERING, seen);
}

/** The same for a text in which sequences of a pattern may stay: those that a program made itself. */
export function withoutSteeringBut(except: string): (text: string) => string {
  const pattern = new RegExp(`(${except})|${STEERING_CLASS}`, 'gu');
  return (text) => text.replace(pattern, (found, kept: string | undefined) => kept ?? seen(found));
}
