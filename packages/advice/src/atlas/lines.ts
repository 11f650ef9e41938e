// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines and tables that several pages of the atlas have. */
import type { ReasonView } from '@specialbit/core';
import type { Answer, AtlasChapter } from './atlas.js';
import { type Block, code, heading, type Inline, type Line, tableOf } from './doc.js';

export const kindPage = (name: string): string => `kind-${name}`;

/** `6.1: -EINVAL; 6.12 to 7.3: succeeds`. */
export function answersLine(answers: readonly Answer[]): Line {
  return answers
    .flatMap(({ text, kernels, archs }, i): Inline[] => {
      const on = [...archs, kernels].filter((part) => part !== '').join(' ');
      return [i === 0 ? '' : '; ', on === '' ? text : `${on}: ${text}`];
    })
    .filter((piece) => piece !== '');
}

export const same = (a: Line, b: Line): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Names of reasons, which stand below. */
export function whyLine(answers: readonly Answer[]): Line {
  const names = [...new Set(answers.flatMap(({ reasons }) => reasons.map(({ name }) => name)))];
  return names.flatMap((name, i): Inline[] => (i === 0 ? [code(name)] : [', ', code(name)]));
}

export function reasonBlocks(reasons: readonly ReasonView[]): Block[] {
  if (reasons.length === 0) return [];
  const sorted = [...reasons].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    heading('Why'),
    tableOf(
      ['name', 'condition', 'kernel function'],
      sorted.map(({ name, condition, where, file, convention }) => [
        [code(name)],
        [condition],
        convention ? ['a convention of the model'] : [code(`${where}()`), `, ${file}`],
      ]),
    ),
  ];
}

/** What an operation does to each kind of mapping: kinds to which it does the same stand together. */
export function operationTable(name: string, chapters: readonly AtlasChapter[]): Block[] {
  const sections = chapters.flatMap((chapter) =>
    chapter.sections.map((section) => ({ chapter: chapter.chapter, section })),
  );
  const groups = new Map<string, { readonly set: Line; readonly none: Line; readonly kinds: Map<string, string[]> }>();
  for (const { chapter, section } of sections) {
    const row = section.rows.find(({ operation }) => operation === name);
    if (row === undefined) continue;
    const [set, none] = [answersLine(row.withBit), answersLine(row.without)];
    const key = JSON.stringify([set, none]);
    const group = groups.get(key) ?? { set, none, kinds: new Map<string, string[]>() };
    groups.set(key, group);
    const what = section.kind.short;
    group.kinds.set(chapter.name, [...(group.kinds.get(chapter.name) ?? []), what]);
  }
  const rows = [...groups.values()].map(({ set, none, kinds }): readonly Line[] => [
    set,
    same(set, none) ? ['the same'] : none,
    [...kinds].flatMap(([page, whats], i): Inline[] => [
      ...(i === 0 ? [] : ['; ']),
      { text: page, page: kindPage(page) },
      `: ${whats.join(', ')}`,
    ]),
  ]);
  return [tableOf(['with the bit', 'without', 'of'], rows)];
}
