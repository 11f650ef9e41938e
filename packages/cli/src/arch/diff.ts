// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch diff A B`: what changes for drivers between two architectures, over every example. */
import { DEFAULT_PROFILE, type LaneOptions } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { laneName } from '@specialbit/view';
import { EXIT, InputError, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';
import { type ArchDiff, diffLog, type LogDifference, type NamedLog } from './diff-findings.js';
import { kitLogs, logsOf } from './diff-sources.js';
import { markdownLines, terminalLines } from './diff-text.js';
import { specialBit } from './list.js';

export interface DiffOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** --no-kit */
  readonly kit: boolean;
}

/** Resolves to the exit code: 1 when they part. Throws UsageError, InputError, LogError. */
export async function diff(
  a: string,
  b: string,
  paths: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const lanes = lanesOf('arch diff', { specialbit: 1 }, [a, b], []);
  const [one, other] = lanes;
  if (one === undefined || other === undefined || lanes.length !== 2) {
    throw new UsageError('usage.architecture', `arch diff needs two architectures, found ${a} and ${b}`);
  }
  const named = [...(await logsOf(paths)), ...(options.kit ? kitLogs() : [])];
  if (named.length === 0)
    throw new InputError('input.examples', 'no examples found here; name logs, or folders of them');
  const result: ArchDiff = {
    names: [laneName(one), laneName(other)],
    facts: factsOf(one, other),
    ...run(named, [a, b]),
  };
  if (options.json === true) await terminal.out(`${JSON.stringify(plain(result), null, 2)}\n`);
  else {
    const lines = options.markdown === true ? markdownLines(result) : terminalLines(result, terminal);
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return result.logs.some((log) => log.findings.length > 0) ? EXIT.finding : EXIT.fine;
}

function run(named: readonly NamedLog[], names: readonly [string, string]): Pick<ArchDiff, 'logs' | 'skipped'> {
  const logs: LogDifference[] = [];
  const skipped: { name: string; why: string }[] = [];
  for (const log of named) {
    try {
      logs.push(diffLog(log, names));
    } catch (error) {
      // a log may be about addresses or frames that these two do not have
      skipped.push({ name: log.name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { logs, skipped };
}

function factsOf(a: LaneOptions, b: LaneOptions): (readonly [string, string, string])[] {
  const row = (name: string, of: (arch: Architecture) => string): readonly [string, string, string] => [
    name,
    of(at(a)),
    of(at(b)),
  ];
  return [
    ['kernel', profileName(a), profileName(b)],
    row('special bit of a PTE', specialBit),
    row('of a PMD, of a PUD', (arch) => `${arch.special.pmd ? 'yes' : 'none'}, ${arch.special.pud ? 'yes' : 'none'}`),
    row('GUP-fast', gupFast),
    row('page size', (arch) => `${arch.page.size / 1024} KiB`),
    row('young, dirty recorded by', (arch) => `${arch.mmu.young}, ${arch.mmu.dirty}`),
  ];
}

const profileName = ({ profile = DEFAULT_PROFILE }: LaneOptions): string => profile.name;
/** The architecture as it is in the lane's kernel. */
const at = ({ arch, profile = DEFAULT_PROFILE }: LaneOptions): Architecture => arch.at(profile);

/** gup_fast_pte_range() in mm/gup.c: without the special bit it is compiled to "none". */
function gupFast({ special, facts }: Architecture): string {
  if (!facts.HAVE_GUP_FAST) return 'not selected';
  return special.pte ? 'works' : 'compiled to nothing: no special bit';
}

function plain({ names, facts, logs, skipped }: ArchDiff): Printed<'arch.diff'> {
  return {
    lanes: names,
    facts: facts.map(([name, a, b]) => ({ name, values: [a, b] })),
    parted: logs.filter((log) => log.findings.length > 0).map((log) => log.name),
    agree: logs.filter((log) => log.findings.length === 0).map((log) => log.name),
    skipped,
    logs: logs.filter((log) => log.findings.length > 0),
  };
}
