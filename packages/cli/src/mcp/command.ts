// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit mcp`: what the model knows, for programs that speak the Model Context Protocol. */
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';

export interface McpOptions {
  /** Folders whose files the tools may be asked about. */
  readonly root?: string[];
  /** Seconds that a call may take. */
  readonly timeout: number;
  /** MiB that a call may take. */
  readonly memory: number;
  /** Calls that run at once. */
  readonly jobs: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('mcp')
    .description('answer programs that speak the Model Context Protocol on standard input and output')
    .option(
      '--root <dir>',
      'a folder whose logs may be named; can be repeated (default: none)',
      (dir, all: string[]) => [...(all ?? []), dir],
    )
    .option('--timeout <seconds>', 'how long a call may take', natural, 20)
    .option('--memory <MiB>', 'how much memory a call may take', natural, 512)
    .option('--jobs <n>', 'how many calls run at once; others wait', natural, 2)
    .option('--list', 'the tools, and no server')
    .option('--json', 'the tools with their schemas as JSON, and no server')
    .addHelpText(
      'after',
      `
A client is told to start "specialbit mcp". Logs are sent as text; a file is
read only below a folder that --root names. Each call is a process of its own
that may read the command's own files and nothing else, and write nothing.

Examples:
  specialbit mcp --list
  specialbit mcp --json
${EXIT_CODES}`,
    )
    .action(async (options) => done(await mcp(options, terminal)));
}

/** Resolves to the exit code, of a server when its client has gone. Throws UsageError, InputError. */
export async function mcp(options: McpOptions, terminal: Terminal): Promise<number> {
  for (const name of ['timeout', 'memory', 'jobs'] as const)
    if (options[name] < LEAST[name])
      throw new UsageError('usage.value', `--${name} ${options[name]}: expected ${LEAST[name]} or more`);
  const { toolLines, toolsOf } = await import('./tools.js');
  const { allowedRoots } = await import('./given-log.js');
  const roots = await allowedRoots(options.root ?? []);
  const tools = toolsOf(roots.length > 0);
  if (options.json === true) {
    const told = tools.map(({ name, title, description, inputSchema }) => ({ name, title, description, inputSchema }));
    await terminal.out(`${JSON.stringify({ tools: told }, null, 2)}\n`);
    return EXIT.fine;
  }
  if (options.list === true) {
    await terminal.out(`${toolLines(tools).join('\n')}\n`);
    return EXIT.fine;
  }
  if (process.stdin.isTTY === true)
    throw new UsageError(
      'usage.options',
      'expected a client on standard input, found a terminal; --list tells the tools',
    );
  const { serve } = await import('./server.js');
  await serve(tools, roots, options);
  return EXIT.fine;
}

const LEAST = { timeout: 1, memory: 64, jobs: 1 } as const;
