// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit lab doctor` */
import { cacheFolder, type Diagnosis, diagnose, type Finding, findMachine, MACHINES, thisPlace } from '@specialbit/lab';
import { table } from '@specialbit/view';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';

export interface DoctorOptions {
  readonly arch?: string[];
  readonly json?: boolean;
}

/** Resolves to the exit code: 1 where something is missing. Throws LabError. */
export async function doctor({ arch, json }: DoctorOptions, terminal: Terminal): Promise<number> {
  const names = (arch ?? []).flatMap((text) => text.split(','));
  const machines = names.length === 0 ? MACHINES : names.map(findMachine);
  const cache = cacheFolder();
  const found = diagnose(machines, thisPlace(cache));
  if (json === true) await terminal.out(`${JSON.stringify({ cache, ...found }, null, 2)}\n`);
  else await terminal.out(`${lines(found, cache).join('\n')}\n`);
  return found.install === null && found.free >= found.needed ? EXIT.fine : EXIT.finding;
}

const mib = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`;

function lines({ findings, free, needed, install }: Diagnosis, cache: string): string[] {
  const rows = merged(findings).map(({ what, purposes, found }) => [
    found ? 'ok' : 'missing',
    what,
    purposes.join(', '),
  ]);
  return [
    ...table(rows),
    '',
    `cache: ${cache}, ${mib(free)} free${free < needed ? `: a kernel takes up to ${mib(needed)}` : ''}`,
    ...(install === null ? ['nothing is missing'] : ['', 'To install what is missing:', `  ${install}`]),
  ];
}

/** One row a program. */
function merged(findings: readonly Finding[]): { what: string; purposes: string[]; found: boolean }[] {
  const rows = new Map<string, { what: string; purposes: string[]; found: boolean }>();
  for (const { what, purpose, found } of findings) {
    const row = rows.get(what);
    if (row === undefined) rows.set(what, { what, purposes: [purpose], found });
    else if (!row.purposes.includes(purpose)) row.purposes.push(purpose);
  }
  return [...rows.values()];
}
