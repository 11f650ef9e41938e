// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit scan FILE|DIR...`: what the mappings of real drivers are, and what goes wrong with them. */

import { join } from 'node:path';
import { cParser, type Finding, Judge, Reader, type Scan } from '@specialbit/scan';
import { count, namedLanes } from '@specialbit/view';
import { type Markdown, markdownFile, markdownRow, markdownText, md } from '@specialbit/view/escape';
import type { Command } from 'commander';
import { type CommandContext, list } from '../command-context.js';
import { writeOutput } from '../export/output.js';
import { EXIT, InputError, UsageError, warningLine } from '../failure.js';
import { KERNEL_OPTION, lanesOf } from '../log/lane.js';
import type { Printed } from '../schema/outputs.js';
import { newFolder, several } from '../search/found-log.js';
import type { Terminal } from '../terminal.js';
import { version } from '../version.js';
import { sarifOf } from './sarif.js';
import { sourcesOf } from './sources.js';
import { countLines, findingLines, lanesText, mappingLines } from './text.js';

export interface ScanCommandOptions {
  readonly lane?: string[];
  readonly kernel?: string[];
  readonly mappings?: boolean;
  readonly proof?: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly markdown?: boolean;
}

/** So few mappings are shown without being asked for. */
const FEW = 8;

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('scan')
    .argument('<paths...>', 'C files, or folders of them')
    .description("reads drivers' C sources: what their mappings are, what works on them, and what goes wrong")
    .option('--lane, --arch <names>', 'lanes that mappings are played on, with commas (default: all)', list)
    .option(KERNEL_OPTION[0], KERNEL_OPTION[1], list)
    .option('--mappings', `show every mapping and what works on it (without: where there are ${FEW} at most)`)
    .option('--proof <dir>', 'write a log for each finding, into a new folder')
    .option('--json', 'print the result as JSON')
    .option('--sarif', 'print the findings as SARIF 2.1.0')
    .option('--markdown', 'print the findings as Markdown')
    .addHelpText(
      'after',
      `
Handlers (->mmap, ->mmap_prepare, ->fault ...) are followed through functions
that get the mapping, in these files; what is behind a pointer or elsewhere is
named. Each mapping is then played by the model, on every lane.

Examples:
  specialbit scan test/scan/drivers/leaks.c
  specialbit scan drivers/hwtracing --kernel 6.12,7.3 --proof proofs
  specialbit scan linux/drivers linux/sound --sarif > specialbit.sarif

Exit codes: 0 nothing goes wrong; 1 something does; 2 wrong usage or
unreadable input.`,
    )
    .action(async (paths: string[], { arch, ...options }) =>
      done(await scanSources(paths, { ...options, lane: arch }, terminal)),
    );
}

/** Resolves to the exit code. Throws UsageError, InputError. */
export async function scanSources(
  paths: readonly string[],
  options: ScanCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { json, sarif, markdown, proof } = options;
  if ([json, sarif, markdown].filter((one) => one === true).length > 1)
    throw new UsageError('usage.options', 'expected one of --json, --sarif and --markdown');
  if (proof !== undefined) await newFolder(proof);
  const judge = new Judge((header) => namedLanes(lanesOf('--lane', header, options.lane, ['all'], options.kernel)));
  const reader = new Reader(await cParser());
  const seen = new Set<string>();
  const leave = (path: string, why: string): void => reader.leave(path, why);
  for (const path of paths) {
    for await (const source of sourcesOf(path, leave)) {
      if (seen.has(source.path)) continue;
      seen.add(source.path);
      reader.add(source);
      if (terminal.live && reader.files % 50 === 0) terminal.redraw(`${count(reader.files)} files: ${source.path}`);
    }
  }
  if (reader.files === 0) {
    const [first, ...more] = reader.left;
    const what = first === undefined ? `${paths.join(', ')}: no C file is there` : `${first.file}: ${first.why}`;
    throw new InputError('input.unreadable', more.length === 0 ? what : `${what}; and ${more.length} more files`);
  }
  for (const { file, why } of reader.left)
    terminal.err(warningLine(new InputError('input.unreadable', `${file}: left out: ${why}`)));
  terminal.redraw('playing the mappings');
  const scan = reader.scan(judge, (mappings) => options.mappings === true || mappings <= FEW);
  terminal.redraw();
  const findings = scan.mappings.flatMap((one) => one.findings);
  if (proof !== undefined) await writeProofs(findings, proof, terminal);
  if (json === true) await terminal.out(`${JSON.stringify(asJson(scan), null, 1)}\n`);
  else if (sarif === true) await terminal.out(`${JSON.stringify(sarifOf(findings, version()), null, 1)}\n`);
  else if (markdown === true) await terminal.out(markdownFile(markdownLines(findings)));
  else await terminal.out(`${textLines(scan, findings, terminal).join('\n')}\n`);
  return findings.length > 0 ? EXIT.finding : EXIT.fine;
}

