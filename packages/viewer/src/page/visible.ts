// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What inputs say must not steer what is read: titles, names of files, labels and bad lines can hold any character.
 * Those that turn the direction of a text, and controls, are shown by their numbers, wherever they come to be shown.
 */
import { withoutSteering as visible } from '@specialbit/view/escape';
import { type ComponentChildren, options, type VNode } from 'preact';

export { visible };

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
