// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit advise`: which call a driver maps its memory with, with the log of every claim. */
import {
  type Advice,
  adviceLines,
  advise,
  DRIVERS,
  type Judged,
  MEMORY_FORMS,
  memoryNamed,
  NEEDS,
  needsNamed,
  needVerdict,
  ownText,
  type Question,
  questionText,
  recommendation,
  recommendedCode,
  verdictText,
  wayText,
  whyText,
} from '@specialbit/advice';
import { DEFAULT_PROFILE } from '@specialbit/core';
import { namedLanes, table } from '@specialbit/view';
import {
  joined,
  type Markdown,
  markdownFence,
  markdownFile,
  markdownRow,
  markdownText,
  md,
} from '@specialbit/view/escape';
import { type Command, Option } from 'commander';
import { type CommandContext, list, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Printed } from '../schema/outputs.js';
import { newFolder } from '../search/found-log.js';
import type { Terminal } from '../terminal.js';
import { asDriver, driverLines, driverNamed } from './driver.js';
import { type AdviseOptions, MAPS, POPULATE } from './options.js';
import { writeProofs } from './proofs.js';

/** With the bit and without, of both word lengths. */
const LANES = ['x86_64', 'arm64', 'arm', 'm68k'];

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('advise')
    .description('which call and which flags a driver maps its memory with: every way is played for every need')
    .option('--memory <kind>', 'what is mapped (--list tells the kinds)')
    .option('--scattered', 'its frames do not lie side by side')
    .addOption(new Option('--populate <when>', 'when pages are mapped').choices(POPULATE).default('any'))
    .addOption(new Option('--map <how>', 'how processes may map it').choices(MAPS).default('shared'))
    .option('--read-only', 'processes map it for reading alone')
    .option('--need <names>', 'what has to work on it, with commas (--list tells the needs)', list)
    .option('--lane, --arch <names>', `lanes, with commas: arm, x86_64@6.1 (default: ${LANES.join(',')})`, list)
    .option('--kernel <names>', 'kernels of the lanes: 6.1,7.3, or all for those that are proven', list)
    .option('--ways <n>', 'how many ways are shown', natural, 5)
    .option('--driver <name>', 'ask what a driver of the kernel asks, and compare what it does (--list tells them)')
    .option('--proof <dir>', 'write a log for each claim about the ways that are shown, into a new folder')
    .option('--no-skeleton', "leave out the driver's code")
    .option('--list', 'the kinds of memory and the needs')
    .option('--json', 'print the result as JSON')
    .option('--markdown', 'print the result as Markdown')
    .addHelpText(
      'after',
      `
Nothing of the answer is written down: each way (a call, the hook that makes
it, the flags that the driver sets) is played with the events of each need on
each lane. In a terminal what is not given is asked for.

Examples:
  specialbit advise --memory device --need revoke,no-grow,huge
  specialbit advise --memory pages --scattered --need gup,fork,revoke \\
    --kernel 6.12,7.3 --proof proofs

Exit codes: 0 some way does all that was asked, on all lanes; 1 none does;
2 wrong usage.`,
    )
    .action(async ({ arch, ...options }) => done(await adviseCommand({ ...options, arch }, terminal)));
}

/** Resolves to the exit code. Throws UsageError, AdviceError, InputError. */
export async function adviseCommand(given: AdviseOptions, terminal: Terminal): Promise<number> {
  if (given.list === true) {
    await terminal.out(given.json === true ? `${JSON.stringify(listed(), null, 1)}\n` : `${listLines().join('\n')}\n`);
    return EXIT.fine;
  }
  if (given.json === true && given.markdown === true)
    throw new UsageError('usage.options', 'expected either --json or --markdown');
  if (given.ways === 0) throw new UsageError('usage.value', '--ways 0: expected 1 way or more');
  const driver = given.driver === undefined ? undefined : driverNamed(given.driver);
  if (given.proof !== undefined) await newFolder(given.proof);
  const options = await complete(driver === undefined ? given : asDriver(driver, given));
  const advice = advise(questionOf(options));
  const shown = advice.ways.slice(0, options.ways);
  const skeletons = options.skeleton ? skeletonsOf(advice) : [];
  if (options.json === true) await terminal.out(`${JSON.stringify(asJson(advice, skeletons), null, 1)}\n`);
  else if (options.markdown === true) await terminal.out(markdownFile(markdownLines(advice, options.ways, skeletons)));
  else await terminal.out(`${adviceLines(advice, { most: options.ways, skeletons }).join('\n')}\n`);
  if (driver !== undefined && options.json !== true)
    await terminal.out(`\n${driverLines(driver, advice).join('\n')}\n`);
  if (options.proof !== undefined) {
    const written = await writeProofs(shown, options.proof, terminal);
    const said = `${written} logs in ${options.proof}; they are checked by\n  specialbit verify ${options.proof}/*`;
    if (options.json !== true) await terminal.out(`\n${said}\n`);
  }
  return advice.ways[0]?.unmet.length === 0 ? EXIT.fine : EXIT.finding;
}

