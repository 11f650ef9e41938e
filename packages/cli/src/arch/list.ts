// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch list`: every architecture and configuration. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { bitRange, table } from '@specialbit/view';
import { architectures } from '../architectures.js';
import type { Terminal } from '../terminal.js';
import { bitsOf } from './drawing.js';
import { plainArchitecture } from './plain.js';

export interface ListOptions {
  readonly json?: boolean;
}

export async function listArchitectures(options: ListOptions, terminal: Terminal): Promise<void> {
  const known = architectures.map((arch) => arch.at(DEFAULT_PROFILE));
  const lines =
    options.json === true ? [JSON.stringify(known.map(plainArchitecture), null, 2)] : listLines(known, terminal);
  await terminal.out(`${lines.join('\n')}\n`);
}

function listLines(archs: readonly Architecture[], { color }: Terminal): string[] {
  const rows = archs.map((a) => [
    a.name,
    specialBit(a),
    a.special.pmd ? 'yes' : '-',
    a.special.pud ? 'yes' : '-',
    `${a.page.size / 1024}K`,
    String(a.levels.filter((level) => !level.folded).length),
    a.proposed === undefined ? a.title : `${a.title} (proposed)`,
    a.source[0] ?? '-',
  ]);
  const [head = '', ...rest] = table([['name', 'pte', 'pmd', 'pud', 'page', 'levels', 'what', 'read from'], ...rows], {
    align: 'llllrr',
  });
  const withBit = archs.filter((a) => a.special.pte).length;
  return [
    color.bold(head),
    ...rest,
    '',
    `${archs.length} configurations: ${withBit} with a special bit in a PTE, ${archs.length - withBit} without.`,
    'pte, pmd, pud: where the special bit of an entry of that level is, or whether there is one.',
    ...archs.flatMap(({ name, proposed }) =>
      proposed === undefined ? [] : [`proposed, in no release: ${name}, Message-ID <${proposed.messageId}>`],
    ),
  ];
}

/** `bit 9`, or `none`. */
export function specialBit(a: Architecture): string {
  if (!a.special.pte) return 'none';
  const { mask } = bitsOf(a.layout.tests.special);
  return `bit ${bitRange(mask)}`;
}
