// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit schema [NAME]` */
import { join } from 'node:path';
import { suggestion } from '@specialbit/events';
import { table } from '@specialbit/view';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { folderOf, writeOutput } from '../export/output.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { type NamedSchema, SCHEMAS } from './schemas.js';

interface SchemaOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly output?: string;
}

/** What is printed without a name: a line of a log, which is what an editor wants. */
const DEFAULT = 'line';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('schema')
    .description('JSON Schema of logs, transcripts and of what each command prints with --json')
    .argument('[name]', 'which one, as --list has it', DEFAULT)
    .addOption(new Option('--list', 'list the names').conflicts('output'))
    .option('--json', 'a schema is JSON anyway; with --list, the list as JSON')
    .option('-o, --output <folder>', 'write every schema into a file of its own, NAME.schema.json')
    .addHelpText(
      'after',
      `
Examples:
  specialbit schema
  specialbit schema event.mmap
  specialbit schema --list
  specialbit schema -o schemas
${EXIT_CODES}`,
    )
    .action(async (name, options) => {
      await showSchemas(name, options, terminal);
      done(EXIT.fine);
    });
}

async function showSchemas(name: string, options: SchemaOptions, terminal: Terminal): Promise<void> {
  if (options.list === true) {
    await terminal.out(
      options.json === true ? jsonText(SCHEMAS.map(({ name, about }) => ({ name, about }))) : listText(),
    );
    return;
  }
  if (options.output !== undefined) {
    await writeAll(options.output, terminal);
    return;
  }
  const found = SCHEMAS.find((one) => one.name === name);
  if (found === undefined) {
    const hint = suggestion(
      name,
      SCHEMAS.map((one) => one.name),
    );
    throw new UsageError('usage.schema', `no such schema: ${name}${hint}; \`specialbit schema --list\` lists them`);
  }
  await terminal.out(jsonText(found.schema()));
}

function listText(): string {
  const rows = SCHEMAS.map(({ name, about }) => [name, about]);
  return `${table(rows, { wrapLast: true }).join('\n')}\n`;
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function writeAll(folder: string, terminal: Terminal): Promise<void> {
  folderOf(folder);
  for (const { name, schema } of SCHEMAS)
    await writeOutput([jsonText(schema())], join(folder, fileName(name)), terminal);
  await terminal.out(`${SCHEMAS.length} schemas in ${folder}\n`);
}

const fileName = (name: NamedSchema['name']): string => `${name}.schema.json`;