/** What was not given is asked for at a terminal; elsewhere it is an error, or its default. */
async function complete(given: AdviseOptions): Promise<AdviseOptions & { readonly memory: string }> {
  const { memory } = given;
  if (memory !== undefined) return { ...given, memory };
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw new UsageError('usage.options', 'expected --memory with what is mapped; --list tells the kinds');
  const { askFor } = await import('./ask.js');
  try {
    return await askFor(given);
  } catch (error) {
    // Ctrl-C
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new UsageError('usage.options', 'nothing was chosen; options say the same: see --help');
  }
}

function questionOf(options: AdviseOptions & { readonly memory: string }): Question {
  const { memory, scattered = false, populate, map, readOnly = false, need = [], arch, kernel } = options;
  return {
    memory: memoryNamed(memory),
    scattered,
    map: map === 'both' ? ['shared', 'private'] : [map],
    prot: readOnly ? 'r' : 'rw',
    needs: needsNamed(need),
    on: populate === 'any' ? ['mmap', 'fault'] : [populate],
    lanes: (header) => namedLanes(lanesOf('--lane', header, arch ?? LANES, [], kernel)),
  };
}

function listed(): Printed<'advise.list'> {
  const named = (rows: readonly (readonly [string, string])[]): { name: string; about: string }[] =>
    rows.map(([name, about]) => ({ name, about }));
  return {
    memory: named(MEMORY_FORMS),
    drivers: DRIVERS.map(({ name, words }) => ({ name, about: words })),
    needs: NEEDS.map(({ name, words }) => ({ name, about: words })),
  };
}

function listLines(): string[] {
  return [
    'kinds of memory',
    ...table(MEMORY_FORMS, { indent: 2, wrapLast: true }),
    '',
    'drivers',
    ...table(
      DRIVERS.map(({ name, words }) => [name, words]),
      { indent: 2, wrapLast: true },
    ),
    '',
    'needs; use is always asked for',
    ...table(
      NEEDS.map(({ name, words }) => [name, words]),
      { indent: 2, wrapLast: true },
    ),
  ];
}

export interface Skeleton {
  readonly kernels: readonly string[];
  readonly code: readonly string[];
}

/** The code of the best way for each kernel; kernels that have the same code share it. */
function skeletonsOf(advice: Advice): Skeleton[] {
  if (advice.ways.length === 0) return [];
  const made: { kernels: string[]; code: string[] }[] = [];
  for (const profile of new Set(advice.lanes.map(({ options }) => options.profile ?? DEFAULT_PROFILE))) {
    const code = recommendedCode(advice, profile);
    const same = made.find((one) => one.code.join('\n') === code.join('\n'));
    if (same === undefined) made.push({ kernels: [profile.name], code });
    else if (!same.kernels.includes(profile.name)) same.kernels.push(profile.name);
  }
  return made;
}

function asJson(advice: Advice, skeletons: readonly Skeleton[]): Printed<'advise'> {
  const { question, lanes, ways, played } = advice;
  return {
    memory: question.memory.name,
    scattered: question.scattered,
    map: question.map,
    prot: question.prot,
    needs: question.needs.map(({ name }) => name),
    lanes: lanes.map(({ name }) => name),
    played,
    recommendation: Object.fromEntries(recommendation(advice)),
    skeletons,
    ways: ways.map(({ way, extras, unmet, harmful, parted, claims }) => ({
      id: way.id,
      call: way.call,
      hook: way.hook,
      flags: [...way.flags.split('|').filter((flag) => flag !== ''), ...extras.flags],
      handlers: extras.handlers,
      unmet,
      harmful,
      parted,
      claims: claims.map(({ log, ...claim }) => ({
        ...claim,
        groups: claim.groups.map(({ lanes: on, verdict }) => ({
          lanes: on,
          verdict: verdict.kind,
          found: verdict.found,
          event: verdict.event,
          wanted: verdict.wanted,
          reasons: verdict.reasons.map(({ name, where, file, condition }) => ({ name, where, file, condition })),
        })),
      })),
    })),
  };
}

function markdownLines(advice: Advice, most: number, skeletons: readonly Skeleton[]): Markdown[] {
  const all = advice.question.needs.length;
  const row = (judged: Judged, i: number): Markdown => {
    const fails = judged.unmet.map((need) => {
      const verdict = needVerdict(judged, need);
      const why = whyText(verdict);
      return `${need}: ${verdictText(verdict)}${why === '' ? '' : `; ${why}`}`;
    });
    const cells = [String(i + 1), wayText(judged), ownText(judged), `${all - judged.unmet.length}/${all}`];
    return markdownRow([...cells, fails.join('. ')].map(markdownText));
  };
  const question = questionText(advice);
  return [
    markdownText(`${question[0]!.toUpperCase()}${question.slice(1)}.`),
    md``,
    md`| | call | the driver sets, adds | met | what it does not do |`,
    md`| ---: | --- | --- | ---: | --- |`,
    ...advice.ways.slice(0, most).map(row),
    md``,
    ...recommendation(advice).map(([word, text]) => md`- **${markdownText(word)}**: ${markdownText(text)}`),
    ...skeletons.flatMap(({ kernels, code }) => [
      md``,
      md`${joined(kernels.map(markdownText), ', ')}:`,
      md``,
      ...markdownFence(code, 'c'),
    ]),
  ];
}
