// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel list|show|diff|flags|bisect|check|facts` */
import { DEFAULT_PROFILE, PROFILES, type Profile } from '@specialbit/core';
import type { Evidence, Origin } from '@specialbit/core/arch';
import { MAIL_WIDTH, table, wrap } from '@specialbit/view';
import type { Command } from 'commander';
import { architectures } from '../architectures.js';
import { type CommandContext, EXIT_CODES, list as names, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { type KnownFeature, knownFeatures } from '../features.js';
import { kernelNamed } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { BISECT_HELP, bisectLog } from './bisect.js';
import { check } from './check.js';
import { facts } from './facts.js';
import { flags } from './flags.js';
import { PORTING, portingNote } from './porting.js';

const EVIDENCE: Readonly<Record<Evidence, string>> = {
  transcripts: 'proven by transcripts of real kernels',
  source: 'read in the source of kernels with and without it',
  reported: 'from commits and mails; not proven',
  proposed: 'proposed on a list; in no release',
};

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  const kernel = program
    .command('kernel')
    .description(
      'kernel versions as sets of features: list them, show one, tell two apart; what the model plays of a kernel, and what not',
    )
    .addHelpText(
      'after',
      `
A kernel is named linux-6.12 or 6.12, by a point release (6.1.0), or with
features added and taken away (6.12+mmap_actions-remap_undo). Wherever an
architecture can be named, it can be followed by one: x86_64@6.1.

Examples:
  specialbit kernel list
  specialbit kernel show linux-6.1
  specialbit kernel diff linux-6.1 linux-6.12
  specialbit kernel diff 7.3 7.3+cow_pfnmap_by_anon
  specialbit kernel flags 7.3 --arch arm64
  specialbit kernel facts munmap
  specialbit kernel check ~/linux --since 7.3
  specialbit kernel bisect examples/s12-zero-page.jsonl --lane arm@6.1,arm@6.12
${EXIT_CODES}`,
    );
  const json = 'print the result as JSON';
  kernel
    .command('list')
    .description('the kernels, and how well each is known')
    .option('--json', json)
    .action(async (options) => done(await list(options.json === true, terminal)));
  kernel
    .command('show')
    .description('the features of a kernel, and those that it does not have')
    .argument('<kernel>')
    .option('--json', json)
    .action(async (name, options) => done(await show(name, options.json === true, terminal)));
  kernel
    .command('diff')
    .description('what a driver author must know who goes from one kernel to another')
    .argument('<from>')
    .argument('<to>')
    .option('--arch <name>', 'only what concerns this architecture')
    .option('--json', json)
    .action(async (from, to, options) => done(await diff(from, to, options, terminal)));
  kernel
    .command('flags')
    .description('the bits of vm_flags: names, values, letters in smaps; with two kernels, what differs')
    .argument('<kernel>')
    .argument('[other]')
    .option('--arch <name>', 'the architecture, whose own bits differ', 'x86_64')
    .option('--json', json)
    .action(async (name, other, options) => done(await flags(name, other, options, terminal)));
  kernel
    .command('bisect')
    .description('the feature that parts two kernels on a log, with its commit and the proof')
    .argument('<log>', 'a log, or - for standard input')
    .requiredOption('--lane, --arch <names>', 'the two lanes: x86_64@6.12,x86_64@7.3', names)
    .option('--tries <n>', 'how many events may be played again to find causes (default: 200000)', natural)
    .option('--json', json)
    .addHelpText('after', BISECT_HELP)
    .action(async (log, { arch, ...options }) => done(await bisectLog(log, { lane: arch, ...options }, terminal)));
  kernel
    .command('check')
    .description(
      'which functions, Kconfig symbols and commits that the model cites stand in a kernel tree, and which moved or changed',
    )
    .argument('<path>', 'the folder of a kernel tree')
    .option(
      '--since <release>',
      'compare definitions with this release (default: the one before, of those that are known)',
    )
    .option('--all', 'list what stands, too')
    .option('--learn <file>', 'write the known definitions with those of this tree')
    .option('--json', json)
    .action(async (path, options) => done(await check(path, options, terminal)));
  kernel
    .command('facts')
    .description('the kernel functions that the model plays: where they are, what they ask, what the model omits')
    .argument('[name]', 'an event, a part of the model, or a kernel function; absent: all in a table')
    .option('--kernel <name>', `whose names functions and files have (default: ${DEFAULT_SERIES})`)
    .option('--json', json)
    .action(async (name, options) => done(await facts(name, options, terminal)));
}

