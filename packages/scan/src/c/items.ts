// SPDX-License-Identifier: GPL-2.0-or-later
/** What a function does, as text: kept when the tree of its file is gone. */
import type { Node } from './parser.js';
import { type Guard, walkBody } from './walk.js';

interface At {
  /** From 1. */
  readonly line: number;
  readonly guards: readonly Guard[];
}

export type Item = At &
  (
    | {
        readonly kind: 'call';
        readonly name: string;
        /** It is called by a name, and not through a member of a structure. */
        readonly named: boolean;
        readonly args: readonly string[];
      }
    | {
        readonly kind: 'assign';
        readonly to: string;
        /** `owner->member`, where it is a member. */
        readonly owner: string;
        readonly member: string;
        readonly operator: string;
        readonly value: string;
      }
    /** A condition under which the function is left. */
    | { readonly kind: 'leaves'; readonly text: string }
    | { readonly kind: 'condition'; readonly text: string }
  );

export function itemsOf(body: Node): Item[] {
  const items: Item[] = [];
  const at = (node: Node, guards: readonly Guard[]): At => ({ line: node.startPosition.row + 1, guards });
  walkBody(body, {
    call: (node, guards) => {
      const callee = node.childForFieldName('function');
      const args = (node.childForFieldName('arguments')?.namedChildren ?? []).flatMap((child) =>
        child === null || child.type === 'comment' ? [] : [child.text],
      );
      const named = callee?.type === 'identifier';
      items.push({ ...at(node, guards), kind: 'call', name: callee?.text ?? '', named, args });
    },
    assign: (node, guards) => {
      const [left, right] = [node.childForFieldName('left'), node.childForFieldName('right')];
      if (left === null || right === null) return;
      const isMember = left.type === 'field_expression';
      items.push({
        ...at(node, guards),
        kind: 'assign',
        to: left.text,
        owner: isMember ? (left.childForFieldName('argument')?.text ?? '') : '',
        member: isMember ? (left.childForFieldName('field')?.text ?? '') : '',
        operator: node.childForFieldName('operator')?.text ?? '=',
        value: right.text,
      });
    },
    leaves: (node, guards, negated) =>
      items.push({ ...at(node, guards), kind: 'leaves', text: negated ? `!(${node.text})` : node.text }),
    condition: (node) => items.push({ ...at(node, []), kind: 'condition', text: node.text }),
  });
  return items;
}
