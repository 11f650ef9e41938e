// SPDX-License-Identifier: GPL-2.0-or-later
/** A client of the SDK's own, and the server that it started: the built command, in a process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { onTestFinished } from 'vitest';
import { root } from '../cli/specialbit.testkit.js';

export const command = join(root, 'packages/cli/bundle/bin.js');

export interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

export interface Served {
  readonly client: Client;
  /** The server's process. */
  readonly pid: number;
  /** What it said on its standard error. */
  readonly said: () => string;
  call(name: string, given: Record<string, unknown>, signal?: AbortSignal): Promise<Answer>;
}

/** Ends with the test, or the caller's `close`. */
export async function served(...args: string[]): Promise<Served & { readonly close: () => Promise<void> }> {
  if (!existsSync(command)) throw new Error('not built: run `npm run build` first');
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [command, 'mcp', ...args],
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid!,
    said: () => said,
    close: () => client.close(),
    async call(name, given, signal) {
      const result = await client.callTool({ name, arguments: given }, undefined, {
        timeout: 110_000,
        ...(signal && { signal }),
      });
      const [content] = result.content as readonly { readonly text: string }[];
      return { text: content!.text, isError: result.isError === true };
    },
  };
}

/** The same, closed when the test is done. */
export async function servedHere(...args: string[]): Promise<Served> {
  const server = await served(...args);
  onTestFinished(() => server.close());
  return server;
}
