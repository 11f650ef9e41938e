// SPDX-License-Identifier: GPL-2.0-or-later
/** A page for each command, made of its own help, with what its examples print where that is short. */
import { codeBlock } from '../markdown.js';
import { type Entry, type Heading, html, type Page, type Place, relativePath, slug } from '../page.js';
import { each, specialbit } from '../sources.js';
import { type Example, examplesOf, ranExample } from './examples.js';

/** Documents that say more of a command. */
const MORE: Readonly<Record<string, readonly [path: string, title: string]>> = {
  advise: ['advise.html', 'Which call, which flags'],
  arch: ['plugin-authoring.html', 'Writing an architecture'],
  atlas: ['atlas/index.html', 'The atlas'],
  blame: ['time-travel.html', 'Time travel'],
  corpus: ['corpus.html', 'The corpus'],
  decode: ['decoding.html', 'What was pasted, explained'],
  diff: ['time-travel.html', 'Time travel'],
  errors: ['errors.html', 'Errors'],
  export: ['export.html', 'Export'],
  fuzz: ['lab.html', 'The laboratory'],
  gallery: ['gallery.html', 'The gallery'],
  import: ['importing.html', 'Recordings of real kernels as logs'],
  interleave: ['search.html', 'Searching'],
  kernel: ['kernels.html', 'Kernels'],
  lab: ['lab.html', 'The laboratory'],
  ledger: ['ledger.html', 'The ledger'],
  link: ['viewer.html', 'The viewer'],
  lsp: ['editors.html', 'Editors'],
  mapcount: ['mapcount.html', 'Map counts of large folios'],
  mcp: ['mcp.html', 'For machines that read'],
  open: ['viewer.html', 'The viewer'],
  prove: ['proved.html', 'Logs that were proved'],
  record: ['recording.html', 'Recording a program'],
  reproduce: ['reproduce.html', 'Reproducers'],
  replay: ['log-format.html', 'The log format'],
  scan: ['scan.html', 'Reading real drivers'],
  schema: ['editors.html', 'Editors'],
  search: ['search.html', 'Searching'],
  shrink: ['search.html', 'Searching'],
  step: ['time-travel.html', 'Time travel'],
  sweep: ['search.html', 'Searching'],
  transcribe: ['transcripts.html', 'Transcripts'],
  verify: ['verify.html', 'Verifying'],
  view: ['viewer.html', 'The viewer'],
};

interface Help {
  readonly name: string;
  readonly text: string;
  readonly examples: readonly string[];
  readonly subcommands: readonly Help[];
}

/** Names of the commands that a help lists. */
export function namesIn(help: string): string[] {
  const from = help.indexOf('\nCommands:\n');
  if (from === -1) return [];
  const names: string[] = [];
  for (const line of help.slice(from + 11).split('\n')) {
    if (line.trim() === '') break;
    const [, name] = /^ {2}([a-z][\w-]*)/.exec(line) ?? [];
    if (name !== undefined && name !== 'help') names.push(name);
  }
  return names;
}

async function helpOf(words: readonly string[]): Promise<Help> {
  const { out } = await specialbit([...words, '--help']);
  const subcommands = await each(namesIn(out), (name) => helpOf([...words, name]));
  return { name: words.join(' '), text: out.trimEnd(), examples: examplesOf(out), subcommands };
}

/** What a help says in its first lines, behind the usage. */
function described(help: string): string {
  const [, ...paragraphs] = help.split('\n\n');
  return (paragraphs[0] ?? '').replace(/\s+/g, ' ');
}

export interface CommandPages {
  readonly place: Place;
  readonly examples: readonly Example[];
}

