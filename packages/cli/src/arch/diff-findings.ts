// SPDX-License-Identifier: GPL-2.0-or-later
/** Where two architectures part over many logs, sorted by what a driver sees of it. */
import { Comparison, type Divergence, defaultMachine, type Part } from '@specialbit/core';

import type { Architecture } from '@specialbit/core/arch';

import type { Log } from '@specialbit/events';

import { eventText, laneName } from '@specialbit/view';
import { lanesOf } from '../log/lane.js';

export const AREAS = ['references', 'rss', 'zap', 'gup', 'errors', 'handlers', 'entries'] as const;
export type Area = (typeof AREAS)[number];

export const AREA_TITLES: Readonly<Record<Area, string>> = {
  references: 'References and map counts',
  rss: 'RSS',
  zap: 'Unmapping',
  gup: 'GUP, slow and fast',
  errors: 'Errors, signals and reports',
  handlers: 'Handlers that are called',
  entries: 'Entries, and what vm_normal_page() says of them',
};

export interface NamedLog {
  /** File, or the scenario's name. */
  readonly name: string;
  readonly title: string;
  readonly log: Log;
}

/** One event at which something a driver sees differs. */
export interface Finding {
  readonly log: string;
  readonly event: number;
  readonly text: string;
  readonly cause: string;
  /** In the order of the architectures. */
  readonly differences: readonly {
    readonly area: Area;
    readonly what: string;
    readonly values: readonly (string | null)[];
  }[];
}

export interface LogDifference {
  readonly name: string;
  readonly title: string;
  readonly events: number;
  readonly findings: readonly Finding[];
}

export interface ArchDiff {
  readonly names: readonly [string, string];
  /** What the two are: rows of a fact and its two values. */
  readonly facts: readonly (readonly [string, string, string])[];
  readonly logs: readonly LogDifference[];
  /** Logs that could not be run on the two, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/** Runs a log on both lanes (`arm`, `arm@6.1`). Throws EventError where neither can carry an event out. */
export function diffLog(named: NamedLog, names: readonly [string, string]): LogDifference {
  const { header, events } = named.log;
  const lanes = lanesOf(named.name, header, names, []);
  const own = lanes.map(({ arch }) =>
    [arch.name, ...arch.aliases].some((name) => header.machine?.[name] !== undefined),
  );
  // a machine that the log has for one of them is the other's too: only the architecture shall differ
  const shared = lanes[own[0] === true ? 0 : own[1] === true ? 1 : -1]?.machine;
  const options = lanes.map((lane) =>
    shared === undefined || !fits(lane.arch, shared.ram) ? lane : { ...lane, machine: shared },
  );
  const comparison = new Comparison(options.map((lane) => ({ name: laneName(lane), options: lane })));
  for (const event of events) comparison.step(event);
  const findings = comparison.divergences.filter((d) => !d.minor).map((d) => finding(named.name, d));
  return { name: named.name, title: named.title, events: events.length, findings: merge(findings) };
}

/** A machine's frames lie where the architecture has memory at all. */
function fits(arch: Architecture, ram: readonly (readonly [number, number])[]): boolean {
  const first = defaultMachine(arch).ram[0]?.[0] ?? 0;
  return (ram[0]?.[0] ?? 0) >= first;
}

function finding(log: string, d: Divergence): Finding {
  return {
    log,
    event: d.number,
    text: eventText(d.event),
    cause: d.cause,
    differences: d.parts
      .filter((part) => part.kind !== 'accessed-dirty' && part.kind !== 'architecture')
      .map((part) => ({ area: areaOf(d, part), what: whatOf(part), values: part.values })),
  };
}

/** Several divergences of one event are one finding; the cause is the first's. */
function merge(findings: readonly Finding[]): Finding[] {
  const byEvent = new Map<number, Finding>();
  for (const one of findings) {
    const before = byEvent.get(one.event);
    const known = before?.differences ?? [];
    // a thing that follows from two causes is named once
    const differences = [...known];
    for (const difference of one.differences) {
      if (!differences.some(({ what }) => what === difference.what)) differences.push(difference);
    }
    byEvent.set(one.event, { ...(before ?? one), differences });
  }
  return [...byEvent.values()];
}

const whatOf = ({ what, aspect }: Part): string =>
  what === 'outcome' || what === 'messages' || what === 'the kernel' ? aspect : `${what} ${aspect}`;

const ZAPPING = new Set(['munmap', 'zap_vma_ptes', 'unmap_mapping_range', 'madvise', 'exit', 'truncate', 'execve']);
const GUP = new Set([
  'pin_user_pages',
  'pin_user_pages_fast',
  'get_user_pages',
  'get_user_pages_fast',
  'get_user_pages_fast_only',
  'access_process_vm',
  'follow_pfnmap',
]);

function areaOf({ event }: Divergence, { kind, aspect }: Part): Area {
  if (kind === 'message' || kind === 'crash') return 'errors';
  if (ZAPPING.has(event.type) && kind !== 'rss') return 'zap';
  if (GUP.has(event.type) && (kind === 'outcome' || kind === 'reference')) return 'gup';
  switch (kind) {
    case 'reference':
    case 'mapcount':
    case 'page':
      return 'references';
    case 'rss':
      return 'rss';
    case 'outcome':
      return aspect === 'handler calls' ? 'handlers' : 'errors';
    case 'process':
      return 'errors';
    default:
      return 'entries';
  }
}
