// SPDX-License-Identifier: GPL-2.0-or-later
/** A scan as it is read: what each mapping is, what works on it, and what goes wrong. */
import type { Archetype, Finding, Scan, ScannedMapping, Understood } from '@specialbit/scan';
import { count, table, wrap } from '@specialbit/view';
import { several } from '../search/found-log.js';
import type { Terminal } from '../terminal.js';

type Paint = Pick<Terminal, 'color'>;

/** What came of it where it goes wrong, and on how many lanes. */
export function lanesText({ groups, harmed }: Finding): string {
  const all = groups.reduce((sum, { lanes }) => sum + lanes.length, 0);
  const bad = groups.filter(({ lanes }) => harmed.includes(lanes[0]!));
  const found = [...new Set(bad.map(({ verdict }) => verdict.found))].join('; ');
  if (all === 1) return `${found} on ${harmed[0]}`;
  return `${found} on ${harmed.length === all ? (all === 2 ? 'both lanes' : `all ${count(all)} lanes`) : `${count(harmed.length)} of ${count(all)} lanes`}`;
}

export function findingLines(finding: Finding, { color }: Paint): string[] {
  const { rule, place, does, harmed, groups } = finding;
  const all = groups.reduce((sum, { lanes }) => sum + lanes.length, 0);
  const head = `${place.file}:${place.line}: ${rule.severity}: ${rule.name}`;
  return [
    (rule.severity === 'error' ? color.red : color.yellow)(head),
    ...wrap(`${does} (${finding.of})`, undefined, '  '),
    ...wrap(`${rule.words}: ${lanesText(finding)}`, undefined, '  '),
    ...(harmed.length < all ? wrap(`on ${harmed.join(', ')}`, undefined, '    ') : []),
    ...wrap(`instead: ${rule.remedy}`, undefined, '  '),
  ];
}

/** `->mmap: remap_pfn_range(), device memory; sets VM_IO`. */
function whatLines(archetype: Archetype): string[] {
  const { calls, fault, set, clear, refuses, unfollowed, passesOn, hook } = archetype;
  const parts = calls.map(({ name, memory }) => `${name}() of ${MEMORY[memory]}`);
  const lines = [`->${hook}: ${parts.length === 0 ? 'maps nothing yet' : parts.join(', then ')}`];
  if (fault !== undefined) lines.push(`->fault: ${faultText(fault)}`);
  if (set.length > 0) lines.push(`sets ${set.join(' ')}`);
  if (clear.length > 0) lines.push(`clears ${clear.join(' ')}`);
  const refused = Object.entries(refuses).flatMap(([what, is]) => (is ? [what] : []));
  if (refused.length > 0) lines.push(`refuses ${refused.join(' and ')} mappings`);
  const names = [...new Set(unfollowed.map(({ name, why }) => `${name} (${WHY[why]})`))];
  if (names.length > 0) lines.push(`not followed: ${names.join(', ')}`);
  const others = [...new Set(passesOn.map(({ name }) => name))];
  if (others.length > 0) lines.push(`passes the mapping on to ${others.join(', ')}`);
  return lines;
}

const MEMORY = {
  pages: 'pages',
  device: 'device memory',
  unknown: "memory that the source does not tell, taken as a device's",
};
const WHY = {
  pointer: 'through a pointer',
  elsewhere: 'its source is not here',
  deep: 'too deep',
  kept: 'the mapping is kept there',
  later: 'maps into it later',
  entries: 'writes entries itself',
};

function faultText(fault: NonNullable<Archetype['fault']>): string {
  switch (fault.kind) {
    case 'map':
      return `${fault.step.name}() of ${MEMORY[fault.step.memory]}`;
    case 'page':
      return 'hands out a page';
    case 'page cache':
      return 'pages of the page cache';
    case 'passes on':
      return `calls ${fault.name}`;
    case 'unknown':
      return 'not understood';
  }
}

/** One mapping: what it is, and where `works` was asked for what works on it. */
export function mappingLines({ mapping, archetypes, understood, works }: ScannedMapping, { color }: Paint): string[] {
  const { place, name } = mapping.mmap;
  const lines = [
    color.bold(`${place.file}:${place.line}: ${name}()`),
    ...wrap(`${mapping.of}; understood: ${understood}`, undefined, '  '),
  ];
  const shown = new Set(archetypes.flatMap(({ unfollowed }) => unfollowed.map((step) => step.name)));
  const others = (mapping.mmap.steps ?? []).flatMap((step) =>
    step.kind === 'unfollowed' && !shown.has(step.name) ? [`${step.name} (${WHY[step.why]})`] : [],
  );
  const foreign = mapping.foreignOps.map((table) => `the handlers of ${table} (${WHY.elsewhere})`);
  const elsewhere = [...new Set([...others, ...foreign])];
  if (elsewhere.length > 0) lines.push(...wrap(`not followed on other ways: ${elsewhere.join(', ')}`, undefined, '  '));
  for (const [i, archetype] of archetypes.entries()) {
    if (archetypes.length > 1) lines.push(`  way ${i + 1} of ${archetypes.length}`);
    for (const line of whatLines(archetype)) lines.push(...wrap(line, undefined, '    '));
    const rows = (works[i] ?? []).map(({ need, groups }): string[] => [need, worksText(groups)]);
    if (rows.length > 0) lines.push(...table(rows, { indent: 4, wrapLast: true }));
  }
  return lines;
}

type Groups = NonNullable<ScannedMapping['works'][number]>[number]['groups'];

/** `works`; `-EFAULT`; `works on 45 of 71 lanes, else -EFAULT`. */
function worksText(groups: Groups): string {
  const all = groups.reduce((sum, { lanes }) => sum + lanes.length, 0);
  const good = groups
    .filter(({ verdict }) => verdict.kind === 'works')
    .reduce((sum, { lanes }) => sum + lanes.length, 0);
  if (good === all) return 'works';
  const bad = [
    ...new Set(groups.filter(({ verdict }) => verdict.kind !== 'works').map(({ verdict }) => verdict.found)),
  ];
  return good === 0 ? `fails: ${bad.join('; ')}` : `works on ${good} of ${all} lanes, else ${bad.join('; ')}`;
}

const KINDS: readonly (readonly [Understood, string])[] = [
  ['yes', 'understood'],
  ['passes on', 'understood, and call the handler of another table, read for itself'],
  ['partly', 'partly: some of what they call is not here, or behind a pointer'],
  ['no', 'not: what maps is not here, or behind a pointer'],
  ['maps nothing', 'map nothing by a call that is known'],
];

/** What was read, and how much of it was understood. */
export function countLines({ files, read, mappings, orphans }: Scan): string[] {
  const rows = KINDS.map(([kind, words]): string[] => [
    count(mappings.filter(({ understood }) => understood === kind).length),
    words,
  ]);
  const head = `${several(files, 'file')}, ${count(read)} of them about mappings; ${several(mappings.length, '->mmap handler')}`;
  const rest =
    orphans.length === 0
      ? []
      : wrap(
          `${several(orphans.length, 'table')} of handlers whose ->mmap is elsewhere (scan what has it with them): ${orphans.map(({ name }) => name).join(', ')}`,
        );
  return [...wrap(head), ...table(rows, { indent: 2, align: 'r', wrapLast: true }), ...rest];
}
