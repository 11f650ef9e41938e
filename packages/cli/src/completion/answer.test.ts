// SPDX-License-Identifier: GPL-2.0-or-later
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { architectures } from '../architectures.js';
import { COMMANDS } from '../commands.js';
import { ERRORS } from '../errors/catalogue.js';
import { readGallery } from '../gallery/scenario.js';
import type { Terminal } from '../terminal.js';
import { type Answer, answer } from './answer.js';

const program = new Command('specialbit').option('--plugin <module>', 'a module');

beforeAll(async () => {
  for (const { load } of COMMANDS) {
    const module = await load();
    module.register(program, { terminal: {} as Terminal, done: () => {}, whole: async () => program });
  }
});

const ask = (line: string): Promise<Answer> => answer(program, line.split(' ').slice(1));
const values = async (line: string): Promise<string[]> => (await ask(line)).candidates.map(({ value }) => value);

describe('completion', () => {
  it('knows commands, and those below them', async () => {
    expect(await values('specialbit ')).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
    expect(await values('specialbit re')).toEqual(expect.arrayContaining(['replay', 'record']));
    expect(await values('specialbit arch en')).toEqual(['encode']);
    expect(await values('specialbit gallery ')).toEqual(expect.arrayContaining(['list', 'show', 'run']));
  });

  it('knows every option of every command, both names of one and those of specialbit', async () => {
    expect(await values('specialbit replay --l')).toEqual(['--lane']);
    expect(await values('specialbit replay --')).toEqual(
      expect.arrayContaining(['--lane', '--arch', '--kernel', '--at', '--why', '--json', '--help', '--plugin']),
    );
    for (const command of program.commands) {
      const own = await values(`specialbit ${command.name()} --`);
      for (const { long } of command.options) expect(own).toContain(long);
    }
  });

  it('knows architectures, kernels and lanes, in lists too', async () => {
    const names = architectures.map(({ name }) => name);
    expect(await values('specialbit replay x --lane ')).toEqual(expect.arrayContaining(names));
    expect(await values('specialbit replay x --lane=m68k-c')).toEqual(['--lane=m68k-coldfire']);
    expect(await values('specialbit replay x --lane arm,m68k-c')).toEqual(['arm,m68k-coldfire']);
    expect(await values('specialbit replay x --lane arm,x86_64@6.1')).toEqual(
      expect.arrayContaining(['arm,x86_64@6.1', 'arm,x86_64@6.12', 'arm,x86_64@6.18']),
    );
    expect(await values('specialbit replay x --kernel ')).toEqual(expect.arrayContaining(['6.12', '7.3', 'all']));
    expect(await values('specialbit arch encode hexa')).toEqual(['hexagon']);
    expect(await values('specialbit kernel diff 6.1')).toEqual(expect.arrayContaining(['6.1', '6.12']));
    expect((await ask('specialbit replay x --lane ar')).open).toBe(true);
  });

  it('knows machines of the laboratory where a command runs on them', async () => {
    expect(await values('specialbit prove --arch mips')).toEqual(['mips32r1', 'mips32r2', 'mips32r6']);
  });

  it('knows scenarios, codes of errors, examples, and values that a command knows', async () => {
    expect(await values('specialbit gallery show ')).toEqual(readGallery().map(({ id }) => id));
    expect(await values('specialbit errors ')).toEqual([...ERRORS.keys()]);
    expect(await values('specialbit replay examples/s10')).toEqual(['examples/s10-binder.jsonl']);
    expect(await values('specialbit export --format ')).toEqual(expect.arrayContaining(['svg', 'dot', 'mermaid']));
    expect(await values('specialbit man expl')).toEqual(['explain']);
    expect(await values('specialbit completion ')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('says where files fit, and where not', async () => {
    for (const line of ['replay ', 'replay --at 3 ', 'verify a b ', 'view x -o ', 'arch check --vectors=', '--plugin '])
      expect([line, (await ask(`specialbit ${line}`)).files]).toEqual([line, true]);
    for (const line of ['', 'replay --lane ', 'errors ', 'replay --at ', 'kernel list '])
      expect([line, (await ask(`specialbit ${line}`)).files]).toEqual([line, false]);
  });

  it('is silent about what it does not know', async () => {
    for (const line of ['nonsense ', 'replay --nonsense=', 'replay --at ', 'errors a b '])
      expect([line, await values(`specialbit ${line}`)]).toEqual([line, []]);
    expect(await values('specialbit replay -- --')).toEqual([]);
  });
});
