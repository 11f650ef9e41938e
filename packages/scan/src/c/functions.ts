// SPDX-License-Identifier: GPL-2.0-or-later
/** What stands at the top of a C file: functions, and tables of handlers. */
import { type Item, itemsOf } from './items.js';
import type { Node } from './parser.js';

export interface CParameter {
  readonly name: string;
  /** The type without its pointers: `struct vm_fault`. */
  readonly type: string;
}

export interface CFunction {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly isStatic: boolean;
  readonly parameters: readonly CParameter[];
  readonly locals: readonly CLocal[];
  /** It names one of the types which were asked for: of others nothing is kept but their name. */
  readonly isRead: boolean;
  /** In the order in which it runs. */
  readonly items: readonly Item[];
}

export interface CLocal extends CParameter {
  /** The text that it begins as; '' where it begins as nothing. */
  readonly value: string;
}

/** `.fault = foo_fault` in the initializer of a variable, or `x->fault = foo_fault` in a function. */
export interface MemberValue {
  /** `struct vm_operations_struct`, or '' where a member is assigned to. */
  readonly type: string;
  /** The variable that is initialized, or what stands before the member. */
  readonly owner: string;
  readonly member: string;
  /** The text of the value, without `&`. */
  readonly value: string;
  readonly line: number;
}

const lineOf = (node: Node): number => node.startPosition.row + 1;

/** The name that a declarator declares, below its pointers, arrays and parameters. */
function declared(node: Node | null): string | undefined {
  let at = node;
  while (at !== null) {
    if (at.type === 'identifier' || at.type === 'field_identifier') return at.text;
    at = at.childForFieldName('declarator') ?? at.namedChildren.find((child) => child?.type === 'identifier') ?? null;
  }
  return undefined;
}

/** What `#define NAME text` of a file says; not of macros with arguments. */
export function definesOf(root: Node): Map<string, string> {
  const defines = new Map<string, string>();
  for (const node of root.descendantsOfType('preproc_def')) {
    const name = node?.childForFieldName('name')?.text;
    if (name !== undefined) defines.set(name, node?.childForFieldName('value')?.text ?? '');
  }
  return defines;
}

/** What macros with arguments of a file stand for. */
export function macrosOf(root: Node): Map<string, string> {
  const macros = new Map<string, string>();
  for (const node of root.descendantsOfType('preproc_function_def')) {
    const name = node?.childForFieldName('name')?.text;
    if (name !== undefined) macros.set(name, node?.childForFieldName('value')?.text ?? '');
  }
  return macros;
}

/** Every function of a file that has a body; what they do of those whose text has a match of `types`. */
export function functionsOf(root: Node, types: RegExp): CFunction[] {
  const functions: CFunction[] = [];
  for (const node of root.descendantsOfType('function_definition')) {
    const body = node?.childForFieldName('body');
    const declarator = node?.descendantsOfType('function_declarator')[0];
    const name = declared(declarator?.childForFieldName('declarator') ?? null);
    if (!node || !body || !declarator || name === undefined) continue;
    const isStatic = node.namedChildren.some(
      (child) => child?.type === 'storage_class_specifier' && child.text === 'static',
    );
    const asked = types.test(node.text);
    functions.push({
      name,
      line: lineOf(declarator),
      isStatic,
      isRead: asked,
      parameters: asked ? parametersOf(declarator) : [],
      locals: asked ? localsOf(body) : [],
      items: asked ? itemsOf(body) : [],
    });
  }
  return functions;
}

function parametersOf(declarator: Node): CParameter[] {
  const list = declarator.childForFieldName('parameters');
  const parameters: CParameter[] = [];
  for (const node of list?.namedChildren ?? []) {
    if (node?.type !== 'parameter_declaration') continue;
    parameters.push({
      name: declared(node.childForFieldName('declarator')) ?? '',
      type: node.childForFieldName('type')?.text ?? '',
    });
  }
  return parameters;
}

function localsOf(body: Node): CLocal[] {
  const locals: CLocal[] = [];
  for (const node of body.descendantsOfType('declaration')) {
    const type = node?.childForFieldName('type')?.text ?? '';
    for (const child of node?.namedChildren ?? []) {
      if (child === null || !/declarator|identifier/.test(child.type) || child.type === 'type_identifier') continue;
      const name = declared(child);
      if (name !== undefined) locals.push({ name, type, value: child.childForFieldName('value')?.text ?? '' });
    }
  }
  return locals;
}

/** Members of structures that are given a name, in initializers and assignments anywhere in the file. */
export function memberValues(root: Node): MemberValue[] {
  const values: MemberValue[] = [];
  for (const pair of root.descendantsOfType('initializer_pair')) {
    const member = pair?.childForFieldName('designator');
    const value = pair?.childForFieldName('value');
    if (!pair || !value || member?.type !== 'field_designator') continue;
    if (!NAME.test(value.text)) continue;
    const { type, owner } = variableOf(pair);
    values.push({ type, owner, member: member.text.slice(1), value: value.text.replace(/^&/, ''), line: lineOf(pair) });
  }
  for (const node of root.descendantsOfType('assignment_expression')) {
    const [left, right] = [node?.childForFieldName('left'), node?.childForFieldName('right')];
    if (!node || left?.type !== 'field_expression' || !right || !NAME.test(right.text)) continue;
    const member = left.childForFieldName('field')?.text ?? '';
    const owner = left.childForFieldName('argument')?.text ?? '';
    values.push({ type: '', owner, member, value: right.text.replace(/^&/, ''), line: lineOf(node) });
  }
  return values;
}

const NAME = /^&?[A-Za-z_]\w*$/;

function variableOf(pair: Node): { type: string; owner: string } {
  let at = pair.parent;
  while (at !== null && at.type !== 'init_declarator') {
    // a structure within a table of them
    if (at.type === 'compound_literal_expression') return { type: at.childForFieldName('type')?.text ?? '', owner: '' };
    at = at.parent;
  }
  const type = at?.parent?.childForFieldName('type')?.text ?? '';
  return { type, owner: declared(at ?? null) ?? '' };
}
