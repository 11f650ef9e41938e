/** `specialbit arch diff A B`: what changes for drivers between two architectures, over every example. */
import type { Architecture } from '@specialbit/core/arch';
import { architectureNamed } from '../architectures.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { diffLog, type LogDifference, type NamedLog } from './diff-findings.js';
import { kitLogs, logsOf } from './diff-sources.js';
import { markdownLines, terminalLines } from './diff-text.js';
import { specialBit } from './list.js';

export interface DiffOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** --no-kit */
  readonly kit: boolean;
}

export interface ArchDiff {
  readonly archs: readonly [Architecture, Architecture];
  /** What the two are: rows of a fact and its two values. */
  readonly facts: readonly (readonly [string, string, string])[];
  readonly logs: readonly LogDifference[];
  /** Logs that could not be run on the two, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/** Resolves to the exit code: 1 when they part. Throws UsageError, InputError, LogError. */
export async function diff(
  a: string,
  b: string,
  paths: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const archs = [architectureNamed(a), architectureNamed(b)] as const;
  if (archs[0] === archs[1]) throw new UsageError(`arch diff needs two architectures, found ${a} and ${b}`);
  const named = [...(await logsOf(paths)), ...(options.kit ? kitLogs() : [])];
  if (named.length === 0) throw new InputError('no examples found here; name logs, or folders of them');
  const result: ArchDiff = { archs, facts: factsOf(...archs), ...run(named, archs) };
  if (options.json === true) await terminal.out(`${JSON.stringify(plain(result), null, 2)}\n`);
  else {
    const lines = options.markdown === true ? markdownLines(result) : terminalLines(result, terminal);
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return result.logs.some((log) => log.findings.length > 0) ? EXIT.finding : EXIT.fine;
}

function run(
  named: readonly NamedLog[],
  archs: readonly [Architecture, Architecture],
): Pick<ArchDiff, 'logs' | 'skipped'> {
  const logs: LogDifference[] = [];
  const skipped: { name: string; why: string }[] = [];
  for (const log of named) {
    try {
      logs.push(diffLog(log, archs));
    } catch (error) {
      // a log may be about addresses or frames that these two do not have
      skipped.push({ name: log.name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { logs, skipped };
}

function factsOf(a: Architecture, b: Architecture): (readonly [string, string, string])[] {
  const row = (name: string, of: (arch: Architecture) => string): readonly [string, string, string] => [
    name,
    of(a),
    of(b),
  ];
  return [
    row('special bit of a PTE', specialBit),
    row('of a PMD, of a PUD', (arch) => `${arch.special.pmd ? 'yes' : 'none'}, ${arch.special.pud ? 'yes' : 'none'}`),
    row('GUP-fast', gupFast),
    row('page size', (arch) => `${arch.page.size / 1024} KiB`),
    row('young, dirty recorded by', (arch) => `${arch.mmu.young}, ${arch.mmu.dirty}`),
  ];
}

/** gup_fast_pte_range() in mm/gup.c: without the special bit it is compiled to "none". */
function gupFast({ special, facts }: Architecture): string {
  if (!facts.HAVE_GUP_FAST) return 'not selected';
  return special.pte ? 'works' : 'compiled to nothing: no special bit';
}

function plain({ archs, facts, logs, skipped }: ArchDiff): object {
  return {
    archs: archs.map((arch) => arch.name),
    facts: facts.map(([name, a, b]) => ({ name, values: [a, b] })),
    parted: logs.filter((log) => log.findings.length > 0).map((log) => log.name),
    agree: logs.filter((log) => log.findings.length === 0).map((log) => log.name),
    skipped,
    logs: logs.filter((log) => log.findings.length > 0),
  };
}
