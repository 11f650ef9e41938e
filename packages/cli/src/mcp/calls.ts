// SPDX-License-Identifier: GPL-2.0-or-later
/** The calls of tools: each is checked, run, and its answer cut to size. */
import { type CallToolResult, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv-provider.js';
import { formatHeader } from '@specialbit/events';
import { searchHeader } from '@specialbit/search';
import { failureText } from '../failure.js';
import { shown } from '../untrusted.js';
import { answer, cutText, MOST_ANSWER } from './answer.js';
import { foundLog } from './found.js';
import { givenLog } from './given-log.js';
import { type Limits, Processes } from './processes.js';
import type { Given, Tool } from './tools.js';

export class Calls {
  private readonly processes: Processes;
  private readonly checks: ReadonlyMap<
    string,
    { readonly tool: Tool; readonly check: (given: Given) => string | undefined }
  >;

  constructor(
    tools: readonly Tool[],
    private readonly roots: readonly string[],
    limits: Limits,
  ) {
    this.processes = new Processes(limits);
    const schemas = new AjvJsonSchemaValidator();
    this.checks = new Map(
      tools.map((tool) => {
        const validate = schemas.getValidator(tool.inputSchema);
        const names = Object.keys(tool.inputSchema.properties);
        const check = (given: Given): string | undefined => {
          const unknown = Object.keys(given).find((key) => !names.includes(key));
          if (unknown !== undefined)
            return `there is no ${cutText(JSON.stringify(unknown), 100)}; there are ${names.join(', ')}`;
          return validate(given)
            .errorMessage?.replace(/\bdata\b\/?/g, '')
            .trim();
        };
        return [tool.name, { tool, check }];
      }),
    );
  }

  async call(name: string, given: Given, signal: AbortSignal): Promise<CallToolResult> {
    const found = this.checks.get(name);
    if (found === undefined)
      throw new McpError(
        ErrorCode.InvalidParams,
        `no such tool: ${cutText(name, 100)}; there are ${[...this.checks.keys()].join(', ')}`,
      );
    const wrong = found.check(given);
    if (wrong !== undefined) return failed(`${name}: the arguments do not fit: ${wrong} [usage.value]`);
    try {
      return await this.answered(found.tool, given, signal);
    } catch (error) {
      return failed(failureText(error));
    }
  }

  /** Ends what runs. */
  end(): void {
    this.processes.end();
  }

  private async answered(tool: Tool, given: Given, signal: AbortSignal): Promise<CallToolResult> {
    const log = tool.ofLog ? await givenLog(given, this.roots) : Buffer.alloc(0);
    const args = tool.args(given);
    const link = typeof tool.link === 'function' ? this.linkOf(log, tool.link(given), signal) : undefined;
    // it may fail before anybody waits for it
    link?.catch(() => {});
    const { code, out, err } = await this.processes.run(args, log, signal);
    if (code === 2)
      return failed(
        named(err)
          .replace(/^specialbit: /gm, '')
          .trim(),
      );
    const text = `${named(err)}${out}`;
    const command = commandText(args, given);
    if (tool.name === 'link') return linked(out.trim());
    if (tool.link !== 'found') return said(answer({ text, from: fromLine(given), link: await link, command }));
    const found = foundLog(out, tool.name === 'search' ? formatHeader(searchHeader(framesOf(given))) : log.toString());
    const seen = found === undefined ? undefined : await this.linkOf(Buffer.from(found), laneArgs(given), signal);
    return said(answer({ text, from: fromLine(given), link: seen, command }));
  }

  /** Undefined where there is none: the answer itself tells what is wrong with a log. */
  private async linkOf(log: Buffer, args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const { code, out } = await this.processes.run(['link', '-', ...args], log, signal);
    return code === 0 ? out.trim() : undefined;
  }
}

const framesOf = (given: Given): string[] => (given.frames as string[] | undefined) ?? ['P0', 'D0'];
const fromLine = (given: Given): number => Number(given.from_line ?? 1);
const laneArgs = ({ lanes }: Given): string[] =>
  lanes === undefined ? [] : [`--lane=${(lanes as string[]).join(',')}`];

/** What was standard input there is the log that was sent. */
const named = (text: string): string => text.replaceAll('<stdin>', 'log');

/** As it would be said in a shell. */
function commandText(args: readonly string[], given: Given): string {
  const log = given.file === undefined ? 'LOG' : String(given.file);
  const words = args.filter((arg) => arg !== '--').map((arg) => (arg === '-' ? log : arg));
  return [
    'specialbit',
    ...words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}

function linked(link: string): CallToolResult {
  if (link.length < MOST_ANSWER) return said(link);
  return failed(
    `the link has ${link.length} characters, more than an answer holds: shrink the log first, or use \`specialbit link\` [usage.value]`,
  );
}

const said = (text: string): CallToolResult => ({ content: [{ type: 'text', text: shown(text) }] });

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: cutText(shown(text), MOST_ANSWER) }] };
}
