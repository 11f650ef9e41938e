// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit mcp` as a client has it: the SDK's own, over standard input and output, with the server in a process. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLog } from '@specialbit/events';
import { decodeLink } from '@specialbit/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';
import { command, type Served, served, servedHere } from './client.testkit.js';

const S13 = readFileSync(join(root, 'examples/s13-cow-linear-rule.jsonl'), 'utf8');
const MOST = 4096;

let server: Served & { readonly close: () => Promise<void> };
beforeAll(async () => {
  server = await served();
});
afterAll(() => server.close());

describe('what it says of itself', () => {
  it('has at most eight tools, each with a schema that says of every argument what it is', async () => {
    const { tools } = await server.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['replay', 'compare', 'explain', 'search', 'shrink', 'advise', 'kernel_diff', 'link'],
    ]);
    for (const { description, inputSchema, annotations } of tools) {
      expect(description!.length).toBeGreaterThan(100);
      expect(inputSchema.additionalProperties).toBe(false);
      expect(annotations).toMatchObject({ readOnlyHint: true, openWorldHint: false });
      for (const [name, property] of Object.entries(inputSchema.properties!)) {
        expect((property as { description?: string }).description, name).toMatch(/\w/);
        // no file of this machine where none was allowed
        expect(name).not.toBe('file');
      }
    }
    expect(JSON.parse((await specialbit(['mcp', '--json'])).out).tools).toHaveLength(tools.length);
  });

  it('tells how to write a log: the logs of the primer are logs, and can be asked about', async () => {
    const { resources } = await server.client.listResources();
    const { contents } = await server.client.readResource({ uri: resources[0]!.uri });
    const primer = (contents[0] as { text: string }).text;
    expect(primer.length).toBeLessThan(MOST);
    const { tools } = await server.client.listTools();
    expect(tools.find(({ name }) => name === 'explain')!.description).toContain(primer);
    const logs = [...primer.matchAll(/^(\{"specialbit":1,.*\n)((?:\{.*\n)+)/gm)].map(([log]) => log);
    expect(logs.length).toBeGreaterThan(1);
    for (const log of logs) {
      expect(parseLog(log).events.length).toBeGreaterThan(2);
      expect(await server.call('compare', { log })).toMatchObject({ isError: false });
    }
    // what it names is what there is
    const types = [
      ...primer
        .slice(primer.indexOf('system calls'), primer.indexOf('\n{"specialbit"'))
        .matchAll(/\b(?:vmf?_|remap_|zap_|unmap_|m|fork|exit)\w+/g),
    ];
    expect(types.length).toBeGreaterThan(10);
  });
});

describe('answers', () => {
  it.each([
    ['replay', { log: S13 }, 'map[1]: 8000000008001225 P--YS D1 -> 8000000002000067', true],
    ['compare', { log: S13, lanes: ['x86_64', 'arm'] }, 'lanes first part at event 3', true],
    ['explain', { log: S13, page: 'map[1]', at: 3 }, 'vm_normal_page (mm/memory.c) asks', true],
    ['explain', { log: S13, event: 3, lanes: ['arm'] }, 'vm_pgoff 0x8000 -> 0x1fff', true],
    ['search', { lanes: ['arm-lpae', 'arm'], depth: 2 }, 'there is no shorter one', true],
    ['shrink', { log: S13, lanes: ['x86_64', 'arm'] }, '9 events became 3', true],
    [
      'advise',
      { memory: 'device', needs: ['revoke'], lanes: ['x86_64', 'arm'] },
      'vmf_insert_pfn() from ->fault',
      false,
    ],
    ['kernel_diff', { from: '6.12', to: '7.3' }, 'linux-6.12 -> linux-7.3', false],
  ])('%s, asked for what it can', async (name, given, expected, linked) => {
    const { text, isError } = await server.call(name, given);
    expect({ isError, text }).toMatchObject({ isError: false, text: expect.stringContaining(expected) });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST);
    expect(text).toMatch(/^command: specialbit /m);
    const link = /^page: (https:\S+)$/m.exec(text)?.[1];
    expect(link !== undefined).toBe(linked);
    if (link === undefined) return;
    const { log } = await decodeLink(new URL(link).hash);
    expect(parseLog(log!).events.length).toBeGreaterThan(1);
  });

  it('link: the same as the command prints', async () => {
    const { out } = await specialbit(['link', '-', '--lane', 'x86_64,arm', '--at', '3', '--select', 'map[1]'], {
      input: S13,
    });
    const { text } = await server.call('link', { log: S13, lanes: ['x86_64', 'arm'], at: 3, select: 'map[1]' });
    expect(`${text}\n`).toBe(out);
  });

  it('a long one is told in pieces that are the whole of it', async () => {
    const asked = { page: 'map[1]', at: 3, lanes: ['x86_64', 'arm'] };
    const { out } = await specialbit(['explain', '-', 'map[1]', '--at', '3', '--lane', 'x86_64,arm'], { input: S13 });
    const lines: string[] = [];
    for (let from = 1; ; ) {
      const { text } = await server.call('explain', { log: S13, ...asked, from_line: from });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST);
      const [, first, last, all] = /^\[lines (\d+) to (\d+) of (\d+)/m.exec(text)!.map(Number) as [
        number,
        number,
        number,
        number,
      ];
      expect(first).toBe(from);
      lines.push(...text.split('\n').slice(0, last - first + 1));
      if (last === all) break;
      expect(text).toContain(`"from_line": ${last + 1}]`);
      from = last + 1;
    }
    expect(`${lines.join('\n')}\n`).toBe(out);
  });

  it('many at once are each their own', async () => {
    const lanes = ['x86_64', 'arm', 'm68k', 'arm64'];
    const answers = await Promise.all(
      lanes.map((lane) => server.call('explain', { log: S13, page: 'map[0]', at: 2, lanes: [lane] })),
    );
    for (const [i, { text }] of answers.entries()) expect(text).toContain(`map[0] of mm 0 on ${lanes[i]},`);
  });
});

