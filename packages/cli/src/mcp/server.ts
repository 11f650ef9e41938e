// SPDX-License-Identifier: GPL-2.0-or-later
/** The server on standard input and output: lists the tools, checks each call, runs it, and cuts its answer to size. */
import { once } from 'node:events';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { shown } from '../untrusted.js';
import { version } from '../version.js';
import { cutText } from './answer.js';
import { Calls } from './calls.js';
import { PRIMER } from './primer.js';
import type { Limits } from './processes.js';
import type { Tool } from './tools.js';

/** Bytes of a message: a log of the largest size, with each of its characters escaped. */
const MOST_MESSAGE = 8 * 2 ** 20;
const FORMAT = 'specialbit://log-format';

/** Serves until the client has gone. */
export async function serve(tools: readonly Tool[], roots: readonly string[], limits: Limits): Promise<void> {
  const calls = new Calls(tools, roots, limits);
  const server = new Server(
    { name: 'specialbit', title: 'specialbit: a model of how Linux maps memory', version: version() },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, title, description, inputSchema }) => ({
      ...{ name, title, description, inputSchema },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: [
      {
        uri: FORMAT,
        name: 'log-format',
        title: 'How to write a log',
        mimeType: 'text/plain',
        description: 'the format in a page',
      },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    if (uri !== FORMAT)
      throw new McpError(ErrorCode.InvalidParams, `no such resource: ${cutText(uri, 200)}; there is ${FORMAT}`);
    return { contents: [{ uri, mimeType: 'text/plain', text: PRIMER }] };
  });
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: given = {} } }, { signal }) =>
    calls.call(name, given, signal),
  );
  // what cannot be read is answered nowhere: standard output is the protocol's alone
  server.onerror = (error) => void process.stderr.write(`specialbit: ${shown(unread(error))}\n`);
  const gone = new Promise<void>((resolve) => {
    server.onclose = resolve;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await server.connect(new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: MOST_MESSAGE }));
  await Promise.race([gone, once(process.stdin, 'end')]);
  await server.close();
  calls.end();
}

/** Of a message that is none the library says in many lines why; what it is that was left is enough. */
const unread = ({ message }: Error): string =>
  `left out, no message of the Model Context Protocol: ${cutText(message.replace(/\s+/g, ' '), 200)}`;

const INSTRUCTIONS =
  'An executable model of pte_special(), vm_normal_page() and what drivers do to mappings in Linux, checked against transcripts of real kernels. ' +
  'Write what happens as a log (the description of "explain" tells how), then replay it, compare architectures and kernels, or explain one PTE. Answers have at most 4 kB; "from_line" pages on.';
