// SPDX-License-Identifier: GPL-2.0-or-later
import type { Checker } from './checker.js';
import type { Pte } from './contract.js';
import { hex } from './mask.js';
import { formatPte, pteValue } from './raw.js';

type Property = 'write' | 'dirty' | 'young' | 'special';
/** What each operation is for, and the answer it has to bring about. */
const EFFECTS: readonly (readonly [op: string, property: Property, answer: boolean])[] = [
  ['mkwrite', 'write', true],
  ['mkwrite_vma', 'write', true],
  ['wrprotect', 'write', false],
  ['mkdirty', 'dirty', true],
  ['mkclean', 'dirty', false],
  ['mkyoung', 'young', true],
  ['mkold', 'young', false],
  ['mkspecial', 'special', true],
];
const PROPERTIES: readonly Property[] = ['write', 'dirty', 'young', 'special'];
/** Histories from which an operation can start. */
const HISTORIES: readonly (readonly string[])[] = [
  [],
  ['mkdirty'],
  ['mkyoung'],
  ['mkold'],
  ['mkwrite'],
  ['wrprotect'],
  ['mkspecial'],
  ['mkclean'],
  ['mkdirty', 'mkwrite'],
  ['mkwrite', 'mkdirty'],
  ['mkwrite', 'mkdirty', 'wrprotect'],
];

/** The operations do to every entry that the kernel can make what their names say, and nothing else. */
export function checkOperations(c: Checker): void {
  const { codec, layout } = c;
  if (!codec.none(codec.empty) || codec.present(codec.empty)) {
    c.fail(
      'empty',
      'layout.empty',
      `the empty entry ${hex(layout.empty)} ${codec.present(codec.empty) ? 'is present' : 'is not none'}`,
      'pte_clear must leave an entry for which pte_none holds: correct empty or tests.none',
    );
  }
  const hasSpecial = layout.tests.special.kind !== 'const';
  const effects = EFFECTS.filter(([op, property]) => codec.ops[op] && (property !== 'special' || hasSpecial));
  checkPfnRoundTrip(c);
  const prots = protections(c);
  for (const state of states(c)) {
    for (const [op, property, answer] of effects) checkEffect(c, state, op, property, answer);
    checkModify(c, state, hasSpecial ? PROPERTIES : PROPERTIES.slice(0, 3), prots);
  }
}

/** Entries of all protections but PROT_NONE, after each history; each value once. */
function states(c: Checker): readonly Pte[] {
  const { codec } = c;
  const found = new Map<string, Pte>();
  for (let i = 1; i < 16; i++) {
    if (i === 8) continue;
    for (const history of HISTORIES) {
      const p: Pte = { lo: 0, hi: 0 };
      codec.pfn_pte(p, 5, codec.protection_map[i] as Pte);
      for (const op of history) codec.ops[op]?.(p);
      found.set(formatPte(p), p);
    }
  }
  return [...found.values()];
}

/** The protection map without repetitions. */
function protections(c: Checker): readonly Readonly<Pte>[] {
  return [...new Map(c.codec.protection_map.map((prot) => [formatPte(prot), prot])).values()];
}

function checkEffect(c: Checker, state: Readonly<Pte>, op: string, property: Property, answer: boolean): void {
  const { codec } = c;
  const p = { ...state };
  codec.ops[op]?.(p);
  if (codec[property](p) !== answer) {
    c.fail(
      op,
      'layout.operation',
      `${op} turns ${show(state)} into ${show(p)}, for which ${property} ${answer ? 'does not hold' : 'still holds'}`,
      `Let ops.${op} ${answer ? 'set' : 'clear'} what tests.${property} looks at`,
    );
  }
  if (codec.pfn(p) !== codec.pfn(state)) {
    c.fail(
      `${op}-pfn`,
      'layout.operation',
      `${op} turns ${show(state)} into ${show(p)} and so pfn ${codec.pfn(state)} into ${codec.pfn(p)}`,
      `Keep ops.${op} out of the pfn field (${hex(c.pfnMask)})`,
    );
  }
  for (const other of PROPERTIES) {
    if (other === property || codec[other](p) === codec[other](state)) continue;
    c.fail(
      `${op}-${other}`,
      'layout.operation',
      `${op} turns ${show(state)} into ${show(p)}, which changes ${other} too`,
      `Let ops.${op} leave alone what tests.${other} looks at`,
    );
  }
}

/** pte_modify replaces rights. Frame, dirty, young and special belong to the page, not to the rights. */
function checkModify(
  c: Checker,
  state: Readonly<Pte>,
  properties: readonly Property[],
  prots: readonly Readonly<Pte>[],
): void {
  const { codec } = c;
  for (const prot of prots) {
    const p = { ...state };
    codec.modify(p, prot);
    if (codec.pfn(p) !== codec.pfn(state)) {
      c.fail(
        'modify-pfn',
        'layout.modify',
        `modify turns ${show(state)} into ${show(p)} and so pfn ${codec.pfn(state)} into ${codec.pfn(p)}`,
        `Keep the pfn field (${hex(c.pfnMask)}) in ops.modify`,
      );
    }
    for (const property of properties) {
      if (property === 'write' || !codec[property](state) || codec[property](p)) continue;
      c.fail(
        `modify-${property}`,
        'layout.modify',
        `modify turns ${show(state)} into ${show(p)}, which is no longer ${property}: mprotect would lose it`,
        `Add the bits that tests.${property} looks at to what ops.modify keeps (_PAGE_CHG_MASK)`,
      );
    }
  }
}

function checkPfnRoundTrip(c: Checker): void {
  const { codec, layout } = c;
  const held = Math.max(...layout.pfn.fields.map((f) => f.from + f.count));
  const bits = Math.min(held, layout.maxPhysmemBits ? layout.maxPhysmemBits - layout.pageShift : held, 53);
  const samples = [0, 2 ** bits - 1, ...Array.from({ length: bits }, (_, i) => 2 ** i)];
  const p: Pte = { lo: 0, hi: 0 };
  for (const prot of protections(c)) {
    for (const pfn of samples) {
      codec.pfn_pte(p, pfn, prot);
      if (codec.pfn(p) === pfn) continue;
      c.fail(
        'pfn-round-trip',
        'layout.pfn',
        `pfn 0x${pfn.toString(16)} with protection ${show(prot)} becomes ${show(p)}, which reads as pfn 0x${codec.pfn(p).toString(16)}`,
        'Correct pfn.fields, pfn.invertWhen or construct',
      );
    }
  }
}

const show = (p: Readonly<Pte>): string => hex(pteValue(p));