describe('what is wrong is said, and ends nothing', () => {
  it.each([
    [
      'a log that cannot be read',
      'replay',
      { log: '{"specialbit":1}\n{"type":"exti"}\n' },
      /^log:2: type: expected the type of an event \(did you mean "exit"\?\), found "exti" \[/,
    ],
    ['no log', 'replay', { log: 'MZ\u0000\u001b[31m' }, /^log:1: .*\[/],
    ['a name of nothing', 'explain', { log: S13, page: 'mop[1]', at: 3 }, /no such mapping: mop/],
    ['a lane', 'compare', { log: S13, lanes: ['x86_46'] }, /no such architecture: x86_46 \(did you mean "x86_64"\?\)/],
    ['an option as a lane', 'compare', { log: S13, lanes: ['--plugin=/tmp/x.mjs'] }, /lanes\/0 must match pattern/],
    ['an option as a page', 'explain', { log: S13, page: '--json' }, /page must match pattern/],
    ['an option as a kernel', 'kernel_diff', { from: '--plugin', to: '7.3' }, /from must match pattern/],
    ['a type', 'replay', { log: 5 }, /log must be string/],
    ['a depth', 'search', { depth: 99 }, /depth must be <= 4/],
    ['an argument', 'replay', { log: S13, output: '/tmp/x' }, /there is no "output"; there are log, lanes/],
    ['a path', 'replay', { file: '/etc/passwd' }, /there is no "file"/],
    ['too many lines', 'replay', { log: '\n'.repeat(20_000) }, /the log has 20001 lines; a call takes at most/],
    ['the example that the command finds by its name', 'replay', { log: 'examples/s10-binder.jsonl' }, /^log:1: /],
  ])('%s', async (_, name, given, expected) => {
    const { text, isError } = await server.call(name, given);
    expect({ isError, text }).toEqual({ isError: true, text: expect.stringMatching(expected) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u001b]/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST);
  });

  it('a tool that there is not is an error of the protocol', async () => {
    await expect(server.call('rm', {})).rejects.toThrow(/no such tool: rm; there are replay/);
  });

  it('lines that are no messages are passed over, and standard output has messages alone', async () => {
    const child = spawn(process.execPath, [command, 'mcp'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const message = (id: number, method: string, params: object): string =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
    const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    child.stdin.write(`nonsense\n{"a":1}\n[]\n${message(1, 'initialize', hello)}${message(2, 'tools/list', {})}`);
    while (!out.includes('"id":2')) await sleep(20);
    child.stdin.end();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    const messages = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly jsonrpc: string });
    expect(messages.every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true);
  });
});

describe('limits', () => {
  const slow = { lanes: ['x86_64', 'arm', 'm68k'], depth: 4, per_cause: true, pages: 4, mappings: 2, states: 200_000 };
  const children = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  async function child(pid: number): Promise<number> {
    for (;;) {
      const [first] = children(pid);
      if (first !== undefined) return first;
      await sleep(10);
    }
  }
  /** Of a call: before it is what it will be, it is the server, and then what binds it to that. */
  async function commandLine(pid: number): Promise<string[]> {
    for (;;) {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (line[0] === process.execPath && line.some((word) => word.startsWith('--allow'))) return line;
      await sleep(10);
    }
  }

  it('of time: a call is ended, and the next is answered', async () => {
    const limited = await servedHere('--timeout', '1');
    const { text, isError } = await limited.call('search', slow);
    expect({ isError, text }).toMatchObject({
      isError: true,
      text: expect.stringContaining('ended after 1 seconds: ask for less'),
    });
    expect(children(limited.pid)).toEqual([]);
  });

  it('of memory', async () => {
    const limited = await servedHere('--memory', '64', '--timeout', '100');
    const large = Array.from({ length: 12 }, (_, i) => {
      const call = '[{"type":"remap_pfn_range","frame":"0x100000","pages":400000}]';
      return `{"type":"mmap","label":"m${i}","pages":400000,"prot":"rw","file":"dev","call":${call}}\n`;
    });
    const log = `{"specialbit":1,"files":{"dev":"device"}}\n${large.join('')}`;
    const { text, isError } = await limited.call('replay', { log, state_only: true });
    expect({ isError, text }).toMatchObject({
      isError: true,
      text: expect.stringMatching(/more than 64 MiB of memory/),
    });
    expect(await limited.call('link', { log: S13 })).toMatchObject({ isError: false });
  });

  it('of what a call may touch: files of the command, read; and cancelling ends it', async () => {
    const own = await servedHere('--timeout', '60');
    const cancel = new AbortController();
    const call = own.call('search', slow, cancel.signal);
    const gone = call.then(
      () => false,
      () => true,
    );
    const pid = await child(own.pid);
    const line = await commandLine(pid);
    expect(line.some((word) => /^--(experimental-)?permission$/.test(word))).toBe(true);
    expect(line.filter((word) => word.startsWith('--allow'))).toEqual([
      `--allow-fs-read=${join(root, 'packages/cli')}/*`,
    ]);
    const guards = line.slice(1, line.findIndex((word) => word.endsWith('bin.js')) + 1);
    const tried = (...args: string[]): string => {
      try {
        return execFileSync(process.execPath, [...guards, ...args], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    };
    expect(tried('replay', '/etc/passwd')).toMatch(/ERR_ACCESS_DENIED|restricted/);
    expect(tried('search', '--depth=2', '-o', join(tmpdir(), 'specialbit-never.jsonl'))).toMatch(
      /ERR_ACCESS_DENIED|restricted/,
    );
    cancel.abort();
    expect(await gone).toBe(true);
    while (children(own.pid).length > 0) await sleep(10);
  });

  it.each([
    ['whose client goes', (own: Awaited<ReturnType<typeof served>>): Promise<void> => own.close()],
    // which it does not hear of
    ['that is killed', async ({ pid }: { pid: number }): Promise<void> => void process.kill(pid, 'SIGKILL')],
  ])('a server %s takes its calls with it', async (_, end) => {
    const own = await served('--timeout', '60');
    const call = own.call('search', slow).catch(() => {});
    const pid = await child(own.pid);
    await commandLine(pid);
    await end(own);
    await call;
    const lives = (): boolean => {
      try {
        process.kill(pid, 0);
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    while (lives()) await sleep(10);
    await own.close();
  });
});

describe('--root', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'specialbit-mcp-'));
    mkdirSync(join(folder, 'in/below'), { recursive: true });
    mkdirSync(join(folder, 'in2'));
    writeFileSync(join(folder, 'in/below/log.jsonl'), S13);
    writeFileSync(join(folder, 'in2/log.jsonl'), S13);
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync(join(folder, 'secret'), join(folder, 'in/link.jsonl'));
    symlinkSync(folder, join(folder, 'in/up'));
    execFileSync('mkfifo', [join(folder, 'in/fifo')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads what lies below, and nothing else: neither other files nor whether they are there', async () => {
    const own = await servedHere('--root', join(folder, 'in'));
    for (const file of ['below/log.jsonl', join(folder, 'in/below/log.jsonl')]) {
      const { text, isError } = await own.call('compare', { file, lanes: ['x86_64', 'arm'] });
      expect({ isError, text }).toMatchObject({
        isError: false,
        text: expect.stringContaining('lanes first part at event 3'),
      });
      expect(text).toContain(`command: specialbit compare ${file}`);
    }
    const others = [
      '../secret',
      '../in2/log.jsonl',
      join(folder, 'secret'),
      'link.jsonl',
      'up/secret',
      'up/in2/log.jsonl',
      'fifo',
      '.',
      '',
      '/dev/zero',
      '/proc/self/environ',
      '../nothing',
      'below\u0000/log.jsonl',
    ];
    for (const file of others) {
      const { text, isError } = await own.call('replay', { file });
      expect({ file, isError, text }).toMatchObject({
        isError: true,
        text: expect.stringContaining('file: expected a log below a folder that --root names'),
      });
    }
    expect(await own.call('replay', {})).toMatchObject({
      isError: true,
      text: expect.stringContaining('either "log", its text, or "file"'),
    });
  });

  it('a folder that there is not is an error of the command line', async () => {
    const { code, err } = await specialbit(['mcp', '--root', join(folder, 'nowhere')]);
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere: cannot be read: ENOENT/);
    expect((await specialbit(['mcp', '--timeout', '0'])).code).toBe(2);
  });
});
