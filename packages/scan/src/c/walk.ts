// SPDX-License-Identifier: GPL-2.0-or-later
/** The expressions of a function in the order in which they run, each with the conditions that it stands under. */
import type { Node } from './parser.js';

export interface Guard {
  /** The text of the condition. */
  readonly condition: string;
  /** Which side of it; branches of one `if` or `#if` exclude each other. */
  readonly branch: number;
  readonly id: number;
  /** A loop's body: it runs for each page, not only if. */
  readonly loop: boolean;
  /** What stands on this side returns at its end: what comes behind does not run then. */
  readonly returns?: true;
}

export interface Visitor {
  /** A call, behind the calls in its arguments. */
  call(node: Node, guards: readonly Guard[]): void;
  assign(node: Node, guards: readonly Guard[]): void;
  /** A condition under which the function is left, or gone to where it is; `negated`: under whose contrary. */
  leaves(condition: Node, guards: readonly Guard[], negated: boolean): void;
  /** A condition of any kind. */
  condition(node: Node): void;
}

/** Walks a function's body. */
export function walkBody(body: Node, visitor: Visitor): void {
  new Walk(visitor).statement(body, []);
}

class Walk {
  constructor(private readonly visitor: Visitor) {}

  statement(node: Node, guards: readonly Guard[]): void {
    switch (node.type) {
      case 'if_statement':
        this.branch(node, guards);
        return;
      case 'preproc_if':
      case 'preproc_ifdef':
      case 'preproc_elif':
        this.preprocessor(node, guards);
        return;
      case 'for_statement':
      case 'while_statement':
      case 'do_statement':
        this.loop(node, guards);
        return;
      case 'switch_statement':
        this.cases(node, guards);
        return;
      case 'call_expression':
        for (const child of node.childForFieldName('arguments')?.namedChildren ?? [])
          if (child) this.statement(child, guards);
        this.visitor.call(node, guards);
        return;
      case 'assignment_expression':
        this.children(node, guards);
        this.visitor.assign(node, guards);
        return;
      case 'conditional_expression':
        this.ternary(node, guards);
        return;
      default:
        this.children(node, guards);
    }
  }

  private children(node: Node, guards: readonly Guard[]): void {
    for (const child of node.namedChildren) if (child) this.statement(child, guards);
  }

  private branch(node: Node, guards: readonly Guard[]): void {
    const condition = node.childForFieldName('condition');
    const consequence = node.childForFieldName('consequence');
    const alternative = node.childForFieldName('alternative');
    if (condition === null || consequence === null) return;
    this.statement(condition, guards);
    this.visitor.condition(condition);
    if (leaves(consequence)) this.visitor.leaves(condition, guards, false);
    else if (alternative !== null && leaves(otherSide(alternative))) this.visitor.leaves(condition, guards, true);
    const guard = { condition: condition.text, id: node.id, loop: false };
    this.statement(consequence, [...guards, { ...guard, branch: 0, ...returning(consequence) }]);
    if (alternative !== null)
      this.statement(alternative, [...guards, { ...guard, branch: 1, ...returning(otherSide(alternative)) }]);
  }

  private preprocessor(node: Node, guards: readonly Guard[]): void {
    const name = node.childForFieldName('name') ?? node.childForFieldName('condition');
    const alternative = node.childForFieldName('alternative');
    const guard = { condition: `#if ${name?.text ?? ''}`, id: node.id, loop: false };
    for (const child of node.namedChildren) {
      if (child === null || child.id === name?.id || child.id === alternative?.id) continue;
      this.statement(child, [...guards, { ...guard, branch: 0 }]);
    }
    if (alternative !== null) this.statement(alternative, [...guards, { ...guard, branch: 1 }]);
  }

  private loop(node: Node, guards: readonly Guard[]): void {
    const condition = node.childForFieldName('condition');
    if (condition !== null) this.visitor.condition(condition);
    const body = node.childForFieldName('body');
    for (const child of node.namedChildren) if (child && child.id !== body?.id) this.statement(child, guards);
    const guard = { condition: condition?.text ?? '', id: node.id, branch: 0, loop: true };
    if (body !== null) this.statement(body, [...guards, guard]);
  }

  private cases(node: Node, guards: readonly Guard[]): void {
    const condition = node.childForFieldName('condition');
    if (condition !== null) {
      this.statement(condition, guards);
      this.visitor.condition(condition);
    }
    let branch = 0;
    for (const child of node.childForFieldName('body')?.namedChildren ?? []) {
      if (child === null) continue;
      const text = `${condition?.text ?? ''} ${child.childForFieldName('value')?.text ?? 'default'}`;
      this.statement(child, [...guards, { condition: text, id: node.id, branch: branch++, loop: false }]);
    }
  }

  private ternary(node: Node, guards: readonly Guard[]): void {
    const condition = node.childForFieldName('condition');
    if (condition !== null) {
      this.statement(condition, guards);
      this.visitor.condition(condition);
    }
    const guard = { condition: condition?.text ?? '', id: node.id, loop: false };
    for (const [branch, name] of ['consequence', 'alternative'].entries()) {
      const side = node.childForFieldName(name);
      if (side !== null) this.statement(side, [...guards, { ...guard, branch }]);
    }
  }
}

/** What stands behind `else`. */
const otherSide = (alternative: Node): Node => alternative.namedChildren.find((child) => child !== null) ?? alternative;

const returning = (node: Node): { returns?: true } =>
  lastOf(node)?.type === 'return_statement' ? { returns: true } : {};

/** Does a statement end in leaving the function, or in going to where that is done? */
function leaves(node: Node): boolean {
  const last = lastOf(node);
  return last?.type === 'return_statement' || last?.type === 'goto_statement';
}

const lastOf = (node: Node): Node | null | undefined =>
  node.type === 'compound_statement' ? node.namedChildren.filter((child) => child?.type !== 'comment').at(-1) : node;
