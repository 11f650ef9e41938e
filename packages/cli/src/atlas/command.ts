// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit atlas`: what mappings are and do, made from the model, as Markdown, reStructuredText or a site. */
import { join } from 'node:path';
import {
  ATLAS_PAGES,
  type AtlasLanes,
  type LinkMaker,
  makeAtlas,
  markdownPage,
  type Page,
  rstDocument,
  type SiteFile,
  siteFiles,
} from '@specialbit/advice/atlas';
import { PROVEN_PROFILES } from '@specialbit/core';
import { suggestion } from '@specialbit/events';
import { EMPTY, encodeLink } from '@specialbit/viewer';
import { type Command, Option } from 'commander';
import { architectures } from '../architectures.js';
import type { CommandContext } from '../command-context.js';
import { folderOf, writeOutput } from '../export/output.js';
import { EXIT, UsageError } from '../failure.js';
import { architectureAt, kernelNamed, laneOf } from '../log/lane.js';
import { wholePage } from '../page/files.js';
import { HOME } from '../page/link-command.js';
import type { Printed } from '../schema/outputs.js';
import type { Terminal } from '../terminal.js';

const FORMATS = ['markdown', 'rst', 'site'] as const;

export interface AtlasOptions {
  readonly format: (typeof FORMATS)[number];
  readonly output?: string;
  readonly base?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

/** With the bit and without, as most people have them. */
const ARCHS = [
  { name: 'x86_64', bit: true },
  { name: 'arm', bit: false },
] as const;

/** The same of huge entries; no architecture has PUDs that map memory, and no bit for them. */
const HUGE = {
  pmd: [
    { name: 'x86_64', bit: true },
    { name: 'i386-pae', bit: false },
  ],
  pud: [{ name: 'x86_64', bit: true }],
} as const;

/** The folder of a site's own viewer. */
const VIEWER = 'viewer';

/** Where the project's files are, for who reads elsewhere. */
const FILES = 'https://github.com/specialbit/specialbit/blob/main/';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('atlas')
    .description('what every kind of mapping does, with and without the bit, on every proven kernel: made, not written')
    .argument('[pages...]', 'pages (--list tells them; all when absent)')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('markdown'))
    .option('-o, --output <dir>', 'write files into this folder; reStructuredText into this file')
    .option(
      '--base <url>',
      "where the viewer is that links lead to (default: the project's; of a site, a copy of its own)",
    )
    .option('--list', 'names of the pages')
    .option('--json', 'print the pages as JSON: what Markdown and the site are made of')
    .addHelpText(
      'after',
      `
Pages of kinds of mappings, of calls, who looks at which flag, and one page
of prose, of which every sentence has a log or a source. Each cell links the
log that was played.

Examples:
  specialbit atlas vm_insert_page
  specialbit atlas --format site -o site
  specialbit atlas --format rst -o special_mappings.rst

Exit codes: 0 done; 2 wrong usage.`,
    )
    .action(async (pages, options) => done(await atlas(pages, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError. */
export async function atlas(names: readonly string[], options: AtlasOptions, terminal: Terminal): Promise<number> {
  if (options.list === true) {
    await terminal.out(options.json === true ? `${JSON.stringify(ATLAS_PAGES)}\n` : `${ATLAS_PAGES.join('\n')}\n`);
    return EXIT.fine;
  }
  if (options.json === true && (options.output !== undefined || options.format !== 'markdown'))
    throw new UsageError('usage.options', '--json is printed: expected neither --output nor --format');
  const wanted = names.flatMap(pagesNamed);
  const { format, output, base } = options;
  if (format === 'site' && output === undefined) throw new UsageError('usage.options', '--format site wants --output');
  const { pages } = makeAtlas(atlasLanes(), wanted.length === 0 ? undefined : new Set(wanted));
  if (options.json === true) {
    await terminal.out(`${JSON.stringify({ pages } satisfies Printed<'atlas'>, null, 1)}\n`);
    return EXIT.fine;
  }
  if (format === 'rst') await write([{ name: '', text: rstDocument('Special mappings', pages) }], output, terminal);
  else {
    const site = format === 'site';
    const links = await linksOf(pages, base ?? (site ? `${VIEWER}/index.html` : HOME), site);
    const files = site
      ? siteFiles(pages, links)
      : pages.map((page) => ({ name: `${page.name}.md`, text: markdownPage(page, links) }));
    await write(files, output, terminal);
    if (site && base === undefined) await writeViewer(join(output!, VIEWER), terminal);
  }
  return EXIT.fine;
}

/** `call-vm_insert_page`; `vm_insert_page` is that of the call and that of its kind. Throws UsageError. */
function pagesNamed(name: string): string[] {
  const found = [name, `kind-${name}`, `call-${name}`].filter((one) => ATLAS_PAGES.includes(one));
  if (found.length > 0) return found;
  const known = [...ATLAS_PAGES, ...ATLAS_PAGES.map((page) => page.replace(/^(kind|call)-/, ''))];
  const hint = suggestion(name, known) || '; --list tells them';
  throw new UsageError('usage.value', `no such page: ${JSON.stringify(name)}${hint}`);
}

/** The viewer as one file, so that a site needs nothing beside itself, and no server. Throws InputError. */
async function writeViewer(folder: string, terminal: Terminal): Promise<void> {
  folderOf(folder);
  await writeOutput([wholePage()], join(folder, 'index.html'), terminal);
}

/** Files into a folder, a single one without a name into a file, and without an output to the terminal. */
async function write(files: readonly SiteFile[], output: string | undefined, terminal: Terminal): Promise<void> {
  if (output === undefined) {
    for (const { text } of files) await terminal.out(text);
    return;
  }
  const [only] = files;
  if (files.length === 1 && only!.name === '') return await writeOutput([only!.text], output, terminal);
  folderOf(output);
  for (const { name, text } of files) await writeOutput([text], join(output, name), terminal);
}

/** The architectures and kernels of the atlas. */
export function atlasLanes(): AtlasLanes {
  const kernels = PROVEN_PROFILES.map(({ name }) => name.replace(/^linux-/, ''));
  return {
    archs: ARCHS,
    huge: HUGE,
    all: architectures.map(({ name }) => name),
    kernels,
    lane: (arch, kernel, header) => ({
      name: `${arch}@${kernel}`,
      options: laneOf('atlas', header, architectureAt(arch), kernelNamed(kernel)),
    }),
  };
}

/** Every link that the pages need, made beforehand. */
async function linksOf(pages: readonly Page[], base: string, site: boolean): Promise<LinkMaker> {
  // the page of the site has the viewer below its text
  const switches = { ...EMPTY.switches, embed: site };
  const made = new Map<string, string>();
  for (const page of pages) {
    for (const block of page.blocks) {
      const lines =
        block.kind === 'table'
          ? block.rows.flat()
          : block.kind === 'list'
            ? block.items
            : block.kind === 'paragraph'
              ? [block.line]
              : [];
      for (const piece of lines.flat()) {
        if (typeof piece === 'string' || !('log' in piece) || made.has(piece.log)) continue;
        made.set(piece.log, `${base}#${await encodeLink({ ...EMPTY, log: piece.log, at: piece.events, switches })}`);
      }
    }
  }
  return { log: (log) => made.get(log)!, file: (path) => (site ? FILES : '../../') + path };
}
