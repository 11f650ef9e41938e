// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes of which everything that a program looks at is the same: one column of its expectations each. */
import type { Plan, Want } from './plan.js';

export class LaneGroups {
  /** Of each lane, its group. */
  readonly groupOf: readonly number[];
  /** Of each group, the first of its lanes. */
  readonly representatives: readonly number[];

  constructor(private readonly plan: Plan) {
    const keys = new Map<string, number>();
    const representatives: number[] = [];
    this.groupOf = plan.lanes.map((_, lane) => {
      const key = JSON.stringify(plan.steps.map(({ wants }) => wantKey(wants[lane] ?? null)));
      const known = keys.get(key);
      if (known !== undefined) return known;
      keys.set(key, representatives.length);
      representatives.push(lane);
      return representatives.length - 1;
    });
    this.representatives = representatives;
  }

  /** Names of the lanes of a group. */
  names(group: number): string[] {
    return this.plan.lanes.filter((_, lane) => this.groupOf[lane] === group).map(({ name }) => name);
  }

  /** One number, or a choice by group; null: nothing is said of it. */
  pickNumber(values: readonly (number | null)[]): string {
    const texts = values.map((value) => (value === null ? 'UNSAID' : String(value)));
    return texts.every((text) => text === texts[0]) ? texts[0]! : `PICK(${texts.join(', ')})`;
  }

  /** The same of texts. */
  pickText(values: readonly (string | null)[]): string {
    const texts = values.map((value) => (value === null ? 'NULL' : JSON.stringify(value)));
    return texts.every((text) => text === texts[0]) ? texts[0]! : `PICK_TEXT(${texts.join(', ')})`;
  }

  /** Rows of the program's table of lanes. */
  lanesText(): string {
    return this.plan.lanes
      .map(({ name }, lane) => {
        const [arch = '', kernel = ''] = name.split('@') as [string, string?];
        const [major = '0', minor = '0'] = kernel.split('.');
        return `\t{ ${JSON.stringify(arch)}, VERSION(${Number(major)}, ${Number(minor)}), ${this.groupOf[lane]} },`;
      })
      .join('\n');
  }
}

function wantKey(want: Want): unknown {
  if (want === null) return null;
  const { outcome, vmas, frames, spots } = want;
  const { ret, signal, value, calls, crash, hang, mapped, messages } = outcome;
  return [
    mapped >= 0 ? 'mapped' : ret,
    signal,
    value,
    calls,
    crash,
    hang,
    messages.map(({ kind }) => kind),
    vmas.map(({ start, text }) => [spots.get(start), text]),
    [...frames],
  ];
}
