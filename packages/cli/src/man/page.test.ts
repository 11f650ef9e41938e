// SPDX-License-Identifier: GPL-2.0-or-later
import type { EventEmitter } from 'node:events';
import { Command, Help } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../commands.js';
import type { Terminal } from '../terminal.js';
import { manualPage, pageName } from './page.js';
import { roff, term } from './roff.js';

const help = new Help();
const program = new Command('specialbit').description('An executable model.').version('1');

beforeAll(async () => {
  for (const { load } of COMMANDS) {
    const module = await load();
    module.register(program, { terminal: {} as Terminal, done: () => {}, whole: async () => program });
  }
});

/** What a formatter would show of a page: without requests, fonts and escapes. */
function shown(page: string): string {
  return page
    .replace(/^\.(?:SH|SS|BR) /gm, '')
    .replace(/^\..*\n/gm, '')
    .replace(/\\f[BIR]|\\&/g, '')
    .replace(/\\\((aq|ga|ti|ha|dq)/g, (_, name: 'aq') => ({ aq: "'", ga: '`', ti: '~', ha: '^', dq: '"' })[name])
    .replace(/\\(-|e)/g, (_, name) => (name === 'e' ? '\\' : '-'));
}

const below = (command: Command): Command[] => [command, ...help.visibleCommands(command).flatMap(below)];

describe.each(COMMANDS.map(({ name }) => name))('specialbit-%s(1)', (name) => {
  const own = (): Command => program.commands.find((command) => command.name() === name)!;

  it('says all that the help says: options, arguments, commands, words and examples', () => {
    const text = shown(manualPage(own()));
    const flat = text.replace(/\s+/g, ' ');
    for (const command of below(own()).filter((one) => one.name() !== 'help')) {
      for (const { flags, description } of help.visibleOptions(command)) {
        expect(text).toContain(flags.replace(/[<>]/g, ''));
        expect(flat).toContain(description.replace(/\s+/g, ' '));
      }
      for (const argument of help.visibleArguments(command)) expect(flat).toContain(argument.description);
      let after = '';
      const write = (more: string): void => {
        after += more;
      };
      (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
      // numbers of exit codes stand apart from what they mean
      const pieces = after.split(/\n\s*\n/).flatMap((block) =>
        block.trim().startsWith('Exit codes:')
          ? block
              .trim()
              .replace(/\s+/g, ' ')
              .split(/(?:; |Exit codes: )\d+ /)
              .slice(1)
          : block.split('\n').filter((line) => line !== 'Examples:'),
      );
      expect(pieces.filter((piece) => !flat.includes(piece.trim().replace(/\s+/g, ' ')))).toEqual([]);
    }
  });

  it('has the sections of a manual page, in their order', () => {
    const page = manualPage(own());
    const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title!);
    expect(sections.slice(0, 3)).toEqual(['NAME', 'SYNOPSIS', 'DESCRIPTION']);
    expect(sections.slice(-2)).toEqual(['EXIT STATUS', 'SEE ALSO']);
    expect(page).toMatch(/^\.\\" SPDX.*\n\.TH SPECIALBIT\\-[A-Z\\-]+ 1 \d{4}-\d\d-\d\d "specialbit \d/);
    // no line of text may begin as a request does
    expect(page.split('\n').filter((line) => /^['.](?!\\"|[A-Z]{2}|nf|fi|br)/.test(line))).toEqual([]);
  });
});

it('specialbit(1) names every page', () => {
  const text = shown(manualPage(program));
  for (const { name, description } of COMMANDS) {
    expect(text).toContain(`specialbit-${name}(1)`);
    expect(text.replace(/\s+/g, ' ')).toContain(description.replace(/\s+/g, ' '));
  }
  expect(pageName(program)).toBe('specialbit');
});

it('nothing in a text steers the formatter', () => {
  expect(roff('.TH \\fB -x \'a\' "b" `c` ~ ^')).toBe(
    '\\&.TH \\efB \\-x \\(aqa\\(aq \\(dqb\\(dq \\(gac\\(ga \\(ti \\(ha',
  );
  expect(term('-o, --output <file>')).toBe('\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIfile\\fR');
});