/** `only`: some commands, for a test; `pages`: what there is to link. */
export async function commandPages(pages: ReadonlySet<string>, only?: readonly string[]): Promise<CommandPages> {
  const { out } = await specialbit(['--help']);
  const names = namesIn(out).filter((name) => only === undefined || only.includes(name));
  const helps = await each(names, (name) => helpOf([name]));
  const commands = new Set(helps.flatMap((help) => [help, ...help.subcommands].flatMap((one) => one.examples)));
  const examples = await each([...commands], ranExample);
  const ran = new Map(examples.map((example) => [example.command, example]));
  const children = helps.map((help) => ({ page: commandPage(help, ran, pages), children: [] }));
  return { place: { page: indexPage(helps), children }, examples };
}

function exampleHtml({ command, output, why }: Example): string {
  const block = codeBlock(`$ ${command}${output === undefined ? '' : `\n${output}`}`, 'console');
  return why === undefined ? block : `${block}<p class="aside">${html(why)}</p>`;
}

function commandPage(help: Help, ran: ReadonlyMap<string, Example>, pages: ReadonlySet<string>): Page {
  const path = `commands/${help.name}.html`;
  const outline: Heading[] = [];
  const taken = new Set<string>();
  const parts: string[] = [`<p class="lead">${html(sentence(described(help.text)))}</p>`];
  const heading = (text: string, level = 2): void => {
    const id = slug(text, taken);
    outline.push({ level, id, text });
    parts.push(`<h${level} id="${id}">${html(text)}</h${level}>`);
  };
  // an example of a subcommand stands there, and not twice
  const below = new Set(help.subcommands.flatMap(({ examples }) => examples));
  const own = help.examples.filter((command) => !below.has(command));
  const shown = (commands: readonly string[]): void => {
    parts.push(...commands.map((command) => exampleHtml(ran.get(command)!)));
  };
  if (own.length > 0) heading('Examples');
  shown(own);
  heading('Usage');
  parts.push(codeBlock(withoutExamples(help.text), undefined));
  for (const sub of help.subcommands) {
    heading(`specialbit ${sub.name}`);
    parts.push(codeBlock(withoutExamples(sub.text), undefined));
    shown(sub.examples);
  }
  const more = MORE[help.name];
  if (more !== undefined && pages.has(more[0]))
    parts.push(`<p>More: <a href="${relativePath(path, more[0])}">${html(more[1])}</a>.</p>`);
  const entries: Entry[] = [
    { anchor: '', heading: `specialbit ${help.name}`, text: help.text },
    ...help.subcommands.map((sub) => ({
      anchor: outline.find(({ text }) => text === `specialbit ${sub.name}`)!.id,
      heading: `specialbit ${sub.name}`,
      text: sub.text,
    })),
  ].map((entry) => ({ ...entry, text: entry.text.replace(/\s+/g, ' ') }));
  return { path, title: `specialbit ${help.name}`, label: help.name, html: parts.join('\n'), outline, entries };
}

/** The examples stand above, with what they print; what all commands have stands on the page of all. */
function withoutExamples(help: string): string {
  return help
    .replace(/\n\nExamples:\n(?: .*\n?)+/, '\n')
    .replace(/\n\nGlobal Options:\n(?: .*\n?)+/, '\n')
    .trimEnd();
}

/** A name of the kernel stays as it is. */
const sentence = (text: string): string => {
  const name = /^\w*[_(]/.test(text);
  return `${name ? text.charAt(0) : text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.:]?$/, '.')}`;
};

function indexPage(helps: readonly Help[]): Page {
  const rows = helps.map(
    ({ name, text }) =>
      `<tr><td><a href="${name}.html"><code>${name}</code></a></td><td>${html(sentence(described(text)))}</td></tr>`,
  );
  const said =
    'Every command takes --json. Exit codes: 0 fine; 1 a mismatch, or lanes that part; 2 wrong usage or unreadable input.';
  return {
    path: 'commands/index.html',
    title: 'Every command',
    label: 'Commands',
    html: `<p class="lead">What <code>specialbit --help</code> lists. ${html(said)}</p>
<div class="scrolls"><table><tbody>${rows.join('\n')}</tbody></table></div>`,
    outline: [],
    entries: [{ anchor: '', heading: 'Every command', text: said }],
  };
}
