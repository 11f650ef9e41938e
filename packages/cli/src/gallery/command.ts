// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit gallery list|show|run` */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { table, wrap } from '@specialbit/view';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list as kernelList } from '../command-context.js';
import { compare } from '../compare/command.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { runOnKernels } from './kernels.js';
import { failures, playScenario, verdictOf, writeExpectations } from './play.js';
import { type GalleryEntry, isMissing, type MissingScenario, readGallery, type Scenario } from './scenario.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  const gallery = program
    .command('gallery')
    .description('real bugs of drivers and mm as logs: list them, show one, run them all')
    .addHelpText(
      'after',
      `
Examples:
  specialbit gallery list
  specialbit gallery show S06
  specialbit gallery run S06 S12
  specialbit gallery run --kernel all
${EXIT_CODES}`,
    );
  gallery
    .command('list')
    .description('all scenarios: on which lanes, and where these part')
    .option('--json', 'print the list as JSON')
    .action(async (options) => done(await list(options.json === true, terminal)));
  gallery
    .command('show')
    .description('the story of a scenario, its sources and events, and what the lanes make of it')
    .argument('<id>', 'S06, or the name of its directory')
    .option('--json', 'print the scenario and its log as JSON')
    .option(
      '--kernel <names>',
      'compare the architectures on these kernels instead: 6.1,7.3, or all proven ones',
      kernelList,
    )
    .action(async (id, options) => done(await show(id, options, terminal)));
  gallery
    .command('run')
    .description('play scenarios and compare with what is expected of them')
    .argument('[ids...]', 'all when there are none')
    .option('--update', 'make what is printed now the expectation')
    .option(
      '--kernel <names>',
      'a table instead: which expectations hold on these kernels, 6.1,7.3 or all proven ones',
      kernelList,
    )
    .option('--json', 'print the result as JSON')
    .action(async (ids, options) => done(await run(ids, options, terminal)));
}

function find(entries: readonly GalleryEntry[], id: string): GalleryEntry {
  const wanted = id.toLowerCase();
  const found = entries.find((entry) => [entry.id, entry.name].some((name) => name.toLowerCase() === wanted));
  if (found === undefined) {
    const ids = entries.map((entry) => entry.id);
    throw new UsageError('usage.scenario', `no such scenario: ${id}; there are ${ids[0]} to ${ids.at(-1)}`);
  }
  return found;
}