/** Without what architectures had already in every kernel here: that is for decoding reports of older ones. */
const telling = (): readonly KnownFeature[] =>
  knownFeatures().filter(
    ({ feature, architectures }) => architectures.length === 0 || PROFILES.some((profile) => !profile.has(feature)),
  );

const isProposed = ({ feature }: KnownFeature): boolean => feature.evidence === 'proposed';

async function list(json: boolean, terminal: Terminal): Promise<number> {
  const known = telling();
  const kernels = PROFILES.map((profile) => {
    const has = known.filter(({ feature }) => profile.has(feature));
    const unproven = has.filter(({ feature }) => feature.evidence !== 'transcripts').length;
    return { name: profile.name, release: profile.version, features: has.length, unproven };
  });
  if (json) {
    await terminal.out(`${JSON.stringify(kernels, null, 2)}\n`);
    return EXIT.fine;
  }
  const rows = kernels.map(({ name, release, features, unproven }) => [
    name,
    release,
    String(features),
    String(unproven),
    name === DEFAULT_PROFILE.name ? 'the default' : '',
  ]);
  const head = ['kernel', 'release', 'features', 'unproven', ''].map(terminal.color.dim);
  const lines = [...table([head, ...rows], { align: 'llrr' }), '', 'proposed, in none of them:'];
  for (const { feature } of known.filter(isProposed)) {
    const mail = `Message-ID <${feature.since.messageId}>`;
    lines.push(...wrap(`${feature.name} (name it: ${DEFAULT_SERIES}+${feature.name}), ${mail}`, MAIL_WIDTH, '  '));
  }
  for (const { name, proposed } of architectures) {
    if (proposed === undefined) continue;
    lines.push(...wrap(`${name} (an architecture), Message-ID <${proposed.messageId}>`, MAIL_WIDTH, '  '));
  }
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

/** How the default kernel is named in short: `7.3`. */
const DEFAULT_SERIES = DEFAULT_PROFILE.name.replace(/^linux-/, '');

/** The commit of a change, or the two releases between which it came where no commit is known. */
function origin(what: string, { version, commit, after, subject, messageId }: Origin): string {
  if (messageId !== undefined) return `proposed, Message-ID <${messageId}>: "${subject}"`;
  if (commit !== undefined) return `${what} ${version}, commit ${commit}: "${subject}"`;
  const between = after === undefined ? '' : `, absent in ${after}, commit not known`;
  return `${what} ${version}${between}: ${subject}`;
}

/** Everything of a feature that fits lines of a mail. */
function featureLines({ feature, architectures }: KnownFeature, present: boolean, terminal: Terminal): string[] {
  const { color } = terminal;
  const { since, until, backports = [] } = feature;
  const lines = [color.bold(feature.name)];
  lines.push(...wrap(present ? feature.summary : feature.without, MAIL_WIDTH, '    '));
  lines.push(...wrap(origin('since', since), MAIL_WIDTH, '    ').map(color.dim));
  if (until !== undefined) lines.push(...wrap(origin('until', until), MAIL_WIDTH, '    ').map(color.dim));
  if (backports.length > 0) lines.push(color.dim(`    backported to ${backports.join(', ')}`));
  if (feature.where !== undefined) lines.push(...wrap(feature.where, MAIL_WIDTH, '    ').map(color.dim));
  if (architectures.length > 0) {
    lines.push(...wrap(`only ${architectures.join(', ')}`, MAIL_WIDTH, '    ').map(color.dim));
  }
  if (feature.evidence !== 'transcripts' && feature.evidence !== 'proposed')
    lines.push(color.yellow(`    ${EVIDENCE[feature.evidence]}`));
  return lines;
}

async function show(name: string, json: boolean, terminal: Terminal): Promise<number> {
  const profile = kernelNamed(name);
  const known = telling();
  const has = known.filter(({ feature }) => profile.has(feature));
  const lacks = known.filter((entry) => !profile.has(entry.feature) && !isProposed(entry));
  const proposed = known.filter((entry) => !profile.has(entry.feature) && isProposed(entry));
  if (json) {
    const plain = ({ feature, architectures }: KnownFeature): object => ({ ...feature, architectures });
    const result = {
      name: profile.name,
      release: profile.version,
      has: has.map(plain),
      lacks: lacks.map(plain),
      proposed: proposed.map(plain),
    };
    await terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return EXIT.fine;
  }
  const { color } = terminal;
  const lines = [color.bold(`${profile.name} (release ${profile.version})`), ''];
  lines.push(...has.flatMap((entry) => featureLines(entry, true, terminal)));
  if (lacks.length > 0) {
    lines.push('', color.bold('without'), ...lacks.flatMap((entry) => featureLines(entry, false, terminal)));
  }
  if (proposed.length > 0) {
    lines.push('', color.bold('proposed'), ...proposed.flatMap((entry) => featureLines(entry, true, terminal)));
  }
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

async function diff(
  from: string,
  to: string,
  options: { arch?: string; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const [a, b] = [kernelNamed(from), kernelNamed(to)];
  if (a.name === b.name) throw new UsageError('usage.kernel', `expected two different kernels, found ${a.name} twice`);
  const concerns = ({ architectures }: KnownFeature): boolean =>
    options.arch === undefined || architectures.length === 0 || architectures.includes(options.arch);
  const changed = knownFeatures().filter((entry) => concerns(entry) && a.has(entry.feature) !== b.has(entry.feature));
  const title = ({ feature, architectures }: KnownFeature): string =>
    portingNote(feature.name)?.title ?? (architectures.length > 0 ? OF_ARCHITECTURES : ELSEWHERE);
  const groups = [...PORTING.map((known) => known.title), ELSEWHERE, OF_ARCHITECTURES];
  const grouped = groups.map((group) => [group, changed.filter((entry) => title(entry) === group)] as const);
  if (options.json === true) {
    const features = grouped
      .flatMap(([, entries]) => entries)
      .map((entry) => {
        const { feature, architectures } = entry;
        const log = portingNote(feature.name)?.note.log;
        return {
          ...feature,
          architectures,
          in: (b.has(feature) ? b : a).name,
          group: title(entry),
          ...(log === undefined ? {} : { log: `examples/${log}` }),
        };
      });
    await terminal.out(`${JSON.stringify({ from: a.name, to: b.name, features }, null, 2)}\n`);
    return EXIT.fine;
  }
  const { color } = terminal;
  const lines = [
    color.bold(`${a.name} -> ${b.name}: ${changed.length} ${changed.length === 1 ? 'difference' : 'differences'}`),
    '',
  ];
  for (const [group, entries] of grouped) {
    if (entries.length === 0) continue;
    lines.push(color.bold(`${group} (${entries.length})`), '');
    for (const entry of entries) lines.push(...changeLines(entry, a, b, terminal), '');
  }
  await terminal.out(`${lines.join('\n').trimEnd()}\n`);
  return EXIT.fine;
}

const ELSEWHERE = 'Inside the memory manager';
const OF_ARCHITECTURES = 'Entries of single architectures';

function changeLines(entry: KnownFeature, a: Profile, b: Profile, terminal: Terminal): string[] {
  const { color } = terminal;
  const { feature } = entry;
  const [name, , ...rest] = featureLines({ ...entry, feature: { ...feature, summary: '-' } }, true, terminal);
  const side = (profile: Profile): string[] =>
    wrap(`${profile.name}: ${profile.has(feature) ? feature.summary : feature.without}`, MAIL_WIDTH, '    ');
  const log = portingNote(feature.name)?.note.log;
  const shown = log === undefined ? [] : [`    shown by examples/${log}`];
  return [name!, ...side(a).map(color.red), ...side(b).map(color.green), ...rest, ...shown];
}
