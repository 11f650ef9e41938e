// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What inputs say must not steer what is read: titles, names of files, labels and bad lines can hold any character.
 * Those that turn the direction of a text, and controls, are shown by their numbers, wherever they come to be shown.
 */
import { type ComponentChildren, options, type VNode } from 'preact';

/** Control characters but tab and newline, what turns the direction of a text, and line separators. */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with such characters as JSON writes them. */
export function visible(text: string): string {
  return text.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Attributes that are shown, or read out. */
const SHOWN = ['title', 'aria-label', 'aria-valuetext'] as const;

/** From now on whatever is drawn is visible. What stands in a field is left as it is: it is somebody's text. */
export function makeVisible(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    if (typeof vnode.type === 'string') change(vnode as Parameters<typeof change>[0]);
    before?.(vnode);
  };
}

function change({ props }: VNode<{ [name: string]: unknown; children?: ComponentChildren }>): void {
  for (const name of SHOWN) {
    const text = props[name];
    if (typeof text === 'string') props[name] = visible(text);
  }
  props.children = shown(props.children);
}

function shown(children: ComponentChildren): ComponentChildren {
  if (typeof children === 'string') return visible(children);
  return Array.isArray(children) ? children.map(shown) : children;
}