async function list(json: boolean, terminal: Terminal): Promise<number> {
  const entries = readGallery();
  if (json) {
    const plain = entries.map((entry) => {
      if (isMissing(entry)) return entry;
      const { directory: _, log: __, ...scenario } = entry;
      return scenario;
    });
    await terminal.out(`${JSON.stringify(plain, null, 2)}\n`);
    return EXIT.fine;
  }
  const { color } = terminal;
  const scenarios = entries.filter((entry): entry is Scenario => !isMissing(entry));
  const missing = entries.filter(isMissing);
  const rows = scenarios.map(({ id, parts, lanes, title }) => [
    color.bold(id),
    parts === undefined ? 'agree' : `event ${parts}`,
    `${title} (${lanes.join(', ')})`,
  ]);
  const lines = table([['id', 'lanes', 'what happens'].map(color.dim), ...rows], { wrapLast: true });
  lines.push('', ...wrap('Not to be expressed with this model yet:'));
  lines.push(...table(missing.map(missingRow), { wrapLast: true }));
  lines.push('', `${scenarios.length} of ${entries.length} scenarios can be played; gallery show ID tells more.`);
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

function missingRow({ id, title, missing }: MissingScenario): string[] {
  return [id, `${title}. ${missing}`];
}

interface ShowOptions {
  readonly kernel?: string[];
  readonly json?: boolean;
}

/** The log stands there as it is in its file: what is printed can be replayed. */
async function show(id: string, { kernel, json }: ShowOptions, terminal: Terminal): Promise<number> {
  const entry = find(readGallery(), id);
  if (json === true) {
    await terminal.out(`${JSON.stringify(await plainScenario(entry, kernel, terminal), null, 2)}\n`);
    return EXIT.fine;
  }
  const { color } = terminal;
  const lines = [...wrap(`${entry.id}: ${entry.title}`).map(color.bold), ''];
  if (isMissing(entry)) {
    lines.push(...wrap(entry.missing), '', 'Sources:', ...entry.sources.flatMap((source) => wrap(source, 76, '  ')));
    await terminal.out(`${lines.join('\n')}\n`);
    return EXIT.fine;
  }
  for (const sentence of entry.story) lines.push(...wrap(sentence));
  lines.push('', 'Sources:', ...entry.sources.flatMap((source) => wrap(source, 76, '  ')), '');
  const file = relative('', entry.log);
  lines.push(...wrap(`The log, ${file} (long lines are not broken):`), '', ...logLines(entry), '');
  if (kernel !== undefined) {
    const archs = [...new Set(entry.lanes.map((lane) => lane.split('@')[0]!))];
    lines.push(color.bold(`$ specialbit compare ${file} --arch ${archs.join(',')} --kernel ${kernel.join(',')}`));
    await terminal.out(`${lines.join('\n')}\n`);
    await compare(entry.log, { arch: archs, kernel, max: 10 }, terminal);
    return EXIT.fine;
  }
  const { texts } = await playScenario(entry);
  lines.push(color.bold(`$ specialbit compare ${file} --arch ${entry.lanes.join(',')}`));
  lines.push(texts.get('compare.txt')!.trimEnd());
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

function logLines({ log }: Scenario): string[] {
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

/** What `show` prints, as data: the story, the log's records, and the comparison as `compare --json` has it. */
async function plainScenario(entry: GalleryEntry, kernel: string[] | undefined, terminal: Terminal): Promise<object> {
  if (isMissing(entry)) return entry;
  let text = '';
  const out = async (part: string): Promise<void> => {
    text += part;
  };
  const lanes =
    kernel === undefined
      ? { arch: [...entry.lanes] }
      : { arch: entry.lanes.map((lane) => lane.split('@')[0]!), kernel };
  await compare(entry.log, { ...lanes, max: 10, json: true }, { ...terminal, out });
  const { directory: _, ...scenario } = entry;
  const [header, ...events] = logLines(entry)
    .filter((line) => !line.startsWith('#'))
    .map((line) => JSON.parse(line) as unknown);
  return { ...scenario, log: relative('', entry.log), header, events, comparison: JSON.parse(text) as unknown };
}

async function run(
  ids: readonly string[],
  options: { update?: boolean; json?: boolean; kernel?: string[] },
  terminal: Terminal,
): Promise<number> {
  const gallery = readGallery();
  const chosen = ids.length === 0 ? gallery : ids.map((id) => find(gallery, id));
  if (options.kernel !== undefined) return runOnKernels(chosen, options.kernel, options.json === true, terminal);
  const results: { id: string; verdict: string; failures: string[] }[] = [];
  for (const entry of chosen) {
    if (isMissing(entry)) continue;
    const played = await playScenario(entry);
    if (options.update === true) writeExpectations(entry, played.texts);
    results.push({ id: entry.id, verdict: verdictOf(played.texts), failures: failures(entry, played) });
  }
  const failed = results.filter((result) => result.failures.length > 0);
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(results, null, 2)}\n`);
  } else {
    const { color } = terminal;
    const rows = results.map(({ id, verdict, failures: wrong }) => [
      id,
      wrong.length === 0 ? color.green('as expected') : color.red('not as expected'),
      wrong.length === 0 ? verdict : `${wrong.join('; ')}; ${verdict}`,
    ]);
    const lines = table(rows, { wrapLast: true });
    const skipped = chosen.filter(isMissing);
    if (skipped.length > 0) lines.push('', ...wrap(`not to be played yet: ${skipped.map(({ id }) => id).join(', ')}`));
    lines.push('', `${results.length - failed.length} of ${results.length} scenarios as expected`);
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return failed.length > 0 ? EXIT.finding : EXIT.fine;
}