function textLines(scan: Scan, findings: readonly Finding[], terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const one of scan.mappings) if (one.works.length > 0) lines.push(...mappingLines(one, terminal), '');
  for (const finding of findings) lines.push(...findingLines(finding, terminal), '');
  lines.push(...countLines(scan), several(findings.length, 'finding'));
  return lines;
}

function markdownLines(findings: readonly Finding[]): Markdown[] {
  const rows = findings.map((finding) => {
    const { rule, place, does } = finding;
    return [`${place.file}:${place.line}`, rule.severity, rule.name, does, lanesText(finding)].map(markdownText);
  });
  return [
    md`| where | | rule | what it does | what comes of it |`,
    md`| --- | --- | --- | --- | --- |`,
    ...rows.map(markdownRow),
  ];
}

function asJson({ files, read, mappings, orphans, left }: Scan): Printed<'scan'> {
  return {
    files,
    read,
    mappings: mappings.map(({ file, mapping, understood, archetypes, works, findings }) => ({
      file,
      of: mapping.of,
      handler: mapping.mmap.name,
      line: mapping.mmap.place.line,
      understood,
      not_followed: [
        ...(mapping.mmap.steps ?? []).flatMap((step) =>
          step.kind === 'unfollowed' ? [{ name: step.name, why: step.why, ...step.place }] : [],
        ),
        ...mapping.foreignOps.map((name) => ({ name, why: 'elsewhere' })),
      ],
      ways: archetypes.map((archetype, i) => ({
        hook: archetype.hook,
        calls: archetype.calls.map(({ name, memory, place }) => ({ name, memory, ...place })),
        set: archetype.set,
        clear: archetype.clear,
        fault: faultJson(archetype.fault),
        refuses: archetype.refuses,
        passes_on: archetype.passesOn.map(({ name, place }) => ({ name, ...place })),
        not_followed: archetype.unfollowed.map(({ name, why, place }) => ({ name, why, ...place })),
        works: (works[i] ?? []).map(({ need, groups }) => ({
          need,
          groups: groups.map(({ lanes, verdict }) => ({ lanes, verdict: verdict.kind, found: verdict.found })),
        })),
      })),
      findings: findings.map(({ rule, place, does, groups, harmed }) => ({
        rule: rule.name,
        severity: rule.severity,
        ...place,
        does,
        harmed,
        groups: groups.map(({ lanes, verdict }) => ({ lanes, verdict: verdict.kind, found: verdict.found })),
      })),
    })),
    handlers_without_mmap: orphans.map(({ name, place }) => ({ name, ...place })),
    left_out: left,
  };
}

function faultJson(
  fault: Scan['mappings'][number]['archetypes'][number]['fault'],
): Printed<'scan'>['mappings'][number]['ways'][number]['fault'] {
  if (fault === undefined) return null;
  const place = 'step' in fault ? fault.step.place : fault.place;
  return {
    kind: fault.kind,
    ...(fault.kind === 'map' ? { name: fault.step.name, memory: fault.step.memory } : {}),
    ...(fault.kind === 'passes on' ? { name: fault.name } : {}),
    ...place,
  };
}

/** `msu.c-1613-reference-kept.jsonl` */
async function writeProofs(findings: readonly Finding[], folder: string, terminal: Terminal): Promise<void> {
  if (findings.length === 0) return;
  const taken = new Set<string>();
  for (const { rule, place, log } of findings) {
    const base = `${place.file.split(/[\\/]/).at(-1)}-${place.line}-${rule.name}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    taken.add(name);
    await writeOutput([log()], join(folder, `${name}.jsonl`), terminal);
  }
}
