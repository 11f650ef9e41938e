// SPDX-License-Identifier: GPL-2.0-or-later
/** The server as editors start it: a process, its standard streams, and its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'packages/cli/bin/specialbit.js');
const example = join(root, 'examples/s01-same-driver.jsonl');
const folder = mkdtempSync(join(tmpdir(), 'specialbit-editors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Message = { readonly id?: number; readonly method?: string; readonly params?: object; readonly result?: unknown };

class Talk {
  readonly process: ChildProcess;
  private text = '';
  private readonly heard: Message[] = [];
  errors = '';

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, [command, 'lsp', ...args]);
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
  }

  say(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  async wait(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.heard.findIndex(fits);
      if (at >= 0) return this.heard.splice(at, 1)[0]!;
      await once(this.process.stdout!, 'data');
    }
  }

  async ask(id: number, method: string, params: object = {}): Promise<unknown> {
    this.say({ id, method, params });
    return (await this.wait((message) => message.id === id)).result;
  }

  async end(): Promise<number | null> {
    if (this.process.exitCode === null) await once(this.process, 'close');
    return this.process.exitCode;
  }

  private hear(text: string): void {
    this.text += text;
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:.*\r\n)*?\r\n/.exec(this.text);
      if (head === null) return;
      // what is told here is ASCII
      const end = head[0].length + Number(head[1]);
      if (this.text.length < end) return;
      this.heard.push(JSON.parse(this.text.slice(head[0].length, end)) as Message);
      this.text = this.text.slice(end);
    }
  }
}

const hello = { processId: null, rootUri: null, capabilities: {} };
const textDocument = { uri: 'file:///s01.sb.jsonl' };

describe('specialbit lsp', () => {
  it('tells of a log what it did, and ends with 0 when it is told goodbye', async () => {
    const talk = new Talk('--stdio', '--lane', 'x86_64,arm');
    await talk.ask(1, 'initialize', hello);
    talk.say({ method: 'initialized', params: {} });
    const text = readFileSync(example, 'utf8');
    talk.say({
      method: 'textDocument/didOpen',
      params: { textDocument: { ...textDocument, languageId: 'specialbit', version: 1, text } },
    });
    const { params } = await talk.wait(({ method }) => method === 'textDocument/publishDiagnostics');
    expect(params).toMatchObject({ diagnostics: [] });
    const hover = await talk.ask(2, 'textDocument/hover', { textDocument, position: { line: 2, character: 3 } });
    expect(JSON.stringify(hover)).toMatch(/x86_64, arm = 0|x86_64 = 0/);
    talk.say({ id: 3, method: 'textDocument/hover', params: { textDocument, position: { line: 2, character: 3 } } });
    talk.say({ method: '$/cancelRequest', params: { id: 3 } });
    await talk.wait(({ id }) => id === 3);
    await talk.ask(4, 'shutdown');
    talk.say({ method: 'exit' });
    expect([await talk.end(), talk.errors]).toEqual([0, '']);
  });

  it('ends when the editor goes without a word, or sends what is no message', async () => {
    const gone = new Talk();
    await gone.ask(1, 'initialize', hello);
    gone.process.stdin!.end();
    expect([await gone.end(), gone.errors]).toEqual([1, '']);
    const nonsense = new Talk();
    nonsense.process.stdin!.end('\u0000\u0001 GET / HTTP/1.1\r\n\r\n{"jsonrpc":');
    expect(await nonsense.end()).toBe(1);
    // nothing waits for the end of a frame, and no word of the library's is seen
    const within = new Talk();
    within.process.stdin!.end('Content-Length: 4\r\n\r\nnullContent-Length: 99999\r\n\r\n{');
    expect([await within.end(), within.errors]).toEqual([1, '']);
  });
});

const nvim = spawnSync('nvim', ['--version'], { encoding: 'utf8' });

describe('Neovim', () => {
  if (nvim.status !== 0) {
    it.skip('is not installed: apt-get install neovim', () => {});
    return;
  }

  it('shows errors, completes, and says what an event did', () => {
    const log = join(folder, 'log.sb.jsonl');
    const told = join(folder, 'told.json');
    writeFileSync(log, readFileSync(example, 'utf8').replace('"pages":2,"prot":"rw"', '"pages":2,"prot":"rq"'));
    const { status, stderr } = spawnSync(
      'nvim',
      ['--headless', '-u', 'NONE', '-n', log, '-c', `luafile ${join(root, 'test/editors/nvim.lua')}`],
      {
        encoding: 'utf8',
        env: { ...process.env, SPECIALBIT: command, TOLD: told, NVIM_LOG_FILE: join(folder, 'nvim.log') },
        timeout: 60_000,
      },
    );
    expect([status, stderr]).toEqual([0, expect.anything()]);
    const { diagnostics, labels, hover } = JSON.parse(readFileSync(told, 'utf8')) as {
      readonly diagnostics: readonly { readonly lnum: number; readonly message: string }[];
      readonly labels: readonly string[];
      readonly hover: string;
    };
    expect(diagnostics[0]).toMatchObject({ lnum: 1, message: expect.stringContaining('prot: expected') as unknown });
    expect(labels).toEqual(expect.arrayContaining(['mmap', 'expect']));
    expect(hover).toContain('x86_64');
  });
});
