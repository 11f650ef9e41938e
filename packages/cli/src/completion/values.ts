// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What values there are at a place of a command line. A place is known by what its command calls the value in its help
 * (`<names>`, `log`), so that a new command that uses the same words is completed as the others are.
 */
import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { architectures } from '../architectures.js';
import { EXAMPLES } from '../places.js';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

export interface Place {
  /** `arch encode`; empty for `specialbit` itself. */
  readonly command: string;
  /** The long name of the option whose value it is. */
  readonly option: string | undefined;
  /** What stands for the value in the help. */
  readonly name: string;
  /** The values, where the command knows them all. */
  readonly choices: readonly string[] | undefined;
}

/** What stands before the value. */
export interface Line {
  readonly program: Command;
  /** Words that are no options, behind the names of commands. */
  readonly given: readonly string[];
}

export interface Values {
  readonly values: readonly Candidate[];
  /** Names of files fit as well. */
  readonly files: boolean;
  /** Several, with commas between them. */
  readonly list: boolean;
}

/** Reads what is there, given the words before it and its own beginning. */
type Source = (
  current: string,
  given: readonly string[],
  program: Command,
) => Promise<readonly Candidate[]> | readonly Candidate[];

const NONE: Values = { values: [], files: false, list: false };
const plain = (values: readonly string[], about = ''): Candidate[] => values.map((value) => ({ value, about }));

/** Commands whose `--arch` names machines of the laboratory. */
const ON_MACHINES = ['lab doctor', 'lab build', 'lab run', 'prove', 'fuzz'];
/** What is a file, or a folder, by its name in the help. */
const FILES = /^(log|logs|file|files|path|paths|dir|folder|module|plugin|other|link)$/;
/** Of these the examples come to mind. */
const LOGS = /^(log|logs|other)$/;

export async function valuesAt(place: Place, line: Line, current: string): Promise<Values> {
  if (place.choices !== undefined) return { ...NONE, values: plain(place.choices) };
  const source = sourceOf(place);
  const isList = place.option !== undefined && /s$/.test(place.name) && place.name !== 'letters';
  const item = isList ? current.slice(current.lastIndexOf(',') + 1) : current;
  const values = source === undefined ? [] : await source(item, line.given, line.program);
  return { values, files: FILES.test(place.name), list: isList && source !== undefined };
}

function sourceOf({ command, option, name }: Place): Source | undefined {
  const own = SOURCES[`${command} ${option ?? name}`];
  if (own !== undefined) return own;
  if (option === '--arch' || option === '--lane') return ON_MACHINES.includes(command) ? machines : lanes;
  if (option !== undefined) return OPTIONS[option];
  if (LOGS.test(name)) return logs;
  return name === 'arch' ? lanes : name === 'kernel' ? kernels : undefined;
}

/** Architectures; behind `@` the kernels of one. */
const lanes: Source = async (current) => {
  const [arch, kernel] = current.split('@');
  if (kernel === undefined)
    return architectures.flatMap(({ name, title, aliases }) =>
      [name, ...aliases].map((value) => ({ value, about: title })),
    );
  const all = await kernelNames();
  return all.map(({ value, about }) => ({ value: `${arch}@${value}`, about }));
};

const kernelNames = async (): Promise<Candidate[]> => {
  const { PROFILES } = await import('@specialbit/core');
  return PROFILES.map(({ name }) => ({ value: name.replace(/^linux-/, ''), about: name }));
};
const kernels: Source = kernelNames;

const kernelsOrAll: Source = async () => [...(await kernelNames()), { value: 'all', about: 'those that are proven' }];

const machines: Source = async () => {
  const { MACHINES } = await import('@specialbit/lab');
  return MACHINES.map(({ name }) => ({ value: name, about: 'a machine of the laboratory' }));
};

/** The examples that came with the command, as every command finds them; not before somebody begins to ask for them. */
const logs: Source = (current) => {
  if (!/^ex/.test(current) || !(current.startsWith('examples/') || 'examples/'.startsWith(current))) return [];
  for (const place of EXAMPLES) {
    try {
      const files = readdirSync(place).filter((file) => file.endsWith('.jsonl'));
      return files.sort().map((file) => ({ value: `examples/${file}`, about: 'an example' }));
    } catch {
      // the other place
    }
  }
  return [];
};

const scenarios: Source = async () => {
  const { readGallery } = await import('../gallery/scenario.js');
  return readGallery().map(({ id, title }) => ({ value: id, about: title }));
};

const codes: Source = async () => {
  const { ERRORS } = await import('../errors/catalogue.js');
  return [...ERRORS].map(([value, { summary }]) => ({ value, about: summary }));
};

const LEVELS = plain(['pte', 'pmd', 'pud'], 'a level of page tables');
const RIGHTS = plain(['r', 'rw', 'rx', 'rwx']);

/** Options that say the same in every command. */
const OPTIONS: Readonly<Record<string, Source>> = {
  '--kernel': kernelsOrAll,
  '--level': () => LEVELS,
  '--prot': () => RIGHTS,
};

/** Places whose names say too little, by command and option or argument. */
const SOURCES: Readonly<Record<string, Source>> = {
  'arch name': lanes,
  'arch show name': lanes,
  'arch diff a': lanes,
  'arch diff b': lanes,
  'atlas pages': async () => plain((await import('@specialbit/advice/atlas')).ATLAS_PAGES, 'a page of the atlas'),
  'advise --memory': async () =>
    (await import('@specialbit/advice')).MEMORY_FORMS.map(([value, about]) => ({ value, about })),
  'advise --need': async () =>
    (await import('@specialbit/advice')).NEEDS.map(({ name }) => ({ value: name, about: 'a need' })),
  'completion shell': () => plain(['bash', 'zsh', 'fish']),
  'errors code': codes,
  'gallery run ids': scenarios,
  'gallery show id': scenarios,
  'kernel diff from': kernels,
  'kernel diff to': kernels,
  'kernel flags other': kernels,
  'kernel facts name': async () => {
    const { kernelFacts } = await import('@specialbit/view');
    return kernelFacts().map(({ name }) => ({ value: name, about: '' }));
  },
  'man name': (_current, _given, program) =>
    program.commands.map((command) => ({ value: command.name(), about: command.description() })),
  'search --goal': async () => plain((await import('@specialbit/search')).GOAL_FORMS, 'what is looked for'),
};
